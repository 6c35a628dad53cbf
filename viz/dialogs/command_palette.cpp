// SPDX-License-Identifier: GPL-2.0-only
#include <imgui.h>

#include <algorithm>
#include <string>

#include "viz/app/dialog.hpp"
#include "viz/app/keys.hpp"

namespace mailroom::viz {
namespace {

class Palette final : public Dialog {
 public:
  std::string_view title() const override { return "What do you want to do?"; }
  Point size_px() const override { return {560, 420}; }

  bool draw(Desk& desk) override {
    Ui& ui = desk.ui;
    bool entered = false;
    if (ui.field("palette/field", typed_,
                 {.hint = "a few letters: pl dl, theme, undo …", .takes_focus = true, .entered = &entered}))
      chosen_ = 0;
    const auto found = desk.commands.matching(typed_);
    const auto count = static_cast<int>(found.size());
    if (is_key_pressed(key::kDown)) ++chosen_;
    if (is_key_pressed(key::kUp)) --chosen_;
    chosen_ = count ? (chosen_ + count) % count : 0;
    bool is_open = true;
    ImGui::BeginChild("##palette");
    if (found.empty()) ui.text("Nothing is called so. Fewer letters find more.", ui.theme->dim);
    for (int i = 0; i < count; ++i) {
      const Command& command = *found[static_cast<std::size_t>(i)];
      const bool can = Commands::is_enabled(command, desk);
      std::string label = command.menu.empty() ? command.title : command.menu + ": " + command.title;
      if (!command.shortcut.empty()) label += "   (" + command.shortcut + ")";
      const bool clicked =
          ui.row("palette/" + command.id, label, i == chosen_, can ? ui.theme->text : ui.theme->dim);
      if (!command.tip.empty()) ui.tip(command.tip);
      if (i == chosen_ && (is_key_pressed(key::kDown) || is_key_pressed(key::kUp))) ImGui::SetScrollHereY();
      if (!can || !(clicked || (entered && i == chosen_))) continue;
      is_open = false;
      command.run(desk);
      break;
    }
    ImGui::EndChild();
    return is_open;
  }

 private:
  std::string typed_;
  int chosen_ = 0;
};

}  // namespace

std::unique_ptr<Dialog> command_palette() {
  return std::make_unique<Palette>();
}

}  // namespace mailroom::viz
