// SPDX-License-Identifier: GPL-2.0-only
// The verb `swarm`: random scenarios by the thousand, each verified.
#pragma once

#include "sim/main/cli.hpp"

namespace mailroom::cli {

void add_swarm(CLI::App& app, Invocation& invocation);

}  // namespace mailroom::cli
