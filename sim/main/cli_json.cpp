// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/cli_json.hpp"

namespace mailroom::cli {

void print_json(Terminal& terminal, const Json& json) {
  terminal.out << json.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
}

}  // namespace mailroom::cli
