// SPDX-License-Identifier: GPL-2.0-only
#include <imgui.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "viz/app/dialog.hpp"

namespace mailroom::viz {
namespace {

namespace fs = std::filesystem;

class FileChooser final : public Dialog {
 public:
  explicit FileChooser(bool to_compare) : to_compare_(to_compare) {
    std::error_code error;
    folder_ = fs::current_path(error);
    typed_ = folder_.string() + "/";
    list();
  }
  std::string_view title() const override { return to_compare_ ? "Compare with" : "Open a run or a scenario"; }
  Point size_px() const override { return {680, 520}; }

  bool draw(Desk& desk) override {
    Ui& ui = desk.ui;
    bool entered = false;
    if (ui.field("file/path", typed_, {.hint = "path of a .mailroom or .yaml file", .is_mono = true,
                                       .takes_focus = is_fresh_, .entered = &entered}))
      follow_typed();
    is_fresh_ = false;
    if (entered) return !choose(desk, typed_);
    ImGui::BeginChild("##files");
    bool is_open = true;
    if (!to_compare_ && !desk.settings.recent.empty()) {
      ui.heading("Recent");
      const std::vector<std::string> recent = desk.settings.recent;
      for (std::size_t i = 0; i < recent.size() && i < 5 && is_open; ++i)
        if (ui.row("file/recent/" + std::to_string(i), recent[i], false, ui.theme->text)) is_open = !choose(desk, recent[i]);
      ui.heading(folder_.string());
    }
    if (is_open && folder_.has_parent_path() && folder_ != folder_.root_path() &&
        ui.row("file/up", "..", false, ui.theme->dim))
      enter(folder_.parent_path());
    if (problem_.empty() && entries_.empty()) ui.text("No run files (.mailroom) or scenarios (.yaml) here.", ui.theme->dim);
    if (!problem_.empty()) ui.paragraph(problem_, ui.theme->permanent);
    for (const Entry& entry : std::vector<Entry>(entries_)) {
      if (!is_open) break;
      const std::string label = (entry.is_folder ? std::string(icon::kFolder) + "  " : std::string("     ")) + entry.name;
      if (!ui.row("file/" + entry.name, label, false, entry.is_folder ? ui.theme->dim : ui.theme->text)) continue;
      if (entry.is_folder) {
        enter(folder_ / entry.name);
        break;
      }
      is_open = !choose(desk, folder_ / entry.name);
    }
    ImGui::EndChild();
    return is_open;
  }

 private:
  struct Entry {
    std::string name;
    bool is_folder = false;
  };

  bool choose(Desk& desk, const fs::path& path) {
    return to_compare_ ? desk.open_to_compare(path) : desk.open(path);
  }

  void enter(const fs::path& folder) {
    folder_ = folder;
    typed_ = (folder / "").string();
    list();
  }

  void follow_typed() {
    std::error_code error;
    const fs::path path(typed_);
    if (typed_.ends_with('/') && fs::is_directory(path, error) && path != folder_ / "") {
      folder_ = path.parent_path();
      list();
    }
  }

  void list() {
    entries_.clear();
    problem_.clear();
    std::error_code error;
    for (fs::directory_iterator at(folder_, error), end; !error && at != end && entries_.size() < 2000; at.increment(error)) {
      const std::string file = at->path().filename().string();
      if (file.starts_with('.')) continue;
      std::error_code ignored;
      const bool is_folder = at->is_directory(ignored);
      const std::string ending = at->path().extension().string();
      if (is_folder || ending == ".mailroom" || ending == ".yaml" || ending == ".yml")
        entries_.push_back({file, is_folder});
    }
    if (error) problem_ = "This folder cannot be read: " + error.message();
    std::ranges::sort(entries_, [](const Entry& a, const Entry& b) {
      return std::pair(!a.is_folder, a.name) < std::pair(!b.is_folder, b.name);
    });
  }

  bool to_compare_;
  bool is_fresh_ = true;
  fs::path folder_;
  std::string typed_;
  std::string problem_;
  std::vector<Entry> entries_;
};

}  // namespace

std::unique_ptr<Dialog> file_chooser(bool to_compare) {
  return std::make_unique<FileChooser>(to_compare);
}

}  // namespace mailroom::viz
