// SPDX-License-Identifier: GPL-2.0-only
// What a host's configuration means for its SMTP receiver.
#pragma once

#include <cstdint>
#include <memory>

#include "protocols/smtp/server_options.hpp"
#include "sim/scenario/scenario.hpp"

namespace mailroom::agents {

// The two ports of a receiver: for other hosts, and for user agents (RFC 6409).
enum class Service : std::uint8_t { relay, submission };

std::shared_ptr<const smtp::ServerOptions> receiver_options(const scenario::Host& config, Service service);

}  // namespace mailroom::agents
