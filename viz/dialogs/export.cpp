// SPDX-License-Identifier: GPL-2.0-only
// Where an export goes, and how it is made. The command that does the same without a window stands below it.
#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "sim/story/quantities.hpp"
#include "viz/app/exporter.hpp"

namespace mailroom::viz {
namespace {

constexpr Ui::Tab kFormats[] = {{"png", "PNG"}, {"svg", "SVG"}, {"csv", "CSV"},  {"html", "HTML"},
                                {"gif", "GIF"}, {"mp4", "MP4"}, {"webm", "WebM"}};
constexpr const char* kWhat[] = {"A picture of the whole window or of one pane, as it is at this moment.",
                                 "One pane as lines and text: sharp at any size, for papers and slides.",
                                 "A table for other programs (RFC 4180).",
                                 "One file that replays canvas and ladder in any browser, also on a phone; nothing is "
                                 "fetched from anywhere.",
                                 "A movie of few colours, for pages and chats. Made by ffmpeg.",
                                 "A movie. Made by ffmpeg.", "A movie, in an open format. Made by ffmpeg."};
// Of a drawing: those that are drawn, not made of widgets.
constexpr std::pair<const char*, const char*> kPanes[] = {
    {"all", "the whole window"}, {"topology", "topology"}, {"timeline", "timeline"}, {"ladder", "ladder"},
    {"plots", "plots"},          {"host", "host"},       {"message", "message"}};
constexpr const char* kTables[] = {"deliveries", "events", "delay", "queue", "hops", "replies", "throughput", "comparison"};

bool is_size(const std::string& text) {
  int width = 0;
  int height = 0;
  char after = 0;
  return std::sscanf(text.c_str(), "%dx%d%c", &width, &height, &after) == 2 && width >= 64 && height >= 64 &&
         width <= 8192 && height <= 8192;
}

class ExportDialog final : public Dialog {
 public:
  ExportDialog(Exporter& exporter, ExportFormat format, const Desk& desk) : exporter_(exporter) {
    choice_.format = format;
    std::error_code error;
    choice_.path = (std::filesystem::current_path(error) / desk.run->path().stem()).string() + ending();
    if (format == ExportFormat::svg) choice_.pane = "topology";
    choice_.speed = std::clamp(desk.player.speed(), 0.01, 10'000.0);
  }
  std::string_view title() const override { return "Export"; }
  Point size_px() const override { return {720, 430}; }

  bool draw(Desk& desk) override {
    if (!desk.run) return false;
    Ui& ui = desk.ui;
    draw_format(desk);
    ImGui::Dummy({1, ui.px(4)});
    ui.paragraph(kWhat[index()], ui.theme->dim);
    ImGui::Dummy({1, ui.px(4)});
    ui.field("export/path", choice_.path, {.hint = "the file to write", .is_mono = true, .is_wrong = choice_.path.empty()});
    if (is_picture() || is_movie()) draw_picture(desk);
    if (choice_.format == ExportFormat::csv) draw_table(desk);
    if (!is_picture()) draw_range(desk);
    ImGui::Dummy({1, ui.px(6)});
    const bool is_good = !choice_.path.empty() && (is_size(choice_.size) || !(is_picture() || is_movie()));
    std::error_code error;
    const bool is_there = std::filesystem::exists(choice_.path, error);
    bool is_done = false;
    if (ui.button("export/go", is_there ? "Write over it" : "Export", {.is_enabled = is_good, .is_primary = true})) {
      exporter_.start(desk, choice_);
      is_done = true;
    }
    ImGui::SameLine();
    const std::string command = command_line_of(arguments_of(desk, choice_));
    if (ui.button("export/copy-command", "Copy the command", {.tip = "The command that makes the same without a window"})) {
      ImGui::SetClipboardText(command.c_str());
      desk.say(Desk::Tone::good, "The command is in the clipboard.");
    }
    ImGui::Dummy({1, ui.px(4)});
    ui.paragraph(command, ui.theme->dim);
    return !is_done;
  }

 private:
  std::size_t index() const { return static_cast<std::size_t>(choice_.format); }
  std::string ending() const { return "." + std::string(kFormats[index()].id); }
  bool is_picture() const { return choice_.format == ExportFormat::png || choice_.format == ExportFormat::svg; }
  bool is_movie() const { return choice_.format >= ExportFormat::gif; }

  void draw_format(Desk& desk) {
    std::string chosen(kFormats[index()].id);
    if (!desk.ui.tabs("export/format", kFormats, chosen)) return;
    const std::string before = ending();
    for (std::size_t i = 0; i < std::size(kFormats); ++i)
      if (kFormats[i].id == chosen) choice_.format = static_cast<ExportFormat>(i);
    if (choice_.path.ends_with(before)) choice_.path.replace(choice_.path.size() - before.size(), before.size(), ending());
    if (choice_.format == ExportFormat::svg && choice_.pane == "all") choice_.pane = "topology";
  }

  void draw_picture(Desk& desk) {
    Ui& ui = desk.ui;
    std::vector<std::string> labels;
    int at = 0;
    const std::size_t first = choice_.format == ExportFormat::svg ? 1 : 0;
    for (std::size_t i = first; i < std::size(kPanes); ++i) {
      if (choice_.pane == kPanes[i].first) at = static_cast<int>(labels.size());
      labels.emplace_back(kPanes[i].second);
    }
    if (ui.combo("export/pane", labels, at, ui.px(220))) choice_.pane = kPanes[first + static_cast<std::size_t>(at)].first;
    ImGui::SameLine();
    ui.field("export/size", choice_.size, {.hint = "1920x1080", .width = ui.px(140), .is_mono = true,
                                           .is_wrong = !is_size(choice_.size), .tip = "Width and height in pixels"});
    if (!is_movie()) return;
    ImGui::SameLine();
    auto speed = static_cast<float>(choice_.speed);
    if (ui.slider("export/speed", "speed", speed, 0.01f, 10'000.0f, "%.3g x", true, ui.px(180)))
      choice_.speed = static_cast<double>(speed);
  }

  void draw_table(Desk& desk) {
    Ui& ui = desk.ui;
    std::vector<std::string> labels;
    int at = 0;
    // The last is of two runs.
    const std::size_t count = std::size(kTables) - (desk.other ? 0 : 1);
    for (std::size_t i = 0; i < count; ++i) {
      if (choice_.table == kTables[i]) at = static_cast<int>(i);
      labels.emplace_back(kTables[i]);
    }
    if (ui.combo("export/table", labels, at, ui.px(220))) choice_.table = kTables[static_cast<std::size_t>(at)];
  }

  void draw_range(Desk& desk) {
    const auto& range = desk.view().range;
    desk.ui.text(range ? fmt::format("The range of time that is chosen: {} to {}", story::clock(range->from_ns),
                                     story::clock(range->until_ns))
                       : std::string("The whole run; choose a range of time on the timeline to export a part."),
                 desk.ui.theme->text);
  }

  Exporter& exporter_;
  ExportChoice choice_;
};

}  // namespace

std::unique_ptr<Dialog> export_dialog(Exporter& exporter, ExportFormat format, const Desk& desk) {
  return std::make_unique<ExportDialog>(exporter, format, desk);
}

}  // namespace mailroom::viz
