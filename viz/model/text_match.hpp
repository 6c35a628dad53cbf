// SPDX-License-Identifier: GPL-2.0-only
// How a filter compares texts: without regard to the case of US-ASCII letters, as whole, as part, or with '*'
// for anything. Octets beyond US-ASCII are compared as they are.
#pragma once

#include <string>
#include <string_view>

namespace mailroom::viz {

std::string folded(std::string_view text);  // in small letters
bool equals_folded(std::string_view a, std::string_view b);
// An empty part is in every text.
bool contains_folded(std::string_view text, std::string_view part);
// '*' stands for any octets, also none; everything else for itself.
bool fits_pattern(std::string_view text, std::string_view pattern);

}  // namespace mailroom::viz
