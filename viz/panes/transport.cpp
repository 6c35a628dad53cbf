// SPDX-License-Identifier: GPL-2.0-only
// The row of buttons that move through time: to the ends, event by event, play and its speed, run until; and
// the filter that all panes obey.
#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "viz/panes/filter_box.hpp"
#include "viz/panes/panes.hpp"
#include "viz/panes/time_commands.hpp"

namespace mailroom::viz {
namespace {

// What a part of the row is, and how much it is needed where there is no room for all.
struct Part {
  float width = 0;
  int rank = 0;  // the highest goes first
  std::function<void()> draw;
  float at = 0;  // set by lay_out()
};

// Leaves out what does not fit, and puts the rest side by side. The last one takes what is left.
void lay_out(std::vector<Part>& parts, float room, float gap) {
  const auto needed = [&] {
    float sum = -gap;
    for (const Part& part : parts) sum += part.width + gap;
    return sum;
  };
  while (parts.size() > 1 && needed() > room) {
    parts.erase(std::max_element(parts.begin(), parts.end(),
                                 [](const Part& a, const Part& b) { return a.rank < b.rank; }));
  }
  float at = 0;
  for (Part& part : parts) {
    part.at = at;
    at += part.width + gap;
  }
}

class TransportPane final : public Pane {
 public:
  About about() const override { return {"transport", "Transport", Place::transport}; }

  void join(Desk& desk) override {
    add_time_commands(desk);
    desk.commands.add({.id = "time/run-until",
                       .title = "Run until…",
                       .menu = {},
                       .shortcut = "U",
                       .tip = "To the next event that fits: 5xx, queue>5, host:mx1, a time, any filter",
                       .run = [this](Desk&) { focuses_until_ = true; },
                       .is_enabled = has_run});
    filter_.join(desk);
    desk.on_run_changed.push_back([this](Desk& d) {
      until_.clear();
      until_wrong_.clear();
      d.player.set_until(std::nullopt);
    });
  }

  void draw(Desk& desk, const Rect& area) override {
    std::vector<Part> parts = buttons(desk);
    const float gap = desk.ui.px(4);
    parts.push_back({desk.ui.px(66), 3, [&] { draw_speed(desk); }});
    parts.push_back({label_width(desk, "skip idle") + ImGui::GetTextLineHeight() + desk.ui.px(8), 6,
                     [&] { draw_skip(desk); }});
    parts.push_back({desk.ui.px(190), 4, [&] { draw_until(desk); }});
    parts.push_back(
        {desk.ui.px(150), 8, [&] { filter_.draw(desk, std::min(filter_room_, desk.ui.px(460))); }});
    lay_out(parts, area.width(), gap);
    for (const Part& part : parts) {
      filter_room_ = area.width() - part.at;
      ImGui::SetCursorScreenPos({area.left + part.at, area.top});
      part.draw();
    }
  }

 private:
  static float label_width(Desk& desk, std::string_view label) {
    return desk.ui.pen().width(label, {.color = {}});
  }

  std::vector<Part> buttons(Desk& desk) {
    struct Button {
      const char* name;
      const char* label;
      const char* command;
      int rank;
      float width;
    };
    const bool plays = desk.player.is_playing() && !desk.player.is_backwards();
    const bool plays_back = desk.player.is_playing() && desk.player.is_backwards();
    const Button all[] = {
        {"first", icon::kFirst, "time/first", 7, 30},
        {"previous", icon::kBack, "time/previous", 2, 30},
        {"play-back", plays_back ? icon::kPause : icon::kReverse, "time/play-backwards", 5, 30},
        {"play", plays ? icon::kPause : icon::kPlay, "time/play", 0, 40},
        {"next", icon::kForward, "time/next", 1, 30},
        {"last", icon::kLast, "time/last", 7, 30}};
    std::vector<Part> parts;
    for (const Button& one : all) {
      const float width = desk.ui.px(one.width);
      parts.push_back({width, one.rank, [this, one, width, &desk, plays, plays_back] {
                         const Command& command = *desk.commands.find(one.command);
                         const bool is_on = std::string_view(one.name) == "play"
                                                ? plays
                                                : std::string_view(one.name) == "play-back" && plays_back;
                         tip_ = fmt::format("{} ({})\n{}", command.title, command.shortcut, command.tip);
                         const Ui::Look look{.is_enabled = Commands::is_enabled(command, desk),
                                             .is_on = is_on,
                                             .width = width,
                                             .tip = tip_};
                         if (desk.ui.button(fmt::format("transport/{}", one.name), one.label, look))
                           desk.commands.run(one.command, desk);
                       }});
    }
    return parts;
  }

  void draw_speed(Desk& desk) {
    Ui& ui = desk.ui;
    if (ui.button("transport/speed", speed_text(desk.player.speed()),
                  {.width = ui.px(66),
                   .tip = "Simulated seconds a second\nFaster: >   slower: <   as in life: \\"})) {
      speed_ = speed_text(desk.player.speed());
      speed_wrong_.clear();
      ImGui::OpenPopup("##speeds");
      focuses_speed_ = true;
    }
    if (!ImGui::BeginPopup("##speeds")) return;
    bool is_entered = false;
    if (ui.field("transport/speed/any", speed_,
                 {.hint = "2.5x",
                  .width = ui.px(90),
                  .takes_focus = focuses_speed_,
                  .is_wrong = !speed_wrong_.empty(),
                  .entered = &is_entered}))
      speed_wrong_.clear();
    focuses_speed_ = false;
    if (is_entered) {
      if (const auto speed = parse_speed(speed_)) {
        desk.player.set_speed(*speed);
        ImGui::CloseCurrentPopup();
      } else {
        speed_wrong_ = speed.error();
      }
    }
    if (!speed_wrong_.empty()) ui.paragraph("x  " + speed_wrong_, ui.theme->permanent, ui.px(160));
    for (const double speed : Player::speeds()) {
      const std::string text = speed_text(speed);
      if (ui.row("transport/speed/" + text, text, desk.player.speed() == speed, ui.theme->text)) {
        desk.player.set_speed(speed);
        ImGui::CloseCurrentPopup();
      }
    }
    ImGui::EndPopup();
  }

