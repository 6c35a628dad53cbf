// SPDX-License-Identifier: GPL-2.0-only
#include "viz/panes/host_parts.hpp"

#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>

#include "sim/story/printable.hpp"
#include "sim/story/quantities.hpp"
#include "viz/model/host_settings.hpp"
#include "viz/panes/host_machine.hpp"

namespace mailroom::viz {
namespace {

constexpr std::size_t kMostMailboxes = 2000;
constexpr std::size_t kMostSessions = 30;

void go(Desk& desk, const trace::StoredEvent& event) {
  desk.show_event(event.id);
  desk.select(event);
}

}  // namespace

void HostParts::show(Desk& desk, trace::HostId host) {
  if (!names_) names_.emplace(desk.run->reader());
  find_past(desk, host);
  const Key key{desk.run->event(), desk.time_ns(), host, desk.view().selection.message};
  if (key_ == key) return;
  if (!key_ || key_->host != host) {
    session_.reset();
    open_mailbox_.clear();
  }
  key_ = key;
  const trace::World& world = desk.run->world();
  flow_ = mail_flow(world, desk.run->header(), host, key.time_ns);
  owed_ = owed_of(world, key.message);
  queue_ = queue_rows(world, *names_, host, key.time_ns);
  sort_rows(queue_, static_cast<QueueOrder>(order_.column), order_.is_down);
  last_step_.reset();
  for (const trace::StoredEvent& e : past_.events())
    if (!last_step_ && !desk.hides(e)) last_step_ = flow_step(e, world);
}

void HostParts::find_past(Desk& desk, trace::HostId host) {
  trace::RunFileReader& reader = desk.run->reader();
  auto result = past_.show(reader, host, desk.run->event());
  if (result && past_.is_looking()) {
    result = past_.look_further(reader);
    desk.animate();
  }
  if (!result) desk.trouble = result.error();
}

// --- queue

void HostParts::draw_queue(Desk& desk, trace::HostId) {
  Ui& ui = desk.ui;
  const Theme& theme = *ui.theme;
  if (queue_.empty()) {
    ui.text("The queue is empty: no destination is left to be processed.", theme.dim);
    return;
  }
  static constexpr GridColumn kColumns[] = {{"id", "Queue id", 62, 1, 1},    {"recipient", "Recipient", 90, 3, 0},
                                            {"tries", "Tries", 42, 0, 3, true}, {"next", "Next", 52, 0, 2, true},
                                            {"reply", "Last reply", 90, 3, 4},  {"size", "Octets", 58, 0, 5, true}};
  const std::int64_t now_ns = desk.time_ns();
  const Grid grid{
      .name = "host/queue",
      .columns = kColumns,
      .count = queue_.size(),
      .cell =
          [&](std::size_t index, std::size_t column) -> GridCell {
        const QueueRow& row = queue_[index];
        switch (column) {
          case 0: return {row.queue_id.empty() ? "-" : row.queue_id, theme.dim, Face::mono};
          case 1: return {row.recipient, theme.text, Face::body};
          case 2: return {row.tries > 0 ? std::to_string(row.tries) : std::string("-"), theme.text, Face::body};
          case 3:
            if (row.place == "held" || row.place == "incoming") return {row.place, theme.dim, Face::body};
            return {row.place == "active" ? "now" : from_now(row.next_try_ns, now_ns), theme.text, Face::body};
          case 4: {
            if (row.reply.empty()) return {"first try", theme.dim, Face::body};
            const Category category = row.code != 0 ? category_of(row.code) : Category::transient;
            return {fmt::format("{} {}", sign_of(category), row.reply), theme.of(category), Face::body};
          }
          default: return {story::grouped(row.size_bytes), theme.dim, Face::body};
        }
      },
      .row_name = [&](std::size_t index) { return fmt::format("host/queue/copy/{}", queue_[index].copy.value); },
      .is_on = [&](std::size_t index) { return desk.view().selection.copy == queue_[index].copy; },
      .tip =
          [&](std::size_t index) {
            const QueueRow& row = queue_[index];
            return fmt::format("message {}, copy {} toward {}\n{}{}\n{}", row.message.value, row.copy.value, row.recipient,
                               row.place, row.next_try_ns >= 0 ? ", next try at " + story::clock(row.next_try_ns) : "",
                               row.reply.empty() ? std::string("not tried yet") : row.reply);
          }};
  const GridClick click = draw_grid(ui, grid, order_);
  if (click.order_changed) sort_rows(queue_, static_cast<QueueOrder>(order_.column), order_.is_down);
  if (click.is_row) {
    const QueueRow& row = queue_[click.row];
    desk.select(row.message);
    desk.look([&](View& v) { v.selection.copy = row.copy; });
    desk.bring_to_front("right", "message");
  }
  draw_destinations(desk);
}

void HostParts::draw_destinations(Desk& desk) {
  Ui& ui = desk.ui;
  ui.heading("What waits for which destination");
  std::size_t shown = 0;
  for (const WaitingFor& waiting : by_destination(queue_)) {
    if (++shown > 12) break;
    const std::string when = from_now(waiting.next_try_ns, desk.time_ns());
    ui.pair(waiting.domain,
            fmt::format("{}{}{}", story::counted(waiting.copies, "copy", "copies"),
                        waiting.deferred > 0 ? fmt::format(", {} deferred", waiting.deferred) : std::string(),
                        when.empty() ? std::string() : ", next " + when),
            std::max(ImGui::GetContentRegionAvail().x * 0.5f, ui.px(60)));
  }
}

// --- mailboxes

void HostParts::draw_mailboxes(Desk& desk, trace::HostId host) {
  Ui& ui = desk.ui;
  const Theme& theme = *ui.theme;
  const trace::HostState& state = desk.run->world().host(host);
  if (state.mailboxes.empty()) {
    ui.text("No mail has arrived in a mailbox here yet.", theme.dim);
    return;
  }
  std::size_t looked_at = 0;
  for (const auto& [name, mailbox] : state.mailboxes) {
    if (++looked_at > kMostMailboxes) break;
    const bool is_open = open_mailbox_ == name;
    const std::string shown = story::printable_beginning(name);
    if (ui.row("host/mailbox/" + shown,
               fmt::format("{} {}  {}, {} octets", is_open ? "▾" : "▸", shown,
                           story::counted(mailbox.messages.size(), "mail"), story::grouped(mailbox.size_bytes)),
               is_open, theme.text, is_open ? Face::strong : Face::body))
      open_mailbox_ = is_open ? std::string() : name;
    if (!is_open) continue;
    const auto count = static_cast<std::size_t>(mailbox.messages.size());
    const float high = ImGui::GetTextLineHeight() + ui.px(6);
    const RowsInSight rows = rows_in_sight(count, high);
    const ImVec2 after = ImGui::GetCursorScreenPos();
    Pen pen = ui.pen();
    for (std::size_t i = rows.first; i < rows.last; ++i) {
      // The newest first, as a mail program shows them.
      const auto* mail = mailbox.messages.find({static_cast<std::int64_t>(count - i)});
      if (mail == nullptr || !mail->appended) continue;
      const float top = rows.top + static_cast<float>(i - rows.first) * high;
      const Rect place{rows.left + ui.px(12), top, rows.left + rows.width, top + high};
      const std::string label = fmt::format("{} UID {}  message {}  {}  {} octets", icon::kEnvelope, mail->uid,
                                            mail->message.value, story::clock(mail->time_ns), story::grouped(mail->size_bytes));
      const bool is_on = desk.view().selection.copy == mail->copy;
      const Touch row = touch(ui, fmt::format("host/mail/{}/{}", shown, mail->uid), place, label, is_on);
      if (is_on || row.is_hovered) pen.rect(place, is_on ? mix(theme.panel, theme.accent, 0.22f) : theme.raised, ui.px(3));
      pen.text({place.left + ui.px(4), top + ui.px(2)}, label,
               {.color = theme.text, .max_width = std::max(place.width() - ui.px(8), 1.0f)});
      if (row.is_clicked) {
        desk.select(mail->message);
        desk.look([&](View& v) { v.selection.copy = mail->copy; });
        desk.bring_to_front("right", "message");
      }
    }
    ImGui::SetCursorScreenPos(after);
  }
}

// --- protocol

std::optional<SessionView> HostParts::chosen_session(Desk& desk, trace::HostId host,
                                                     const std::vector<SessionView>& open) const {
  const trace::World& world = desk.run->world();
  if (session_)
    if (auto view = session_view(world, *session_, host); view && view->side == side_) return view;
  for (const SessionView& view : open)
    if (view.side == side_) return view;
  // None is open: the last one that was.
  for (const trace::StoredEvent& e : past_.events()) {
    if (!e.session) continue;
    if (auto view = session_view(world, e.session, host); view && view->side == side_) return view;
  }
  return std::nullopt;
}

void HostParts::draw_protocol(Desk& desk, trace::HostId host) {
  Ui& ui = desk.ui;
  const Theme& theme = *ui.theme;
  const std::vector<SessionView> open = sessions_at(desk.run->world(), host, kMostSessions);
  for (const Side side : {Side::receiver, Side::sender}) {
    const auto count = std::ranges::count(open, side, &SessionView::side);
    const char* name = side == Side::receiver ? "receiver" : "sender";
    if (side == Side::sender) ImGui::SameLine();
    if (ui.button(fmt::format("host/side/{}", name), fmt::format("SMTP {} ({})", name, count), {.is_on = side_ == side}))
      side_ = side;
  }
  const auto shown = chosen_session(desk, host, open);
  for (const SessionView& view : open) {
    if (view.side != side_) continue;
    const bool is_on = shown && shown->session == view.session;
    if (ui.row(fmt::format("host/session/{}", view.session.value),
               fmt::format("session {} {} {}, since {}: {}", view.session.value, side_ == Side::receiver ? "from" : "to",
                           view.other ? desk.name_of(view.other) : std::string("outside"), story::clock(view.opened_ns),
                           view.phase),
               is_on, theme.text)) {
      session_ = view.session;
      desk.select(view.session);
    }
  }
  if (!shown) {
    ui.text(desk.run->header().level >= trace::Level::full ? "No session so far; the states are these:"
                                                           : "Sessions are recorded from the level 'full' on.",
            theme.dim);
  } else if (!shown->is_open) {
    ui.text(fmt::format("session {} is over; it was the last", shown->session.value), theme.dim);
  } else if (std::ranges::none_of(open, [&](const SessionView& view) { return view.session == shown->session; })) {
    ui.text(fmt::format("session {}", shown->session.value), theme.dim);
  }
  ImGui::Dummy({1, ui.px(4)});
  std::optional<std::int64_t> state;
  if (shown) {
    const Machine& machine = machine_of(side_);
    // Before its first reply, a session has told no state; after its end, it is in the last.
    state = !shown->is_open ? machine.states.back().state : shown->state.value_or(machine.states.front().state);
  }
  draw_machine(desk, side_, state);
}

// --- names, settings, history

void HostParts::draw_names(Desk& desk) {
  Ui& ui = desk.ui;
  const Theme& theme = *ui.theme;
  const std::vector<KnownName> known = past_.names_at(desk.time_ns());
  if (known.empty()) ui.text(past_.is_looking() ? "looking back…" : "It knows no names from name servers now.", theme.dim);
  for (const KnownName& name : known) {
    const std::string left = from_now(name.believed_until_ns, desk.time_ns());
    if (ui.row(fmt::format("host/name/{}", name.event.value),
               fmt::format("{}  (believed for {} more)", story::printable_beginning(name.answer), left.substr(left.starts_with('+') ? 1 : 0)),
               desk.view().selection.event == name.event, theme.text)) {
      if (const auto event = desk.run->reader().event(name.event); event && *event) go(desk, **event);
    }
  }
}

void HostParts::draw_settings(Desk& desk, const trace::HostRow& row) {
  Ui& ui = desk.ui;
  const std::vector<HostSetting> settings = settings_of(row);
  if (settings.empty()) ui.text("Nothing is configured here.", ui.theme->dim);
  for (const HostSetting& setting : settings) {
    ui.text(setting.name, ui.theme->dim);
    ui.paragraph(setting.value, ui.theme->text);
    ImGui::Dummy({1, ui.px(2)});
  }
}

void HostParts::draw_history(Desk& desk) {
  Ui& ui = desk.ui;
  const Theme& theme = *ui.theme;
  if (past_.events().empty())
    ui.text(past_.is_looking() ? "looking back…" : "Nothing has happened here lately.", theme.dim);
  if (sentences_.size() > 2000) sentences_.clear();
  for (const trace::StoredEvent& e : past_.events()) {
    if (desk.hides(e)) continue;
    auto told = sentences_.find(e.id);
    if (told == sentences_.end()) told = sentences_.emplace(e.id, story::sentence(*names_, e)).first;
    const story::Tone tone = story::tone_of(e.kind);
    const std::string label = fmt::format("{} {}  {}", sign_of(tone), story::clock(e.time_ns), told->second);
    if (ui.row(fmt::format("host/event/{}", e.id.value), label, desk.view().selection.event == e.id, color_of(theme, tone)))
      return go(desk, e);
    ui.tip(told->second);
  }
}

}  // namespace mailroom::viz
