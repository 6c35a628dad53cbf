// SPDX-License-Identifier: GPL-2.0-only
#include "sim/net/network.hpp"

#include <fmt/format.h>

namespace mailroom::net {

std::string to_string(Address address) {
  return fmt::format("{}.{}.{}.{}", address.value >> 24, address.value >> 16 & 255, address.value >> 8 & 255,
                     address.value & 255);
}

std::string to_string(Endpoint endpoint) {
  return fmt::format("{}:{}", to_string(endpoint.address), endpoint.port);
}

std::string_view name(End end) {
  switch (end) {
    case End::closed:
      return "closed";
    case End::refused:
      return "refused";
    case End::reset:
      return "reset";
    case End::timed_out:
      return "timed_out";
    case End::unreachable:
      return "unreachable";
  }
  return "";
}

}  // namespace mailroom::net
