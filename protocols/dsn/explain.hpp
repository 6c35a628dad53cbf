// SPDX-License-Identifier: GPL-2.0-only
// The part of a notification that a person reads (RFC 6522 §3), for this folder's writer.
#pragma once

#include <string>

#include "protocols/dsn/compose_report.hpp"

namespace mailroom::dsn {

// Of so many recipients it tells; of the others it says how many there are.
inline constexpr std::size_t kMostExplained = 100;

// Lines that end in CRLF. `returns_all`: the whole message follows, not only its header.
std::string explain(const Notification& notification, bool returns_all);

}  // namespace mailroom::dsn
