// SPDX-License-Identifier: GPL-2.0-only
#include "viz/panes/message_parts.hpp"

#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>

#include "sim/story/copies.hpp"
#include "sim/story/quantities.hpp"

namespace mailroom::viz {
namespace {

using trace::Copy;
using trace::CopyEnd;
using trace::CopyId;
using trace::Kind;

constexpr std::size_t kMostCopyLines = 600;
constexpr std::int64_t kMostTries = 60;

CopyId first_delivered(const trace::World& world, const trace::Message& message, CopyId asked) {
  std::size_t looked_at = 0;
  for (const CopyId id : message.copies) {
    if (++looked_at > 5000) break;
    if (asked && id != asked) continue;
    const Copy* copy = world.copies.find(id);
    if (copy != nullptr && copy->end == CopyEnd::delivered) return id;
  }
  return {};
}

}  // namespace

void MessageParts::show(Desk& desk, trace::MessageId id, CopyId copy) {
  if (!names_) names_.emplace(desk.run->reader());
  const Key key{desk.run->event(), id, copy};
  if (key_ == key) return;
  // While time runs, a message of thousands of copies need not be told anew in every frame.
  constexpr double kOften_s = 0.15;
  const bool is_same = key_ && key_->message == id && key_->copy == copy;
  if (is_same && desk.player.is_playing() && desk.seconds() - found_s_ < kOften_s) return;
  key_ = key;
  found_s_ = desk.seconds();
  const trace::World& world = desk.run->world();
  const trace::Message* message = world.messages.find(id);
  if (message == nullptr) return;
  owed_ = owed_of(world, id);
  offers_ = offers_for(world, desk.run->reader(), id, copy, 4);
  find_copies(world);
  find_tries(desk);
  find_letter(desk, *message);
  find_delay(desk, *message);
}

void MessageParts::find_letter(Desk& desk, const trace::Message& message) {
  const LetterKey key{key_->message, key_->copy, message.copies.size(),
                      first_delivered(desk.run->world(), message, key_->copy)};
  if (letter_key_ == key) return;
  letter_key_ = key;
  auto letter = letter_of(desk.run->reader(), desk.run->world(), key_->message, key_->copy);
  if (!letter) {
    desk.trouble = letter.error();
    letter_ = {};
  } else {
    letter_ = std::move(*letter);
  }
  lines_ = raw_lines(letter_.octets);
}

void MessageParts::find_tries(Desk& desk) {
  trace::EventQuery query;
  query.up_to = desk.run->event();
  query.kinds = {Kind::copy_deferred, Kind::copy_bounced, Kind::copy_discarded, Kind::copy_destroyed};
  const trace::Message* message = desk.run->world().messages.find(key_->message);
  // Of a message to a whole list, what went well is not told one by one.
  constexpr std::size_t kFewCopies = 12;
  if (key_->copy || (message != nullptr && message->copies.size() <= kFewCopies)) {
    query.kinds.push_back(Kind::copy_relayed);
    query.kinds.push_back(Kind::copy_delivered);
  }
  if (key_->copy)
    query.copy = key_->copy;
  else
    query.message = key_->message;
  query.newest_first = true;
  query.limit = kMostTries;
  auto tries = desk.run->reader().events(query);
  if (!tries) desk.trouble = tries.error();
  tries_ = tries ? std::move(*tries) : std::vector<trace::StoredEvent>();
  std::ranges::reverse(tries_);
  tries_told_.clear();
  for (const trace::StoredEvent& e : tries_) tries_told_.push_back(story::sentence(*names_, e));
}

void MessageParts::find_copies(const trace::World& world) {
  copies_.clear();
  const trace::Message* message = world.messages.find(key_->message);
  if (message != nullptr) add_copies(world, story::roots_of(world, *message), 0, {});
}

void MessageParts::add_copies(const trace::World& world, std::vector<CopyId> copies, int depth,
                              trace::RecipientId above) {
  // A damaged file may say anything of who comes from whom.
  if (depth > 60) return;
  const story::Shown shown = story::shown_of(world, std::move(copies));
  for (const CopyId id : shown.copies) {
    const Copy* copy = world.copies.find(id);
    if (copy == nullptr || !copy->created || copies_.size() >= kMostCopyLines) continue;
    copies_.push_back({.copy = id,
                       .depth = depth,
                       .head = fmt::format("{}  copy {}", names_->host(copy->host), id.value),
                       .recipient = copy->recipient != above ? names_->recipient(copy->recipient) : std::string(),
                       .end = story::end_words(*copy),
                       .tone = story::tone_of(*copy)});
    add_copies(world, {copy->children.begin(), copy->children.end()}, depth + 1, copy->recipient);
  }
  if (shown.left_out > 0)
    copies_.push_back({.depth = depth,
                       .end = fmt::format("and {} more, each delivered at the first try",
                                          story::counted(static_cast<std::int64_t>(shown.left_out), "copy", "copies"))});
}

void MessageParts::find_delay(Desk& desk, const trace::Message& message) {
  const CopyId of = first_delivered(desk.run->world(), message, key_->copy);
  if (of && of == delay_of_ && delay_) return;
  delay_of_ = of;
  delay_.reset();
  if (!of) return;
  auto delay = delay_of(desk.run->reader(), desk.run->world(), of);
  if (!delay)
    desk.trouble = delay.error();
  else
    delay_ = std::move(*delay);
}

// --- now

void MessageParts::draw_debt(Desk& desk) {
  Ui& ui = desk.ui;
  const Theme& theme = *ui.theme;
  const trace::World& world = desk.run->world();
  ui.heading("Who is responsible now");
  if (owed_.empty()) {
    ui.text("Nobody owes anything any more: every copy has ended.", theme.dim);
    return;
  }
  std::size_t shown = 0;
  for (const auto& [host, owes] : owing_hosts(owed_)) {
    if (++shown > 8) {
      ui.text(fmt::format("and more hosts, {} in all", story::counted(std::ssize(owed_), "copy", "copies")), theme.dim);
      break;
    }
    const std::string label =
        fmt::format("{} {}: {}{}", owes.overlaps ? "◑" : "●", desk.name_of(host), story::counted(owes.copies, "copy", "copies"),
                    owes.overlaps ? ", which another host has taken too" : "");
    if (ui.row(fmt::format("message/owner/{}", host.value), label, false, theme.accent, Face::strong)) {
      desk.select(host);
      desk.bring_to_front("right", "host");
    }
  }
  std::string told;
  for (const Owed& owed : owed_) {
    const std::string words = overlap_words(owed, world, *names_);
    if (words.empty() || words == told) continue;
    told = words;
    ui.paragraph(words, theme.transient);
    ui.paragraph("Responsibilities may overlap, never leave a gap: if the 250 is lost, the sender tries again, and the mail "
                 "comes twice.",
                 theme.dim);
    break;
  }
}

void MessageParts::draw_offers(Desk& desk) {
  Ui& ui = desk.ui;
  for (std::size_t i = 0; i < offers_.size(); ++i) {
    const WhyOffer& offer = offers_[i];
    if (i > 0) ImGui::SameLine();
    if (ImGui::GetContentRegionAvail().x < ui.px(120)) ImGui::NewLine();
    const bool is_alone = std::ranges::count(offers_, offer.label, &WhyOffer::label) == 1;
    const std::string label = is_alone ? offer.label : fmt::format("{} (copy {})", offer.label, offer.copy.value);
    if (!ui.button(fmt::format("message/why/{}", i), label, {.tip = "The chain of causes (W)"})) continue;
    if (offer.question.event) {
      const auto event = desk.run->reader().event(offer.question.event);
      if (event && *event) desk.select(**event);
    } else {
      desk.select(key_->message);
      desk.look([&](View& v) { v.selection.copy = offer.question.copy; });
    }
    desk.commands.run("view/why", desk);
    return;
  }
}

void MessageParts::draw_copies(Desk& desk) {
  Ui& ui = desk.ui;
  const Theme& theme = *ui.theme;
  ui.heading("Copies: who was responsible, and how it ended");
  const float line = ImGui::GetTextLineHeight();
  const float high = 2 * line + ui.px(10);
  const RowsInSight rows = rows_in_sight(copies_.size(), high);
  const ImVec2 after = ImGui::GetCursorScreenPos();
  Pen pen = ui.pen();
  for (std::size_t i = rows.first; i < rows.last; ++i) {
    const CopyLine& one = copies_[i];
    const float top = rows.top + static_cast<float>(i - rows.first) * high;
    const float indent = std::min(ui.px(16) * static_cast<float>(one.depth), rows.width * 0.5f);
    const Rect place{rows.left, top, rows.left + rows.width, top + high};
    const float left = rows.left + indent + ui.px(14);
    const float room = std::max(place.right - left - ui.px(4), 1.0f);
    if (!one.copy) {
      pen.text({left, top + ui.px(4)}, one.end, {.color = theme.dim, .max_width = room});
      continue;
    }
    const bool is_on = desk.view().selection.copy == one.copy;
    const Touch row = touch(ui, fmt::format("message/copy/{}", one.copy.value), place, one.end, is_on);
    if (is_on || row.is_hovered)
      pen.rect(place, is_on ? mix(theme.panel, theme.accent, 0.22f) : theme.raised, ui.px(3));
    if (row.is_hovered) ui.tip(fmt::format("{}\n{}\n{}", one.head, one.recipient, one.end));
    if (one.depth > 0) {
      const float rail = rows.left + indent - ui.px(6);
      pen.line({rail, top - high / 2 + line}, {rail, top + line / 2 + ui.px(4)}, theme.line, ui.px(1.5f));
      pen.line({rail, top + line / 2 + ui.px(4)}, {left - ui.px(4), top + line / 2 + ui.px(4)}, theme.line, ui.px(1.5f));
    }
    const std::string head = one.recipient.empty() ? one.head : fmt::format("{}  → {}", one.head, one.recipient);
    pen.text({left, top + ui.px(3)}, head, {.color = theme.text, .face = Face::strong, .max_width = room});
    const Color ink = one.tone == story::Tone::plain ? theme.dim : color_of(theme, one.tone);
    pen.text({left, top + ui.px(5) + line}, fmt::format("{} {}", one.tone == story::Tone::plain ? ">" : sign_of(one.tone), one.end),
             {.color = ink, .max_width = room});
    if (row.is_clicked) desk.look([&](View& v) { v.selection.copy = is_on ? CopyId{} : one.copy; });
  }
  ImGui::SetCursorScreenPos(after);
}

void MessageParts::draw_tries(Desk& desk) {
  Ui& ui = desk.ui;
  const Theme& theme = *ui.theme;
  if (tries_.empty()) return;
  ui.heading(key_->copy ? "What became of this copy, try by try" : "What became of it, try by try");
  for (std::size_t i = 0; i < tries_.size(); ++i) {
    const trace::StoredEvent& e = tries_[i];
    if (desk.hides(e)) continue;
    const story::Tone tone = story::tone_of(e.kind);
    const Color ink = tone == story::Tone::plain ? theme.text : color_of(theme, tone);
    if (ui.row(fmt::format("message/try/{}", e.id.value),
               fmt::format("{} {}  {}  {}", sign_of(tone), story::clock(e.time_ns), desk.name_of(e.host), tries_told_[i]),
               desk.view().selection.event == e.id, ink)) {
      const trace::StoredEvent chosen = e;
      desk.show_event(chosen.id);
      desk.select(chosen);
      return;
    }
    ui.tip(tries_told_[i]);
  }
}

void MessageParts::draw_delay(Desk& desk) {
  if (!delay_ || delay_->total_ns() <= 0) return;
  Ui& ui = desk.ui;
  const Theme& theme = *ui.theme;
  ui.heading(fmt::format("Where its {} went", story::duration(delay_->total_ns())));
  constexpr DelayPart kParts[] = {DelayPart::queue, DelayPart::retry, DelayPart::connect, DelayPart::transfer};
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float wide = std::max(ImGui::GetContentRegionAvail().x, 1.0f);
  const float high = ImGui::GetTextLineHeight() + ui.px(4);
  Pen pen = desk.pen("message");
  const auto color = [&](DelayPart part) {
    return part == DelayPart::retry ? theme.transient : theme.series_color(static_cast<int>(part));
  };
  std::int64_t sums[kPartCount] = {};
  float left = at.x;
  for (const HopShare& hop : delay_->hops)
    for (const DelayPart part : kParts) {
      const std::int64_t took_ns = hop.parts_ns[static_cast<std::size_t>(part)];
      sums[static_cast<std::size_t>(part)] += took_ns;
      const float share = static_cast<float>(static_cast<double>(took_ns) / static_cast<double>(delay_->total_ns()));
      if (share <= 0) continue;
      pen.rect({left, at.y, left + std::max(share * wide, 1.0f), at.y + high}, color(part).faded(0.8f));
      left += share * wide;
    }
  pen.frame({at.x, at.y, at.x + wide, at.y + high}, theme.line);
  ImGui::Dummy({wide, high});
  for (const DelayPart part : kParts) {
    const std::int64_t took_ns = sums[static_cast<std::size_t>(part)];
    if (took_ns <= 0) continue;
    const ImVec2 row = ImGui::GetCursorScreenPos();
    const float line = ImGui::GetTextLineHeight();
    ui.pen().rect({row.x, row.y + ui.px(2), row.x + line - ui.px(4), row.y + line - ui.px(2)}, color(part).faded(0.8f), ui.px(2));
    ImGui::SetCursorScreenPos({row.x + line, row.y});
    ui.text(fmt::format("{}: {}", name(part), story::duration(took_ns)), theme.text);
  }
}

}  // namespace mailroom::viz
