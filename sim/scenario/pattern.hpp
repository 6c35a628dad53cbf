// SPDX-License-Identifier: GPL-2.0-only
// Patterns of names and addresses: '*' stands for any octets (or none), '?' for one octet.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mailroom::scenario {

bool is_pattern(std::string_view text);

bool matches(std::string_view pattern, std::string_view text);
// The same, with what each '*' and '?' stood for; each '*' takes as little as it can.
bool matches(std::string_view pattern, std::string_view text, std::vector<std::string>& captures);

}  // namespace mailroom::scenario
