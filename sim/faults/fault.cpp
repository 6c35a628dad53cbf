// SPDX-License-Identifier: GPL-2.0-only
#include "sim/faults/fault.hpp"

#include <algorithm>
#include <cctype>

namespace mailroom::faults {

namespace {

// Of a line of a master file, "owner [TTL] [IN] TYPE data", without looking closely.
std::string owner_and_type(std::string_view record) {
  std::string found;
  std::string word;
  int words = 0;
  for (std::size_t at = 0; at <= record.size() && words < 2; ++at) {
    const char c = at < record.size() ? record[at] : ' ';
    if (c != ' ' && c != '\t') {
      word += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
      continue;
    }
    const bool is_between = words == 1 && (word == "IN" || (!word.empty() && word.front() >= '0' && word.front() <= '9'));
    if (!word.empty() && !is_between) {
      if (words == 0 && word.ends_with('.')) word.pop_back();
      (found += found.empty() ? "" : " ") += word;
      ++words;
    }
    word.clear();
  }
  return found;
}

}  // namespace

std::string slot(const Fault& fault) {
  std::string slot(info(fault.kind).rival);
  const auto add = [&slot](std::string_view part) {
    if (!part.empty()) (slot += " ") += part;
  };
  add(fault.link);
  std::vector<std::string> nodes = fault.nodes;
  std::ranges::sort(nodes);  // a -- b is b -- a
  for (const std::string& node : nodes) add(node);
  if (!fault.addresses.empty()) add(fault.addresses.front());
  add(fault.point);
  if (fault.kind == Kind::dns_lying || fault.kind == Kind::dns_changed)
    add(owner_and_type(fault.record));
  return slot;
}

}  // namespace mailroom::faults
