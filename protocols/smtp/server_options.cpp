// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/smtp/server_options.hpp"

#include <cassert>
#include <utility>

namespace mailroom::smtp {

ServerOptions ServerOptions::rfc821(std::string domain, EighthBit eighth_bit) {
  ServerOptions options;
  options.domain = std::move(domain);
  options.extended = false;
  options.offered = {};
  options.eighth_bit = eighth_bit;
  options.honour_source_routes = true;
  options.verify = Query::not_implemented;
  options.errors = ErrorLimits::none();
  return options;
}

std::shared_ptr<const ServerOptions> share(ServerOptions options) {
  assert(!options.domain.empty() && options.recipient_limit > 0 && options.size_limit_octets >= 0);
  Extensions& offered = options.offered;
  offered.size_limit_octets = options.size_limit_octets;
  // RFC 5321 §3.5.2: EXPN must be listed where it works; VRFY may be.
  offered.vrfy = options.verify == Query::ask;
  offered.expn = options.expand == Query::ask;
  offered.help = true;
  if (!options.extended) offered = {};
  return std::make_shared<const ServerOptions>(std::move(options));
}

}  // namespace mailroom::smtp
