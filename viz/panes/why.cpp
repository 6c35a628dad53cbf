// SPDX-License-Identifier: GPL-2.0-only
// "Why?": the root cause in plain words, and below it the chain of causes with its evidence. A click on a step goes to
// its moment and chooses it everywhere.
#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <optional>

#include "sim/story/quantities.hpp"
#include "viz/model/why.hpp"
#include "viz/panes/panes.hpp"
#include "viz/panes/pieces.hpp"

namespace mailroom::viz {
namespace {

constexpr std::size_t kMostLines = 500;

class WhyPane final : public Pane {
 public:
  About about() const override { return {"why", "Why?", Place::right}; }

  void join(Desk& desk) override {
    desk.on_run_changed.push_back([this](Desk&) { *this = WhyPane(); });
    const auto can_ask = [this](const Desk& d) {
      if (!d.run) return false;
      const Selection& chosen = d.view().selection;
      return chosen.event || chosen.message || chosen.host || chosen.session || chosen.fault;
    };
    desk.commands.add({.id = "view/why",
                       .title = "Why?",
                       .menu = "View",
                       .shortcut = "W",
                       .tip = "Why did what is chosen happen: the chain of causes, the root cause first",
                       .run = [this](Desk& d) { ask_about_selection(d); },
                       .is_enabled = can_ask});
    desk.context_menus.push_back([](Desk& d, const Spot& spot) {
      using What = Selection::What;
      if (spot.what.what != What::event && spot.what.what != What::message && spot.what.what != What::fault) return;
      if (!d.ui.menu_item("context/why", "Why?", "W", false, true)) return;
      d.look([&](View& v) { v.selection = spot.what; });
      d.commands.run("view/why", d);
    });
  }

  // --- what is asked

  void ask(Desk& desk, const WhyQuestion& question) {
    question_ = question;
    answer_.reset();
    desk.bring_to_front("right", "why");
  }

  void draw(Desk& desk, const Rect&) override {
    Ui& ui = desk.ui;
    draw_offers(desk);
    if (!question_) {
      ui.paragraph("Choose an event, a message or a fault, and press W. What failed, waited or came twice is explained "
                   "from its root cause on.",
                   ui.theme->dim);
      return;
    }
    refresh(desk);
    if (answer_) draw_answer(desk);
  }

 private:
  void ask_about_selection(Desk& desk) {
    using What = Selection::What;
    const Selection chosen = desk.view().selection;
    trace::RunFileReader& reader = desk.run->reader();
    const trace::World& world = desk.run->world();
    WhyQuestion question;
    switch (chosen.what) {
      case What::message:
        if (const auto offers = offers_for(world, reader, chosen.message, chosen.copy, 1); !offers.empty())
          question = offers.front().question;
        else if (const trace::Message* message = world.messages.find(chosen.message))
          question.event = message->composed;
        break;
      case What::host: question.event = trouble_of(desk, chosen.host); break;
      case What::session: question.event = last_of(reader, {.up_to = desk.run->event(), .session = chosen.session}); break;
      case What::fault:
        if (const trace::FaultState* fault = world.faults.find(chosen.fault)) question.event = fault->began;
        break;
      default:
        question.event = chosen.event;
        // Of a delivery one asks why it came twice, or where its time went.
        if (const auto event = reader.event(chosen.event); event && *event && (*event)->kind == trace::Kind::copy_delivered)
          if (const auto offers = offers_for(world, reader, (*event)->message, (*event)->copy, 1); !offers.empty())
            question = offers.front().question;
    }
    if (!question && chosen.event) question.event = chosen.event;
    if (!question) return desk.say(Desk::Tone::plain, "Nothing has gone wrong there up to this moment.");
    ask(desk, question);
  }

  static trace::EventId last_of(trace::RunFileReader& reader, trace::EventQuery query) {
    query.newest_first = true;
    query.limit = 1;
    const auto events = reader.events(query);
    return events && !events->empty() ? events->front().id : trace::EventId{};
  }

  // What is worst at a host now: it is down, its disk was full, or a copy in its queue was re-queued; else what went
  // wrong there last.
  static trace::EventId trouble_of(Desk& desk, trace::HostId host) {
    const trace::World& world = desk.run->world();
    const trace::HostState& state = world.host(host);
    if (state.crashed) return state.crashed;
    std::size_t looked_at = 0;
    for (const auto& [key, entry_id] : state.queue) {
      if (++looked_at > 200) break;
      const trace::QueueEntry* entry = world.queue_entries.find(entry_id);
      if (entry == nullptr) continue;
      for (const trace::CopyId id : entry->copies) {
        const trace::Copy* copy = world.copies.find(id);
        if (copy != nullptr && copy->open() && copy->deferrals > 0)
          return last_of(desk.run->reader(),
                         {.up_to = desk.run->event(), .kinds = {trace::Kind::copy_deferred}, .copy = id});
      }
    }
    if (state.disk_filled) return state.disk_filled;
    return last_of(desk.run->reader(), {.up_to = desk.run->event(),
                                        .kinds = {trace::Kind::copy_bounced, trace::Kind::copy_deferred,
                                                  trace::Kind::host_crashed, trace::Kind::copy_destroyed},
                                        .host = host});
  }

