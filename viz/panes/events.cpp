// SPDX-License-Identifier: GPL-2.0-only
#include "viz/panes/events.hpp"

#include <fmt/format.h>
#include <imgui.h>
#include <imgui_internal.h>

#include <algorithm>
#include <cmath>

#include "sim/story/quantities.hpp"
#include "sim/story/words.hpp"
#include "viz/app/keys.hpp"
#include "viz/model/explain.hpp"
#include "viz/model/plot_csv.hpp"
#include "viz/panes/panes.hpp"

namespace mailroom::viz {
namespace {

using trace::Kind;
using trace::StoredEvent;

constexpr float kLeastColumn = 40;
constexpr int kPageUp = 266, kPageDown = 267, kHome = 268, kEnd = 269;  // GLFW's numbers

struct Sign {
  std::string_view sign;
  Color color;
};
Sign sign_of(const StoredEvent& event, const Theme& theme) {
  const bool is_reply = event.kind == Kind::reply_sent || event.kind == Kind::reply_received;
  if (is_reply) return {sign_of(category_of(event.code)), theme.of(category_of(event.code))};
  if (event.kind == Kind::fault_began || event.kind == Kind::fault_ended ||
      event.kind == Kind::connection_disturbed)
    return {"F", theme.fault};
  switch (story::tone_of(event.kind)) {
    case story::Tone::good:
      return {sign_of(Category::positive), theme.positive};
    case story::Tone::warn:
      return {sign_of(Category::transient), theme.transient};
    case story::Tone::bad:
      return {sign_of(Category::permanent), theme.permanent};
    default:
      return {"", theme.text};
  }
}

}  // namespace

void EventsPane::join(Desk& desk) {
  const auto has_run = [](const Desk& d) { return d.run != nullptr; };
  desk.commands.add({.id = "events/copy",
                     .title = "Copy the events as CSV",
                     .menu = "Export",
                     .shortcut = "",
                     .tip = "The rows of the list, as far as the filter lets them through",
                     .run = [this](Desk& d) { copy(d); },
                     .is_enabled = has_run});
  desk.on_run_changed.push_back([this](Desk&) {
    const Clock clock = clock_;
    const auto columns = columns_;
    *this = EventsPane();
    clock_ = clock;
    columns_ = columns;
  });
}

std::string EventsPane::time_text(const Desk& desk, const Line& line, std::int64_t previous_ns) const {
  switch (clock_) {
    case Clock::since_previous:
      return previous_ns < 0 ? story::clock(line.event.time_ns)
                             : "+" + story::duration(line.event.time_ns - previous_ns);
    case Clock::time_of_day: {
      constexpr std::int64_t kS = 1'000'000'000;
      const std::int64_t seconds = desk.run->header().epoch_unix_s + line.event.time_ns / kS;
      const std::int64_t of_day = ((seconds % 86'400) + 86'400) % 86'400;
      return fmt::format("{:02}:{:02}:{:02}.{:03}", of_day / 3600, of_day / 60 % 60, of_day % 60,
                         line.event.time_ns / 1'000'000 % 1000);
    }
    default:
      return story::clock(line.event.time_ns);
  }
}

// --- the picture

void EventsPane::draw(Desk& desk, const Rect& area) {
  update(desk);
  draw_bar(desk);
  const float top = ImGui::GetCursorScreenPos().y;
  const float head = desk.ui.px(22);
  if (area.bottom - top < head * 2) return;
  draw_head(desk, {area.left, top, area.right, top + head});
  draw_rows(desk, {area.left, top + head, area.right, area.bottom});
}

void EventsPane::draw_bar(Desk& desk) {
  Ui& ui = desk.ui;
  static const std::vector<std::string> kClocks{"Time of the run", "Since the one before", "Time of day"};
  int clock = static_cast<int>(clock_);
  if (ui.combo("events/time", kClocks, clock, std::min(ui.px(170), ImGui::GetContentRegionAvail().x * 0.5f)))
    clock_ = static_cast<Clock>(clock);
  ImGui::SameLine(0, ui.px(4));
  if (ui.button("events/copy", std::string(icon::kList) + " CSV", {.tip = "Copy the rows as CSV"}))
    copy(desk);
  ImGui::SameLine(0, ui.px(8));
  const Index::State& index = desk.run->index();
  std::string words;
  if (!failure_.empty() || !found_.failure.empty()) {
    words = "x  " + (failure_.empty() ? found_.failure : failure_);
  } else if (filter_.is_empty()) {
    words = story::counted(index.rows.size(), "event");
    if (desk.run->is_indexing()) words += fmt::format(", {:.0f} % read", index.progress() * 100);
  } else {
    words = fmt::format("{} of {}", story::grouped(found_.ids.size()),
                        story::counted(index.rows.size(), "event"));
    const double last = static_cast<double>(std::max<std::int64_t>(index.last_event.value, 1));
    if (!found_.is_done)
      words += fmt::format(", {:.0f} % looked at", 100 * static_cast<double>(found_.read_to.value) / last);
  }
  if (desk.view().hides_answers) words += "; what comes later is hidden";
  ImGui::AlignTextToFramePadding();
  ui.text(words, ui.theme->dim);
}

void EventsPane::draw_head(Desk& desk, const Rect& head) {
  Ui& ui = desk.ui;
  Pen pen = desk.pen("events");
  pen.rect(head, ui.theme->raised);
  static constexpr std::string_view kNames[] = {"Time", "Host", "Kind", "What happened"};
  float x = head.left + ui.px(8);
  for (std::size_t i = 0; i < 4; ++i) {
    const float wide = i < columns_.size() ? ui.px(columns_[i]) : head.right - x;
    if (wide > ui.px(12) && x < head.right)
      pen.text({x, head.center().y - pen.height({.color = {}}) / 2}, kNames[i],
               {.color = ui.theme->dim,
                .face = Face::strong,
                .max_width = std::min(wide, head.right - x) - ui.px(8)});
    x += wide;
    if (i == columns_.size()) break;
    const Rect grip{x - ui.px(8), head.top, x, head.bottom};
    if (grip.right > head.right) continue;
    ImGui::SetCursorScreenPos({grip.left, grip.top});
    ImGui::InvisibleButton(fmt::format("##events/grip/{}", i).c_str(), {grip.width(), grip.height()});
    if (ImGui::IsItemHovered() || ImGui::IsItemActive()) ImGui::SetMouseCursor(ImGuiMouseCursor_ResizeEW);
    if (ImGui::IsItemActive())
      columns_[i] = std::clamp(columns_[i] + ImGui::GetIO().MouseDelta.x / std::max(ui.scale, 0.1f),
                               kLeastColumn, 600.0f);
    const float line = grip.center().x;
    pen.line({line, head.top + ui.px(4)}, {line, head.bottom - ui.px(4)},
             ImGui::IsItemHovered() || ImGui::IsItemActive() ? ui.theme->accent : ui.theme->line, 1);
    ui.note_item(fmt::format("events/grip/{}", i));
  }
}

void EventsPane::draw_line(Desk& desk, Pen& pen, const Rect& place, const Line& line,
                           std::int64_t previous_ns, bool is_now) {
  Ui& ui = desk.ui;
  const Theme& theme = *ui.theme;
  const bool is_selected = desk.view().selection.event == line.event.id && line.event.id;
  const bool is_future = line.event.id > desk.run->event();
  if (is_selected) {
    pen.rect(place, mix(theme.panel, theme.accent, 0.22f), ui.px(2));
  } else if (is_now) {
    pen.rect(place, mix(theme.panel, theme.accent, 0.11f), ui.px(2));
  }
  if (is_now) pen.rect({place.left, place.top, place.left + ui.px(3), place.bottom}, theme.accent);
  const bool is_hidden = desk.hides(line.event);
  const Sign sign = is_hidden ? Sign{"", theme.dim} : sign_of(line.event, theme);
  const auto ink = [&](Color color) { return mix(theme.panel, color, is_future ? 0.55f : 1.0f); };
  const std::string host = line.event.host && !is_hidden   ? desk.name_of(line.event.host)
                           : line.event.link && !is_hidden ? desk.name_of(line.event.link)
                                                           : std::string();
  const std::string cells[] = {time_text(desk, line, previous_ns), host,
                               is_hidden ? "hidden" : std::string(trace::info(line.event.kind).name),
                               is_hidden ? "Find out!" : line.sentence};
  float x = place.left + ui.px(8);
  for (std::size_t i = 0; i < 4; ++i) {
    float wide = i < columns_.size() ? ui.px(columns_[i]) : place.right - x;
    const float left = x;
    x += wide;
    wide = std::min(wide, place.right - left) - ui.px(8);
    if (wide < ui.px(10)) continue;
    const bool is_mono = i == 0 || i == 2;
    const Color color = i == 3 ? sign.color : i == 1 ? theme.text : theme.dim;
    const std::string text =
        i == 3 && !sign.sign.empty() ? fmt::format("{} {}", sign.sign, cells[i]) : cells[i];
    const Pen::Style style{.color = ink(color), .face = is_mono ? Face::mono : Face::body, .max_width = wide};
    pen.text({left, place.center().y - pen.height(style) / 2}, text, style);
  }
}

void EventsPane::draw_rows(Desk& desk, const Rect& body) {
  Ui& ui = desk.ui;
  const float high = ui.px(21);
  const float bar_wide = ImGui::GetStyle().ScrollbarSize;
  const auto seen = static_cast<std::int64_t>(std::max(body.height() / high, 1.0f));
  const std::int64_t rows = count(desk);
  const double last_first = static_cast<double>(std::max<std::int64_t>(rows - seen, 0));
  const std::int64_t now = row_of(desk, desk.run->event());
  if (seen_event_ != desk.run->event()) {  // the list follows the moment
    seen_event_ = desk.run->event();
    const auto at = static_cast<double>(now);
    if (at < first_ || at >= first_ + static_cast<double>(seen))
      first_ = at - static_cast<double>(seen) * 0.5;
  }
  first_ = std::clamp(first_, 0.0, last_first);

  ImGui::SetCursorScreenPos({body.left, body.top});
  ImGui::BeginChild(
      "##events/rows", {body.width(), body.height()}, false,
      ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse | ImGuiWindowFlags_NoNav);
  has_focus_ = ImGui::IsWindowFocused();
  const auto first = static_cast<std::int64_t>(first_);
  read_window(desk, first, seen + 1);
  Pen pen = desk.pen("events");
  std::int64_t previous_ns = before_window_ns_;
  for (std::size_t i = 0; i < window_.size(); ++i) {
    const float top = body.top + static_cast<float>(i) * high;
    if (top + high > body.bottom + 1) break;  // no half rows
    const Rect place{body.left, top, body.right - bar_wide, top + high};
    draw_line(desk, pen, place, window_[i], previous_ns, first + static_cast<std::int64_t>(i) == now);
    previous_ns = window_[i].event.time_ns;
    const std::string name = fmt::format("events/row/{}", first + static_cast<std::int64_t>(i));
    ImGui::SetCursorScreenPos({place.left, place.top});
    if (ImGui::InvisibleButton(("##" + name).c_str(), {std::max(place.width(), 1.0f), high}))
      go_to(desk, first + static_cast<std::int64_t>(i));
    ui.note_item(name, window_[i].sentence, first + static_cast<std::int64_t>(i) == now);
    if (ImGui::IsItemHovered() && ImGui::IsMouseReleased(1)) menu_.open(window_[i].event);
    if (desk.hides(window_[i].event) || menu_.is_open()) continue;
    const Explanation words = explain_kind(window_[i].event.kind);
    ui.tip(fmt::format(
        "{}{}{}{}", window_[i].sentence, words.title.empty() ? "" : "\n\n" + words.title + ". " + words.text,
        words.source.empty() ? "" : "\n(" + words.source + ")",
        fmt::format("\n\nEvent {}, {}", window_[i].event.id.value, story::clock(window_[i].event.time_ns))));
  }
  if (ImGui::IsWindowHovered() && ImGui::GetIO().MouseWheel != 0)
    first_ = std::clamp(first_ - static_cast<double>(ImGui::GetIO().MouseWheel) * 3, 0.0, last_first);
  draw_scroll_bar(desk, {body.right - bar_wide, body.top, body.right, body.bottom}, rows);
  hear_keys(desk, seen);
  menu_.draw(desk);
  if (rows == 0) {
    ImGui::SetCursorScreenPos({body.left + ui.px(8), body.top + ui.px(6)});
    ui.paragraph(filter_.is_empty() ? "No event yet."
                 : found_.is_done   ? "No event passes the filter."
                                    : "Looking …",
                 ui.theme->dim, body.width() - ui.px(24));
  }
  ImGui::EndChild();
}

// As long as the list, however long that is: a pixel may stand for thousands of rows.
void EventsPane::draw_scroll_bar(Desk& desk, const Rect& bar, std::int64_t rows) {
  Ui& ui = desk.ui;
  const auto seen = static_cast<double>(bar.height() / ui.px(21));
  const auto all = static_cast<double>(rows);
  if (all <= seen || bar.height() < 4) return;
  const float grab_high = std::max(static_cast<float>(seen / all) * bar.height(), ui.px(18));
  const float way = bar.height() - grab_high;
  ImGui::SetCursorScreenPos({bar.left, bar.top});
  ImGui::InvisibleButton("##events/scroll", {bar.width(), bar.height()});
  const bool is_active = ImGui::IsItemActive();
  if (is_active && way > 0) {
    const float at = std::clamp((ImGui::GetIO().MousePos.y - bar.top - grab_high / 2) / way, 0.0f, 1.0f);
    first_ = static_cast<double>(at) * (all - std::floor(seen));
  }
  const bool is_hovered = ImGui::IsItemHovered();
  ui.note_item("events/scroll");
  const float top = bar.top + static_cast<float>(first_ / std::max(all - std::floor(seen), 1.0)) * way;
  Pen pen = ui.pen();
  pen.rect({bar.left + ui.px(3), top, bar.right - ui.px(2), top + grab_high},
           is_active    ? ui.theme->accent
           : is_hovered ? ui.theme->dim
                        : ui.theme->line,
           ui.px(4));
}

// While the list is what was clicked last; a key that is a command's now is the command's.
void EventsPane::hear_keys(Desk& desk, std::int64_t rows) {
  if (!has_focus_ || ImGui::GetIO().WantTextInput) return;
  const auto is_pressed = [&](int number, std::string_view name) {
    const auto takes_it = [&](const Command& c) {
      return c.shortcut == name && Commands::is_enabled(c, desk);
    };
    return is_key_pressed(number) && std::ranges::none_of(desk.commands.all(), takes_it);
  };
  const std::int64_t now = row_of(desk, desk.run->event());
  const std::int64_t last = count(desk) - 1;
  if (is_pressed(key::kDown, "Down")) go_to(desk, std::min(now + 1, last));
  if (is_pressed(key::kUp, "Up")) go_to(desk, std::max<std::int64_t>(now - 1, 0));
  if (is_pressed(kPageDown, "PageDown")) go_to(desk, std::min(now + rows, last));
  if (is_pressed(kPageUp, "PageUp")) go_to(desk, std::max<std::int64_t>(now - rows, 0));
  if (is_pressed(kHome, "Home")) go_to(desk, 0);
  if (is_pressed(kEnd, "End")) go_to(desk, last);
}

std::unique_ptr<Pane> events_pane() {
  return std::make_unique<EventsPane>();
}

}  // namespace mailroom::viz
