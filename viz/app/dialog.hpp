// SPDX-License-Identifier: GPL-2.0-only
// A window over the others that asks or tells something, until it is closed (Escape).
#pragma once

#include <memory>
#include <string_view>

#include "viz/app/desk.hpp"

namespace mailroom::viz {

class Dialog {
 public:
  virtual ~Dialog() = default;
  virtual std::string_view title() const = 0;
  virtual Point size_px() const = 0;  // at 100 %
  // False: it is done.
  virtual bool draw(Desk& desk) = 0;
};

// The command palette: type a few letters of what you want, Enter.
std::unique_ptr<Dialog> command_palette();
// All shortcuts, and what the mouse does.
std::unique_ptr<Dialog> key_sheet();
// Chooses a run file or a scenario; `to_compare`: as the second run.
std::unique_ptr<Dialog> file_chooser(bool to_compare);
// What this program is and which versions it stands on.
std::unique_ptr<Dialog> about_dialog();

}  // namespace mailroom::viz
