// SPDX-License-Identifier: GPL-2.0-only
// What is configured at a host, in words: domains, users, aliases, lists, where it passes mail on to. From the `detail`
// of its row; what a damaged file has there is left out.
#pragma once

#include <string>
#include <vector>

#include "sim/trace/run_file.hpp"

namespace mailroom::viz {

struct HostSetting {
  std::string name;   // "takes mail for"
  std::string value;  // "south.example"
};
// At most `most` lines a list of users or aliases; a last line tells how many more there are.
std::vector<HostSetting> settings_of(const trace::HostRow& row, std::size_t most = 40);

}  // namespace mailroom::viz
