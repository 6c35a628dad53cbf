// SPDX-License-Identifier: GPL-2.0-only
// Which ladder is shown, and how it is read.
#include <fmt/format.h>

#include <algorithm>

#include "viz/panes/ladder.hpp"

namespace mailroom::viz {
namespace {

// What is read while the frame waits: some ten milliseconds at most.
constexpr std::int64_t kSmallRun = 60'000;  // events, of a run with indexes
constexpr std::int64_t kSmallLiveRun = 10'000;
constexpr double kReadAgain_s = 0.25;  // a run that grows

}  // namespace

bool LadderPane::is_in_ladder(trace::EventId event) const {
  return ladder_ && event && std::ranges::any_of(ladder_->rows, [&](const LadderRow& row) {
           return row.what != LadderRow::What::gap && (row.event == event || row.received == event);
         });
}

std::optional<LadderSubject> LadderPane::subject_of(Desk& desk, const Selection& selection) const {
  using What = Selection::What;
  switch (selection.what) {
    case What::session:
      return LadderSubject{.session = selection.session};
    case What::message:
      return LadderSubject{.message = selection.message};
    case What::event: {
      if (is_in_ladder(selection.event)) return std::nullopt;
      const auto event = desk.run->reader().event(selection.event);
      if (!event || !*event) return std::nullopt;
      if ((*event)->session) return LadderSubject{.session = (*event)->session};
      if ((*event)->connection) return LadderSubject{.connection = (*event)->connection};
      if ((*event)->message) return LadderSubject{.message = (*event)->message};
      return std::nullopt;
    }
    default:
      return std::nullopt;
  }
}

LadderSubject LadderPane::newest(const Desk& desk) const {
  const trace::World& world = desk.run->world();
  for (std::int64_t id = world.sessions.size(); id >= 1; --id) {
    const trace::SessionState* session = world.sessions.find({id});
    if (session->sender.opened_ns >= 0 || session->receiver.opened_ns >= 0) return {.session = {id}};
  }
  for (std::int64_t id = world.messages.size(); id >= 1; --id)
    if (world.messages.find({id})->composed) return {.message = {id}};
  return {};
}

void LadderPane::follow(Desk& desk) {
  const View& view = desk.view();
  const LadderSubject before = subject_;
  if (view.followed != seen_followed_) {
    seen_followed_ = view.followed;
    if (view.followed) {
      subject_ = {.message = view.followed};
      is_automatic_ = false;
    }
  }
  if (!(view.selection == seen_selection_)) {
    seen_selection_ = view.selection;
    if (const auto subject = subject_of(desk, view.selection)) {
      subject_ = *subject;
      is_automatic_ = false;
    }
  }
  if (is_automatic_) {
    const LadderSubject found = newest(desk);
    if (found) subject_ = found;
  }
  if (!(before == subject_)) wanted_scroll_y_ = 0.0f;
}

void LadderPane::take(Desk& desk, std::shared_ptr<const Ladder> ladder) {
  if (ladder == ladder_) return;
  if (!ladder_ || !ladder || ladder_->lanes.size() != ladder->lanes.size()) shares_.clear();
  ladder_ = std::move(ladder);
  if (ladder_) layout_ = lay_out(*ladder_, axis_);
  laid_out_ = axis_;
  filter_.clear();
  dimmed_.clear();
  update_filter(desk);
}

void LadderPane::load(Desk& desk) {
  const LadderLoader::Question question{
      .path = desk.run->path(),
      .ladder = {.subject = subject_, .names = names_, .segments = segments_},
      .up_to = desk.run->last_event()};
  const bool is_complete = desk.run->is_complete();
  const bool is_same = question.ladder == asked_.ladder && question.path == asked_.path;
  const bool is_due =
      !is_same || (question.up_to != asked_.up_to && desk.seconds() >= asked_s_ + kReadAgain_s);
  if (is_due && subject_) {
    asked_ = question;
    asked_s_ = desk.seconds();
    failure_.clear();
    if (question.up_to.value <= (is_complete ? kSmallRun : kSmallLiveRun)) {
      loader_.reset();  // what it has read is older
      auto read = read_ladder(desk.run->reader(), question.ladder);
      if (read) {
        take(desk, std::make_shared<const Ladder>(std::move(*read)));
      } else {
        failure_ = read.error().text;
      }
    } else {
      if (!loader_) loader_ = std::make_unique<LadderLoader>();
      loader_->ask(question);
    }
  } else if (subject_ && question.up_to != asked_.up_to) {
    desk.animate(kReadAgain_s);
  }
  if (loader_) {
    if (loader_->is_busy()) desk.animate(0.05);
    auto result = loader_->result();
    if (result && result->question == asked_.ladder && !loader_->is_busy()) take(desk, std::move(result));
    if (const std::string failure = loader_->failure(); !failure.empty()) failure_ = failure;
  }
}

void LadderPane::update_filter(const Desk& desk) {
  const std::string& wanted = desk.view().filter;
  if (!ladder_ || wanted == filter_) return;
  filter_ = wanted;
  dimmed_.clear();
  const auto filter = Filter::parse(wanted);
  if (!filter || filter->is_empty()) return;
  const Matcher matcher(*filter, desk.run->index().facts);
  for (const LadderRow& row : ladder_->rows)
    dimmed_.push_back(row.what != LadderRow::What::gap && !matcher.matches(ladder_->event_of(row)));
}

std::string LadderPane::title_of(const Desk& desk, const LadderSubject& subject) const {
  const trace::World& world = desk.run->world();
  if (subject.message) {
    const Facts::Message* message = desk.run->index().facts.message(subject.message);
    std::string from = message && !message->from.empty() ? " from " + message->from : "";
    if (message && message->is_notification) from = ", a notification";
    return fmt::format("Message {}{}", subject.message.value, from);
  }
  const auto between = [&](trace::HostId from, trace::HostId to) {
    return fmt::format("{} to {}", from ? desk.name_of(from) : "outside", to ? desk.name_of(to) : "?");
  };
  // The world knows what has happened; the ladder that is shown, and the facts, also what is to come.
  trace::HostId from{};
  trace::HostId to{};
  if (subject.session) {
    trace::ConnectionId over{};
    if (const trace::SessionState* session = world.sessions.find(subject.session)) {
      from = session->sender.host;
      to = session->receiver.host;
      over = session->connection;
    }
    if (const Facts::Connection* connection = over ? desk.run->index().facts.connection(over) : nullptr) {
      if (!from) from = connection->from;
      if (!to) to = connection->to;
    }
    if (!from && !to && ladder_ && ladder_->question.subject == subject && ladder_->lanes.size() > 1) {
      from = ladder_->lanes[0].host;
      to = ladder_->lanes[1].host;
    }
    return fmt::format("Session {}: {}", subject.session.value, between(from, to));
  }
  if (subject.connection) {
    const Facts::Connection* connection = desk.run->index().facts.connection(subject.connection);
    if (connection == nullptr) return fmt::format("Connection {}", subject.connection.value);
    return fmt::format("Connection {}: {}", subject.connection.value,
                       between(connection->from, connection->to));
  }
  return "No session yet";
}

}  // namespace mailroom::viz
