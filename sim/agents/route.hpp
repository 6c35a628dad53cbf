// SPDX-License-Identifier: GPL-2.0-only
// Where mail goes next, in two steps. A Router decides at once, by a host's own tables, what the next hop for
// a domain is; a Locator finds the hosts behind a next hop, which may take a look into the DNS and so some
// time (RFC 5321 §5.1).
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/net/network.hpp"
#include "sim/trace/ids.hpp"

namespace mailroom::agents {

// What messages are grouped by: all that has one next hop can go over one connection.
struct NextHop {
  enum class Kind : std::uint8_t {
    exchangers,  // of a domain, or of an address literal "[10.0.0.1]": the hosts that take mail for it
    host,        // one host, whatever the domain
  };
  std::string name;  // the domain, or the host
  Kind kind = Kind::exchangers;
  friend auto operator<=>(const NextHop&, const NextHop&) = default;
};

struct LocalDomain {};
struct NoRoute {
  std::string reason;
  std::string enhanced_code = "5.1.2";
  bool is_by_table = false;  // somebody wants it so: no need to accept the mail first
};
using Route = std::variant<LocalDomain, NextHop, NoRoute>;

// Where a host is talked to of which nothing but its address is known (RFC 5321 §4.5.4.2).
inline constexpr std::uint16_t kSmtpPort = 25;

// A host that takes mail.
struct Exchanger {
  std::string name;  // for people, traces and notifications
  net::Endpoint endpoint;
};

// Why no host was found behind a next hop.
struct Unlocated {
  bool is_permanent = false;
  int code = 0;                 // as a reply would have it, if permanent
  std::string enhanced_code{};  // "5.1.2"
  std::string text{};
  trace::EventId because{};  // evidence
};

// In the order in which they are to be tried, at least one.
using Located = std::expected<std::vector<Exchanger>, Unlocated>;

class Locator {
 public:
  virtual ~Locator() = default;
  // Calls `found` once: at once, or later under a context whose event is what was found out.
  virtual void locate(const NextHop& next_hop, std::function<void(const Located&)> found) = 0;
  // Whether it looks for the exchangers of any domain; else only those that a table names have any.
  virtual bool asks_dns() const { return false; }
};

}  // namespace mailroom::agents