  // --- the answer

  void refresh(Desk& desk) {
    // The answer stays that of the moment at which it was asked for, though a click on a step goes to another.
    if (answer_) return;
    if (!names_) names_.emplace(desk.run->reader());
    const Hides hides = desk.hides_event ? Hides([&desk](const trace::StoredEvent& e) { return desk.hides(e); }) : Hides();
    auto told = answer(desk.run->reader(), *names_, desk.run->world(), question_, hides);
    heights_.clear();
    if (!told) {
      desk.trouble = told.error();
      answer_ = WhyAnswer{.question = "The run file cannot be read here."};
      return;
    }
    answer_ = std::move(*told);
  }

  void draw_offers(Desk& desk) {
    const Selection& chosen = desk.view().selection;
    if (!chosen.message) return;
    const OfferKey key{desk.run->event(), chosen.message, chosen.copy};
    if (!(offer_key_ == key)) {
      offer_key_ = key;
      offers_ = offers_for(desk.run->world(), desk.run->reader(), chosen.message, chosen.copy, 4);
    }
    Ui& ui = desk.ui;
    for (std::size_t i = 0; i < offers_.size(); ++i) {
      const WhyOffer& offer = offers_[i];
      const std::string label = offer.copy ? fmt::format("{} (copy {})", offer.label, offer.copy.value) : offer.label;
      const bool is_on = question_ == offer.question;
      if (ui.row(fmt::format("why/offer/{}", i), label, is_on, ui.theme->accent)) ask(desk, offer.question);
    }
    if (!offers_.empty()) ImGui::Dummy({1, ui.px(4)});
  }

  void draw_answer(Desk& desk) {
    Ui& ui = desk.ui;
    const float room = std::max(ImGui::GetContentRegionAvail().x, ui.px(40));
    for (const std::string_view line : wrapped(ui, answer_->question, Face::strong, room))
      ui.text(line, ui.theme->text, Face::strong);
    if (!answer_->root.empty()) draw_root(desk, room);
    ImGui::Dummy({1, ui.px(4)});
    draw_lines(desk, room);
  }

  void draw_root(Desk& desk, float room) {
    Ui& ui = desk.ui;
    const float pad = ui.px(8);
    const auto lines = wrapped(ui, answer_->root, Face::strong, room - 2 * pad);
    const float step = ImGui::GetTextLineHeight() + ui.px(3);
    const ImVec2 at = ImGui::GetCursorScreenPos();
    const Rect place{at.x, at.y + ui.px(4), at.x + room, at.y + ui.px(4) + step * static_cast<float>(lines.size()) + 2 * pad};
    const Touch root = touch(ui, "why/root", place, answer_->root);
    Pen pen = ui.pen();
    pen.rect(place, mix(ui.theme->panel, ui.theme->fault, root.is_hovered ? 0.3f : 0.18f), ui.px(5));
    pen.rect({place.left, place.top, place.left + ui.px(4), place.bottom}, ui.theme->fault);
    for (std::size_t i = 0; i < lines.size(); ++i)
      pen.text({place.left + pad, place.top + pad + step * static_cast<float>(i)}, lines[i],
               {.color = ui.theme->text, .face = Face::strong});
    if (root.is_clicked && answer_->root_event) go(desk, answer_->root_event);
    ImGui::SetCursorScreenPos({at.x, place.bottom + ui.px(4)});
  }

  // --- the steps

  float indent_of(const Ui& ui, const WhyLine& line, float room) const {
    return std::min(ui.px(14) * static_cast<float>(line.depth), room * 0.4f) + ui.px(14);
  }

  void measure(const Ui& ui, float room) {
    if (!heights_.empty() && measured_for_ == room) return;
    measured_for_ = room;
    heights_.clear();
    const float step = ImGui::GetTextLineHeight() + ui.px(2);
    for (std::size_t i = 0; i < answer_->lines.size() && i < kMostLines; ++i) {
      const WhyLine& line = answer_->lines[i];
      const std::size_t rows = wrapped(ui, line.text, Face::body, room - indent_of(ui, line, room) - ui.px(6)).size();
      const bool has_head = !is_left_out(line);
      heights_.push_back(step * static_cast<float>(rows + (has_head ? 1 : 0)) + ui.px(8));
    }
  }