  void draw_skip(Desk& desk) {
    bool skips = desk.player.skips_idle();
    if (desk.ui.checkbox(
            "transport/skip-idle", "skip idle", skips,
            "Leaves out time in which nothing is recorded and nothing flies: retries wait for hours (I)"))
      desk.player.set_skips_idle(skips);
  }

  // The field, its presets, and what it found.
  void draw_until(Desk& desk) {
    Ui& ui = desk.ui;
    const float button = ui.px(26);
    const float gap = ui.px(2);
    const bool searches = desk.player.is_searching();
    bool is_entered = false;
    tip_ = until_wrong_.empty() ? std::string(
                                      "Run until: 5xx, queue>5, host:mx1, msg:7, 12.5s, +10m, or any filter\n"
                                      "Enter goes there at once; Play stops there")
                                : until_wrong_;
    const std::string hint = "run until 5xx, +10m…";
    if (ui.field("transport/until", until_,
                 {.hint = hint,
                  .width = ui.px(190) - 2 * (button + gap),
                  .takes_focus = focuses_until_,
                  .is_wrong = !until_wrong_.empty(),
                  .entered = &is_entered,
                  .tip = tip_}))
      take_until(desk);
    focuses_until_ = false;
    if (searches) draw_progress(desk);
    ImGui::SameLine(0, gap);
    if (ui.button("transport/until/presets", icon::kDown,
                  {.width = button, .tip = "What one often runs until"}))
      ImGui::OpenPopup("##until");
    ImGui::SameLine(0, gap);
    const bool goes = ui.button("transport/until/go", searches ? icon::kClose : icon::kCrosshairs,
                                {.is_enabled = searches || !until_.empty(),
                                 .is_on = searches,
                                 .width = button,
                                 .tip = searches ? "Stop searching" : "Go there at once (Enter)"});
    if (goes && searches) {
      desk.player.stop_searching();
    } else if (goes || is_entered) {
      run_until(desk);
    }
    draw_presets(desk);
  }

  // Over the lower edge of the field.
  void draw_progress(Desk& desk) {
    Pen pen = desk.ui.pen();
    const ImVec2 low = ImGui::GetItemRectMin();
    const ImVec2 high = ImGui::GetItemRectMax();
    const auto share = static_cast<float>(desk.player.search_progress(*desk.run));
    pen.rect({low.x, high.y - desk.ui.px(3), low.x + (high.x - low.x) * share, high.y},
             desk.ui.theme->accent);
  }

  void draw_presets(Desk& desk) {
    if (!ImGui::BeginPopup("##until")) return;
    struct Preset {
      std::string text;
      std::string meaning;
    };
    std::vector<Preset> presets = {{"5xx", "a permanent failure"},
                                   {"4xx", "a transient failure"},
                                   {"is:bounced", "a bounce"},
                                   {"is:lost", "a loss"},
                                   {"is:duplicate", "a second delivery"},
                                   {"is:fault", "a fault"},
                                   {"queue>10", "a long queue"},
                                   {"+1m", "a minute later"},
                                   {"+1h", "an hour later"}};
    const Selection& chosen = desk.view().selection;
    if (chosen.host) presets.push_back({"host:\"" + desk.name_of(chosen.host) + "\"", "the chosen host"});
    if (chosen.message)
      presets.push_back({fmt::format("msg:{}", chosen.message.value), "the chosen message"});
    if (!desk.view().filter.empty()) presets.push_back({desk.view().filter, "the filter"});
    ImGui::Dummy({desk.ui.px(220), 1});
    for (const Preset& preset : presets) {
      if (!desk.ui.row("transport/until/preset/" + preset.text,
                       fmt::format("{}   {}", preset.text, preset.meaning), false, desk.ui.theme->text))
        continue;
      until_ = preset.text;
      ImGui::CloseCurrentPopup();
      run_until(desk);
    }
    ImGui::EndPopup();
  }

  // As it is typed: who plays stops there, once it makes sense.
  void take_until(Desk& desk) {
    until_wrong_.clear();
    desk.player.set_until(std::nullopt);
    if (until_.empty()) return;
    auto until = Until::parse(until_, desk.time_ns(), desk.run->end_ns());
    if (until) desk.player.set_until(std::move(*until));
  }

  void run_until(Desk& desk) {
    auto until = Until::parse(until_, desk.time_ns(), desk.run->end_ns());
    until_wrong_ = until ? std::string() : until.error();
    if (!until) return;
    desk.player.set_until(std::move(*until));
    desk.player.search();
    desk.animate();
  }

  std::string until_, until_wrong_;
  FilterBox filter_;
  std::string speed_, speed_wrong_;
  std::string tip_;
  float filter_room_ = 0;
  bool focuses_until_ = false;
  bool focuses_speed_ = false;
};

}  // namespace

std::unique_ptr<Pane> transport_pane() {
  return std::make_unique<TransportPane>();
}

}  // namespace mailroom::viz
