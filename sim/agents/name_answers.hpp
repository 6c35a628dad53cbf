// SPDX-License-Identifier: GPL-2.0-only
// Records of protocols/dns as what a NameService answers.
#pragma once

#include "protocols/dns/record.hpp"
#include "sim/agents/name_service.hpp"

namespace mailroom::agents {

// Adds a record of the type that was asked for.
void put(const dns::Rdata& data, NameAnswer& answer);

}  // namespace mailroom::agents