  static bool is_left_out(const WhyLine& line) {
    return line.relation == WhyLine::Relation::fewer_lines || line.relation == WhyLine::Relation::fewer_tries;
  }

  static std::string_view relation_words(const WhyLine& line) {
    switch (line.relation) {
      case WhyLine::Relation::caused_by: return "caused by";
      case WhyLine::Relation::because: return "because";
      default: return "";
    }
  }

  void draw_lines(Desk& desk, float room) {
    Ui& ui = desk.ui;
    measure(ui, room);
    const float high = ImGui::GetWindowPos().y + ImGui::GetWindowHeight();
    const float low = ImGui::GetWindowPos().y;
    float top = ImGui::GetCursorScreenPos().y;
    const float left = ImGui::GetCursorScreenPos().x;
    for (std::size_t i = 0; i < heights_.size(); ++i) {
      const Rect place{left, top, left + room, top + heights_[i]};
      if (place.bottom >= low && place.top <= high) draw_line(desk, i, place, room);
      top = place.bottom;
    }
    ImGui::SetCursorScreenPos({left, top});
    ImGui::Dummy({1, 1});
    if (answer_->lines.size() > heights_.size())
      ui.text(fmt::format("and {} steps more", answer_->lines.size() - heights_.size()), ui.theme->dim);
  }

  void draw_line(Desk& desk, std::size_t index, const Rect& place, float room) {
    Ui& ui = desk.ui;
    const Theme& theme = *ui.theme;
    const WhyLine& line = answer_->lines[index];
    const bool is_chosen = line.event && desk.view().selection.event == line.event;
    const Touch step = touch(ui, fmt::format("why/step/{}", index), place, line.text, is_chosen);
    Pen pen = ui.pen();
    if (line.is_root) pen.rect(place, mix(theme.panel, theme.fault, 0.14f), ui.px(4));
    if (is_chosen || step.is_hovered)
      pen.rect(place, (is_chosen ? theme.accent : theme.text).faded(is_chosen ? 0.2f : 0.07f), ui.px(4));
    const float indent = indent_of(ui, line, room);
    const float rail = place.left + indent - ui.px(8);
    // A rail ties what belongs together, with a knot at each step.
    const float row = ImGui::GetTextLineHeight() + ui.px(2);
    pen.line({rail, place.top}, {rail, place.bottom}, theme.line);
    if (!is_left_out(line)) {
      const Point knot{rail, place.top + ui.px(4) + row / 2};
      pen.circle(knot, ui.px(line.is_root ? 5 : 3.5f), line.is_root ? theme.fault : color_of(theme, line.tone));
    }
    const float text_left = place.left + indent;
    float top = place.top + ui.px(4);
    if (!is_left_out(line)) {
      std::string head(relation_words(line));
      if (line.time_ns >= 0) head += fmt::format("{}{}", head.empty() ? "" : "  ", story::clock(line.time_ns));
      if (line.host) head += "  " + desk.name_of(line.host);
      pen.text({text_left, top}, head, {.color = theme.dim, .max_width = std::max(place.right - text_left, 1.0f)});
      top += row;
    }
    const Color ink = is_left_out(line) ? theme.dim : theme.text;
    for (const std::string_view text : wrapped(ui, line.text, Face::body, room - indent - ui.px(6))) {
      pen.text({text_left, top}, text, {.color = ink});
      top += row;
    }
    if (!step.is_clicked) return;
    if (line.event) return go(desk, line.event);
    if (line.time_ns >= 0) desk.show_time(line.time_ns);
    if (line.host) desk.select(line.host);
  }

  static void go(Desk& desk, trace::EventId event) {
    const auto found = desk.run->reader().event(event);
    if (!found) {
      desk.trouble = found.error();
      return;
    }
    if (!*found) return;
    desk.show_event(event);
    desk.select(**found);
  }

  struct OfferKey {
    trace::EventId event{};
    trace::MessageId message{};
    trace::CopyId copy{};
    friend bool operator==(const OfferKey&, const OfferKey&) = default;
  };
  WhyQuestion question_;
  std::optional<WhyAnswer> answer_;
  std::optional<story::Names> names_;
  std::optional<OfferKey> offer_key_;
  std::vector<WhyOffer> offers_;
  std::vector<float> heights_;
  float measured_for_ = 0;
};

}  // namespace

std::unique_ptr<Pane> why_pane() {
  return std::make_unique<WhyPane>();
}

}  // namespace mailroom::viz
