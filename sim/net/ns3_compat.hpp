// SPDX-License-Identifier: GPL-2.0-only
// Where the versions of ns-3 that we build with (3.37 on Debian 12, 3.43 on Debian 13) ask for different
// code: the only such place. What differs is asked of ns-3's own declarations, not of its version.
#pragma once

#include <ns3/ipv4-routing-protocol.h>

#include <type_traits>

namespace mailroom::net {

namespace detail {
template <class Function>
struct FourthParameter;
template <class Class, class Result, class A, class B, class C, class D, class... Rest>
struct FourthParameter<Result (Class::*)(A, B, C, D, Rest...)> {
  using type = D;
};
using RouteInputCallback = FourthParameter<decltype(&ns3::Ipv4RoutingProtocol::RouteInput)>::type;
}  // namespace detail

// A callback as Ipv4RoutingProtocol::RouteInput takes it: by value in 3.37, by const reference in 3.43.
template <class Callback>
using RouteInputArgument =
    std::conditional_t<std::is_reference_v<detail::RouteInputCallback>, const Callback&, Callback>;

}  // namespace mailroom::net
