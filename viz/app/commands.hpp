// SPDX-License-Identifier: GPL-2.0-only
// Everything that the window can do, once: menus, shortcuts, the command palette and the sheet of keys are made from
// this table, and a test tries each row.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace mailroom::viz {

class Desk;

struct Command {
  std::string id;        // "view/zoom-to-fit"
  std::string title;     // "Zoom to fit"; with "…" if it asks for more
  std::string menu;      // "View"; empty: in the palette only
  std::string shortcut;  // "F", "Ctrl+Shift+P"; empty: none
  std::string tip;       // what it does, in a sentence
  std::function<void(Desk&)> run;
  std::function<bool(const Desk&)> is_enabled = {};  // none: always
  std::function<bool(const Desk&)> is_on = {};       // of a switch
  bool repeats = false;                              // while its key is held
};

class Commands {
 public:
  // The order of adding is the order in menus. Two commands must not share an id or a shortcut.
  void add(Command command);

  const std::vector<Command>& all() const { return all_; }
  const Command* find(std::string_view id) const;
  // False: there is none, or it is disabled.
  bool run(std::string_view id, Desk& desk) const;
  static bool is_enabled(const Command& command, const Desk& desk) {
    return !command.is_enabled || command.is_enabled(desk);
  }

  // Those of which `typed` is a part, letter by letter in this order; the best first. All for "".
  std::vector<const Command*> matching(std::string_view typed) const;

 private:
  std::vector<Command> all_;
};

// The menus, in their order in the bar.
inline constexpr std::string_view kMenus[] = {"File", "View", "Lab", "Fault", "Export", "Help"};

}  // namespace mailroom::viz
