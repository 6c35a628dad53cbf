// SPDX-License-Identifier: GPL-2.0-only
#include "viz/app/commands.hpp"

#include <algorithm>
#include <cassert>
#include <optional>
#include <utility>

#include "viz/app/keys.hpp"

namespace mailroom::viz {
namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// How badly `typed` fits to `title`: letters skipped, starts of words counting as none. nullopt: not at all.
std::optional<int> distance(std::string_view typed, std::string_view title) {
  int skipped = 0;
  std::size_t at = 0;
  for (const char letter : typed) {
    if (letter == ' ') continue;
    const std::size_t from = at;
    while (at < title.size() && lower(title[at]) != lower(letter)) ++at;
    if (at == title.size()) return std::nullopt;
    const bool starts_word = at == 0 || title[at - 1] == ' ';
    skipped += starts_word ? 1 : static_cast<int>(at - from) * 4;
    ++at;
  }
  return skipped;
}

}  // namespace

void Commands::add(Command command) {
  assert(!find(command.id));
  assert(command.shortcut.empty() || chord(command.shortcut));
  for (const Command& other : all_) assert(command.shortcut.empty() || other.shortcut != command.shortcut);
  all_.push_back(std::move(command));
}

const Command* Commands::find(std::string_view id) const {
  const auto at = std::ranges::find(all_, id, &Command::id);
  return at == all_.end() ? nullptr : &*at;
}

bool Commands::run(std::string_view id, Desk& desk) const {
  const Command* command = find(id);
  if (!command || !is_enabled(*command, desk)) return false;
  command->run(desk);
  return true;
}

std::vector<const Command*> Commands::matching(std::string_view typed) const {
  std::vector<std::pair<int, const Command*>> found;
  for (const Command& command : all_)
    if (const auto how = distance(typed, command.menu + " " + command.title)) found.emplace_back(*how, &command);
  std::ranges::stable_sort(found, {}, &std::pair<int, const Command*>::first);
  std::vector<const Command*> commands;
  for (const auto& [how, command] : found) commands.push_back(command);
  return commands;
}

}  // namespace mailroom::viz
