// SPDX-License-Identifier: GPL-2.0-only
#include "viz/panes/filter_box.hpp"

#include <fmt/format.h>
#include <imgui.h>
#include <imgui_internal.h>
#include <imgui_stdlib.h>

#include <algorithm>
#include <span>

namespace mailroom::viz {
namespace {

constexpr double kPause_s = 0.4;  // without a key: what was typed is meant
constexpr std::size_t kMostRecent = 6;
constexpr ImGuiWindowFlags kListFlags =
    ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoSavedSettings |
    ImGuiWindowFlags_NoFocusOnAppearing | ImGuiWindowFlags_NoNav | ImGuiWindowFlags_AlwaysAutoResize;

}  // namespace

// What ImGui's callbacks tell and are told.
struct FilterBox::Typing {
  FilterBox& box;
  std::size_t choices = 0;
  std::span<const std::string> recent{};  // the choices behind those that are offered
};

int FilterBox::hear(void* callback_data) {
  auto& data = *static_cast<ImGuiInputTextCallbackData*>(callback_data);
  auto& typing = *static_cast<Typing*>(data.UserData);
  FilterBox& box = typing.box;
  switch (data.EventFlag) {
    case ImGuiInputTextFlags_CallbackCompletion: {  // Tab. What is being typed into is ImGui's until it is
                                                    // left.
      const auto choice = static_cast<std::size_t>(std::max<std::ptrdiff_t>(box.chosen_, 0));
      if (choice >= typing.choices) break;
      const bool is_offered = choice < box.offered_.size();
      const std::string& text =
          is_offered ? box.offered_[choice].text : typing.recent[choice - box.offered_.size()];
      const auto length = static_cast<std::size_t>(data.BufTextLen);
      const std::size_t from = is_offered ? std::min(box.offered_[choice].from, length) : 0;
      const std::size_t to = is_offered ? std::clamp(box.offered_[choice].to, from, length) : length;
      data.DeleteChars(static_cast<int>(from), static_cast<int>(to - from));
      data.InsertChars(static_cast<int>(from), text.data(), text.data() + text.size());
      data.CursorPos = data.SelectionStart = data.SelectionEnd = static_cast<int>(from + text.size());
      break;
    }
    case ImGuiInputTextFlags_CallbackHistory: {
      const auto count = static_cast<std::ptrdiff_t>(typing.choices);
      if (count == 0) break;
      box.is_list_shut_ = false;
      if (data.EventKey == ImGuiKey_DownArrow) box.chosen_ = box.chosen_ + 1 < count ? box.chosen_ + 1 : 0;
      if (data.EventKey == ImGuiKey_UpArrow) box.chosen_ = box.chosen_ > 0 ? box.chosen_ - 1 : count - 1;
      break;
    }
    default:
      if (box.jump_to_) {
        data.CursorPos = data.SelectionStart = data.SelectionEnd =
            static_cast<int>(std::min(*box.jump_to_, static_cast<std::size_t>(data.BufTextLen)));
        box.jump_to_.reset();
      }
      box.cursor_ = static_cast<std::size_t>(data.CursorPos);
  }
  return 0;
}

void FilterBox::join(Desk& desk) {
  const auto has_run = [](const Desk& d) { return d.run != nullptr; };
  desk.commands.add({.id = "view/filter",
                     .title = "Filter…",
                     .menu = "View",
                     .shortcut = "Ctrl+F",
                     .tip = "Show only what is about a recipient, a host, a reply, …",
                     .run = [this](Desk&) { takes_focus_ = true; },
                     .is_enabled = has_run});
  desk.commands.add(
      {.id = "view/clear-filter",
       .title = "Clear the filter",
       .menu = "View",
       .shortcut = "Ctrl+Shift+F",
       .tip = "Show everything again",
       .run = [](Desk& d) { d.edit("clear the filter", [](View& v) { v.filter.clear(); }); },
       .is_enabled = [](const Desk& d) { return d.run != nullptr && !d.view().filter.empty(); }});
}

void FilterBox::apply(Desk& desk) {
  changed_s_ = -1;
  const auto filter = Filter::parse(text_);
  error_ = filter ? std::nullopt : std::optional(filter.error());
  if (!filter || text_ == desk.view().filter) return;
  applied_ = text_;
  desk.edit("filter", [&](View& v) { v.filter = text_; });
  if (!filter->is_empty()) desk.settings.remember_filter(text_);
}

void FilterBox::take(const FilterCompletion& completion) {
  const std::size_t from = std::min(completion.from, text_.size());
  const std::size_t to = std::clamp(completion.to, from, text_.size());
  text_.replace(from, to - from, completion.text);
  cursor_ = from + completion.text.size();
  jump_to_ = cursor_;
  takes_focus_ = true;
  chosen_ = -1;
}

void FilterBox::take(const std::string& whole) {
  text_ = whole;
  cursor_ = text_.size();
  jump_to_ = cursor_;
  takes_focus_ = true;
  chosen_ = -1;
}

void FilterBox::draw(Desk& desk, float width_px) {
  if (desk.view().filter != applied_) {  // undone, or set by somebody else
    text_ = applied_ = desk.view().filter;
    changed_s_ = -1;
    error_.reset();
  }
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const bool can_clear = !text_.empty();
  const float clear = can_clear ? ImGui::GetFrameHeight() : 0;
  draw_field(desk, std::max(width_px - clear, 1.0f));
  if (can_clear) {
    ImGui::SameLine(0, 0);
    if (desk.ui.button("filter/clear", icon::kClose,
                       {.width = clear, .tip = "Clear the filter (Ctrl+Shift+F)"})) {
      text_.clear();
      chosen_ = -1;
      apply(desk);
    }
  }
  if (changed_s_ >= 0) {
    const double left_s = changed_s_ + kPause_s - desk.seconds();
    if (left_s <= 0 || (!is_active_ && !is_list_hovered_)) {
      apply(desk);
    } else {
      desk.animate(left_s);
    }
  }
  // A click into the list takes the focus from the field before it is a click.
  if (is_active_ || error_ || is_list_hovered_)
    draw_list(desk, at.x, at.y + ImGui::GetFrameHeight() + desk.ui.px(2), width_px);
}

void FilterBox::draw_field(Desk& desk, float width_px) {
  Ui& ui = desk.ui;
  Typing typing{.box = *this, .choices = offered_.size()};
  if (text_.empty())
    typing.recent =
        std::span(desk.settings.filters).first(std::min(desk.settings.filters.size(), kMostRecent));
  typing.choices += typing.recent.size();
  const std::string before = text_;
  ImGui::PushFont(ui.fonts.mono);
  ImGui::SetNextItemWidth(width_px);
  if (takes_focus_) ImGui::SetKeyboardFocusHere();
  takes_focus_ = false;
  if (error_) {
    const Color wrong = ui.theme->permanent;
    ImGui::PushStyleColor(ImGuiCol_Border, IM_COL32(wrong.red, wrong.green, wrong.blue, wrong.alpha));
    ImGui::PushStyleVar(ImGuiStyleVar_FrameBorderSize, ui.px(2));
  }
  const std::string hint = "filter: rcpt:bob 4xx";
  const bool entered = ImGui::InputTextWithHint(
      "##filter/box", hint.c_str(), &text_,
      ImGuiInputTextFlags_EnterReturnsTrue | ImGuiInputTextFlags_CallbackAlways |
          ImGuiInputTextFlags_CallbackCompletion | ImGuiInputTextFlags_CallbackHistory,
      [](ImGuiInputTextCallbackData* data) { return hear(data); }, &typing);
  if (error_) {
    ImGui::PopStyleVar();
    ImGui::PopStyleColor();
  }
  ImGui::PopFont();
  const bool was_active = is_active_;
  is_active_ = ImGui::IsItemActive();
  ui.note_item("filter/box", text_, error_.has_value());
  const ImVec2 low = ImGui::GetItemRectMin();
  const ImVec2 high = ImGui::GetItemRectMax();
  const ImVec2 pad = ImGui::GetStyle().FramePadding;
  ui.note_text({low.x + pad.x, low.y + pad.y, high.x - pad.x, high.y - pad.y}, text_.empty() ? hint : text_);

  if (text_ != before || (is_active_ && !was_active)) is_list_shut_ = false;
  if (text_ != before) {
    changed_s_ = desk.seconds();
    chosen_ = -1;
  }
  const auto choice = static_cast<std::size_t>(std::max<std::ptrdiff_t>(chosen_, 0));
  if (entered && chosen_ >= 0 && choice < typing.choices) {
    if (choice < offered_.size()) {
      take(FilterCompletion(offered_[choice]));
    } else {
      take(std::string(desk.settings.filters[choice - offered_.size()]));
    }
    changed_s_ = desk.seconds();
  } else if (entered) {
    apply(desk);
    is_list_shut_ = true;
  }
  offer(desk);
  if (chosen_ >= static_cast<std::ptrdiff_t>(offered_.size() + kMostRecent)) chosen_ = -1;
}

// Looked up once for what stands there, not in every frame: a run may have very many names.
void FilterBox::offer(Desk& desk) {
  if (is_list_hovered_ && !is_active_) return;  // it is being clicked
  if (!is_active_ || !desk.run || text_.empty()) {
    offered_.clear();
    offered_for_.reset();
    return;
  }
  if (offered_for_ == std::pair(text_, cursor_)) return;
  offered_for_ = {text_, cursor_};
  offered_ = complete_filter(text_, cursor_, desk.run->index().facts, 8);
  // What is there already is no help.
  std::erase_if(offered_,
                [&](const FilterCompletion& c) { return text_.substr(c.from, c.to - c.from) == c.text; });
}

bool FilterBox::draw_choice(Desk& desk, const std::string& name, std::string_view label,
                            std::string_view meaning, bool is_on) {
  Ui& ui = desk.ui;
  const float wide = ImGui::GetContentRegionAvail().x;
  const float high = ui.line_height();
  const bool clicked = ImGui::InvisibleButton(("##" + name).c_str(), {wide, high});
  const ImVec2 low = ImGui::GetItemRectMin();
  const Rect place{low.x, low.y, low.x + wide, low.y + high};
  Pen pen = ui.pen();
  if (is_on || ImGui::IsItemHovered())
    pen.rect(place, mix(ui.theme->panel, ui.theme->accent, 0.22f), ui.px(3));
  const Pen::Style letters{.color = ui.theme->text, .face = Face::mono, .max_width = wide * 0.6f};
  const Rect written = pen.text({place.left + ui.px(6), place.top + ui.px(1)}, label, letters);
  const float from = std::max(written.right + ui.px(12), place.left + wide * 0.34f);
  if (!meaning.empty() && from < place.right - ui.px(40))
    pen.text({from, place.top + ui.px(1)}, meaning,
             {.color = ui.theme->dim, .max_width = place.right - from - ui.px(6)});
  ui.note_item(name, label, is_on);
  return clicked;
}

void FilterBox::draw_list(Desk& desk, float left_px, float top_px, float width_px) {
  Ui& ui = desk.ui;
  const auto& recent = desk.settings.filters;
  const std::size_t recent_count = text_.empty() ? std::min(recent.size(), kMostRecent) : 0;
  const bool has_list =
      (is_active_ || is_list_hovered_) && !is_list_shut_ && (!offered_.empty() || recent_count > 0);
  is_list_hovered_ = false;
  if (!error_ && !has_list) return;
  const float screen = ImGui::GetIO().DisplaySize.x;
  const float wide = std::min(std::max(width_px, ui.px(440)), screen - ui.px(8));
  ImGui::SetNextWindowPos({std::max(std::min(left_px, screen - wide - ui.px(4)), 0.0f), top_px});
  ImGui::SetNextWindowSizeConstraints({wide, 0}, {wide, 1e9f});
  ImGui::PushStyleColor(ImGuiCol_WindowBg, ImGui::GetStyle().Colors[ImGuiCol_PopupBg]);
  ImGui::Begin("##filter/list", nullptr, kListFlags);
  ImGui::PopStyleColor();
  ImGui::BringWindowToDisplayFront(ImGui::GetCurrentWindow());
  if (error_) {
    const std::string_view rest = std::string_view(text_).substr(std::min(error_->offset, text_.size()));
    const std::string_view word = rest.substr(0, std::min(rest.find(' '), rest.size()));
    ui.paragraph(fmt::format("x  {}{}{}.", word.empty() ? "" : fmt::format("At {}: ", word), error_->wrong,
                             word.empty() ? " (at the end)" : ""),
                 ui.theme->permanent, wide - ui.px(20));
    ui.paragraph(error_->right, ui.theme->text, wide - ui.px(20));
    ui.registry.item("filter/error",
                     {.rect = {}, .visible = {}, .label = error_->wrong + "; " + error_->right});
  }
  if (has_list) {
    for (std::size_t i = 0; i < offered_.size(); ++i)
      if (draw_choice(desk, fmt::format("filter/complete/{}", i), offered_[i].text, offered_[i].meaning,
                      chosen_ == static_cast<std::ptrdiff_t>(i))) {
        take(FilterCompletion(offered_[i]));
        changed_s_ = desk.seconds();
        break;
      }
    for (std::size_t i = 0; i < recent_count; ++i)
      if (draw_choice(desk, fmt::format("filter/recent/{}", i), recent[i], "used before",
                      chosen_ == static_cast<std::ptrdiff_t>(offered_.size() + i))) {
        take(std::string(recent[i]));
        apply(desk);
        break;
      }
    ui.text("Tab takes the first, arrows choose", ui.theme->dim);
    is_list_hovered_ = ImGui::IsWindowHovered(ImGuiHoveredFlags_AllowWhenBlockedByActiveItem);
  }
  ImGui::End();
}

}  // namespace mailroom::viz
