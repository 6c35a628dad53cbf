// SPDX-License-Identifier: GPL-2.0-only
// The rules by which a host may drop mail that it is responsible for (the text of `copy.discarded`): all of
// them, so that whoever reads a run can tell a rule from a loss. They are said by the agents, and known here.
#pragma once

#include <string_view>

namespace mailroom::trace {

inline constexpr std::string_view kNullReversePathRule = "null reverse-path: nobody to tell";
inline constexpr std::string_view kHeldRule = "null reverse-path: held for two days, and failed again";
inline constexpr std::string_view kNotifyRule = "NOTIFY: the originator asked not to be told of failures";
inline constexpr std::string_view kNoRoomRule = "no room for a notification for a day";
inline constexpr std::string_view kOneCopyRule = "one copy each";  // and whose copies these are

struct DiscardRule {
  std::string_view text;   // what the text of the event begins with
  std::string_view drops;  // what may be dropped by it, for people
  bool only_notifications = false;
};
inline constexpr DiscardRule kDiscardRules[] = {
    {kNullReversePathRule, "a notification that cannot be delivered", true},
    {kHeldRule, "a notification that failed again after it had been held", true},
    {kNotifyRule, "a copy that failed, whose originator asked not to hear of it"},
    {kNoRoomRule, "a copy that failed, where the disk had no room to tell of it for a day"},
    {kOneCopyRule, "a copy for an address that leads only to people who have one from elsewhere"},
};
// Nullptr: there is no such rule.
constexpr const DiscardRule* discard_rule(std::string_view text) {
  for (const DiscardRule& rule : kDiscardRules)
    if (text.starts_with(rule.text)) return &rule;
  return nullptr;
}

}  // namespace mailroom::trace
