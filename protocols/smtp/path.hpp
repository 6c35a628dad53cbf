// SPDX-License-Identifier: GPL-2.0-only
// The paths of an envelope: reverse-path (where errors are reported) and forward-path (where the mail goes),
// RFC 5321 §4.1.2 and, for source routes, RFC 821 §3.6 / RFC 5321 Appendix C. Plain values; parsing is in
// path_parser.hpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "protocols/smtp/utf8.hpp"

namespace mailroom::smtp {

// <@r1,@r2:local-part@domain>. The null reverse-path <> has nothing in it; <Postmaster> has no domain.
struct Path {
  std::vector<std::string> route;  // the source route, next host first
  std::string local_part;          // its meaning, without quotes and backslashes
  std::string domain;              // a domain or an address literal with its brackets, as written

  bool is_null() const { return route.empty() && local_part.empty() && domain.empty(); }
  friend bool operator==(const Path&, const Path&) = default;
};

// "local-part@domain", quoted where needed; "" for the null path; no route, no brackets.
std::string mailbox(const Path& path);
// With brackets and route: "<@r1,@r2:u@d>", "<>", "<Postmaster>".
std::string to_string(const Path& path);
// Whether the path can go into a command line: no control characters, no domain that would end the path
// early, within the limits of RFC 5321 §4.5.3.1. A sender refuses others locally, lest they inject commands.
// With `utf8` also what only SMTPUTF8 can carry.
bool is_sendable(const Path& path, Utf8 utf8 = Utf8::refuse);
// Whether it has characters beyond US-ASCII, so that only SMTPUTF8 can carry it (RFC 6531 §3.2).
bool needs_smtputf8(const Path& path);

// The domain or address literal that mail for `path` goes to first: the head of the route, else the domain.
std::string_view first_hop(const Path& forward_path);
// RFC 5321 §3.6.1: the route is ignored in favour of the final mailbox.
Path without_route(Path path);

// RFC 821 §3.6: a relay takes its own name off the forward-path and puts it at the head of the reverse-path.
// The null reverse-path stays null. A forward-path whose head is not `own_domain` (compared without case)
// keeps its route.
Path shrunk_forward_path(Path forward_path, std::string_view own_domain);
Path grown_reverse_path(Path reverse_path, std::string_view own_domain);

// Domains are compared without regard to the case of ASCII letters (RFC 5321 §2.3.5, §2.4).
bool same_domain(std::string_view a, std::string_view b);

}  // namespace mailroom::smtp
