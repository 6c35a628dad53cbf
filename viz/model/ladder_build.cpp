// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/ladder_build.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "viz/model/text_match.hpp"

namespace mailroom::viz {

using trace::EventId;
using trace::HostId;
using trace::Kind;
using What = LadderRow::What;

namespace {

// "EHLO a\nb" as the first line, with a sign that there is more.
std::string first_line(std::string_view text) {
  const std::size_t end = text.find('\n');
  return end == std::string_view::npos ? std::string(text) : std::string(text.substr(0, end)) + " …";
}

// A reply as a person reads it: the text may have the code in front already.
std::string with_code(int code, std::string_view text) {
  const std::string digits = fmt::to_string(code);
  if (text.starts_with(digits) && (text.size() == digits.size() || text[digits.size()] == ' '))
    return std::string(text);
  if (text.starts_with(digits) && text[digits.size()] == '-')
    return digits + " " + std::string(text.substr(digits.size() + 1));
  return text.empty() ? digits : digits + " " + std::string(text);
}

std::string full_reply(int code, std::string_view text) {
  std::string result;
  const std::string digits = fmt::to_string(code);
  while (true) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    if (line.starts_with(digits) && line.size() > 3 && (line[3] == ' ' || line[3] == '-'))
      line.remove_prefix(4);
    result += fmt::format("{}{}{}", digits, end == std::string_view::npos ? ' ' : '-', line);
    if (end == std::string_view::npos) return result;
    result += '\n';
    text.remove_prefix(end + 1);
  }
}

std::string counted_octets(std::int64_t octets) {
  return octets == 1 ? "1 octet" : fmt::format("{} octets", octets);
}

}  // namespace

LadderBuilder::LadderBuilder(trace::RunFileReader& reader, const LadderQuestion& question,
                             LadderEvents events)
    : reader_(reader), events_(std::move(events)) {
  ladder_.question = question;
  ladder_.up_to = events_.up_to;
  ladder_.is_cut = events_.is_cut;
}

std::expected<Ladder, trace::FileError> LadderBuilder::build() {
  for (const Event& e : events_.events) take(e);
  if (failure_) return std::unexpected(*failure_);
  settle();
  if (failure_) return std::unexpected(*failure_);
  close_phases();
  add_gaps();
  for (const auto& [host, index] : lanes_)
    ladder_.lanes[static_cast<std::size_t>(index)].name = reader_.host(host) != nullptr
                                                              ? reader_.host(host)->name
                                                          : host ? fmt::format("host {}", host.value)
                                                                 : "outside";
  const trace::Level level = reader_.header().level;
  if (level < trace::Level::full)
    ladder_.lacks = fmt::format(
        "This run was recorded at level {}, without the lines of dialogues: run it again with "
        "--record full.",
        trace::name(level));
  else if (ladder_.question.segments && level < trace::Level::packets)
    ladder_.lacks =
        "This run was recorded without its packets, so there are no TCP segments: run it again with "
        "--record packets.";
  return std::move(ladder_);
}

void LadderBuilder::take(const Event& e) {
  switch (e.kind) {
    case Kind::command_sent:
    case Kind::reply_sent:
      return take_line(e);
    case Kind::command_received:
    case Kind::reply_received:
      return take_arrival(e);
    case Kind::content_sent:
    case Kind::content_received:
      return take_content(e);
    case Kind::connection_opened:
    case Kind::connection_refused:
    case Kind::connection_unreachable:
    case Kind::connection_timed_out:
    case Kind::connection_reset:
    case Kind::connection_closed:
      return take_connection(e);
    case Kind::connection_established:
      return take_established(e);
    case Kind::query_sent:
    case Kind::query_received:
    case Kind::response_sent:
    case Kind::response_received:
      return take_query(e);
    case Kind::frame_sent:
    case Kind::frame_received:
    case Kind::frame_dropped:
      return take_frame(e);
    case Kind::session_phase_entered:
      return take_phase(e);
    case Kind::session_closed:
      closed_.insert({e.session, e.host});
      return;
    default:
      return take_mark(e);
  }
}

// --- rows and lanes

int LadderBuilder::lane(HostId host) {
  const auto found = lanes_.find(host);
  if (found != lanes_.end()) return found->second;
  if (ladder_.lanes.size() >= Ladder::kMostLanes) {
    ladder_.is_cut = true;
    return -1;
  }
  ladder_.lanes.push_back({.host = host});
  return lanes_[host] = static_cast<int>(ladder_.lanes.size()) - 1;
}

LadderParty LadderBuilder::party(const Event& e) const {
  if (const auto session = events_.sessions.find(e.session); e.session && session != events_.sessions.end())
    return session->second;
  const auto connection = events_.connections.find(e.connection);
  return connection == events_.connections.end() ? LadderParty{} : connection->second;
}

LadderRow LadderBuilder::row_of(const Event& e, What what) const {
  return {.what = what,
          .event = e.id,
          .sent_ns = e.time_ns,
          .kind = e.kind,
          .code = e.code,
          .session = e.session,
          .connection = e.connection,
          .message = e.message,
          .copy = e.copy,
          .recipient = e.recipient,
          .link = e.link,
          .fault = e.fault};
}

std::size_t LadderBuilder::add(LadderRow row) {
  last_mark_.reset();
  ladder_.rows.push_back(std::move(row));
  return ladder_.rows.size() - 1;
}

// --- lines of dialogues

void LadderBuilder::take_line(const Event& e) {
  const bool is_command = e.kind == Kind::command_sent;
  Saying& saying = sayings_[e.session];
  if (is_command && e.text == ".") return;  // belongs to the message text, which has its row
  const LadderParty parties = party(e);
  LadderRow row = row_of(e, is_command ? What::command : What::reply);
  row.from = lane(e.host);
  row.to = lane(is_command ? parties.server : parties.client);
  if (row.from < 0 || row.to < 0) return;
  if (is_command) {
    row.text = e.text;
    row.is_response = std::exchange(saying.is_challenged, false);
    saying.last_command = row.is_response ? smtp::Verb::auth : smtp::verb_of(e.text);
    const bool is_last = saying.last_command == smtp::Verb::bdat && contains_folded(e.text, " LAST");
    saying.asked.push_back({saying.last_command, is_last});
  } else {
    row.text = first_line(with_code(e.code, e.text));
    row.full = full_reply(e.code, e.text);
    saying.is_challenged = e.code == 334;
    if (!saying.asked.empty()) {
      row.answers = saying.asked.front().verb;
      row.confirms = saying.asked.front().is_text;
      saying.asked.pop_front();
    }
  }
  const std::size_t index = add(std::move(row));
  sent_[e.id] = index;
  on_the_way_[{e.session, is_command ? What::command : What::reply}].push_back(index);
}

void LadderBuilder::take_arrival(const Event& e) {
  const bool is_command = e.kind == Kind::command_received;
  if (is_command && e.text == ".") return;
  const What what = is_command ? What::command : What::reply;
  auto& waiting = on_the_way_[{e.session, what}];
  std::optional<std::size_t> index;
  if (const auto found = sent_.find(e.cause);
      found != sent_.end() && ladder_.rows[found->second].what == what)
    index = found->second;
  if (!index && !waiting.empty()) index = waiting.front();
  if (index) {
    std::erase(waiting, *index);
    LadderRow& row = ladder_.rows[*index];
    if (row.received) return;
    row.received = e.id;
    row.received_ns = e.time_ns;
    return;
  }
  // Who sent it is outside of the simulation: it is shown as it came.
  Event sent = e;
  sent.kind = is_command ? Kind::command_sent : Kind::reply_sent;
  const LadderParty parties = party(e);
  sent.host = is_command ? parties.client : parties.server;
  take_line(sent);
  if (ladder_.rows.empty() || ladder_.rows.back().event != e.id) return;
  LadderRow& row = ladder_.rows.back();
  row.kind = e.kind;
  row.received = e.id;
  row.received_ns = e.time_ns;
  on_the_way_[{e.session, row.what}].pop_back();
}

void LadderBuilder::take_content(const Event& e) {
  Saying& saying = sayings_[e.session];
  auto& waiting = on_the_way_[{e.session, What::content}];
  if (e.kind == Kind::content_received && !waiting.empty()) {
    LadderRow& row = ladder_.rows[waiting.front()];
    waiting.pop_front();
    row.received = e.id;
    row.received_ns = e.time_ns;
    return;
  }
  const LadderParty parties = party(e);
  LadderRow row = row_of(e, What::content);
  row.from = lane(e.kind == Kind::content_sent ? e.host : parties.client);
  row.to = lane(parties.server);
  if (row.from < 0 || row.to < 0) return;
  row.octets = e.size.value_or(0);
  row.answers = saying.last_command;
  row.text = saying.last_command == smtp::Verb::bdat
                 ? fmt::format("message text, {}", counted_octets(row.octets))
                 : fmt::format("message text, {}, and a line with a period", counted_octets(row.octets));
  if (e.kind == Kind::content_received) {
    row.received = e.id;
    row.received_ns = e.time_ns;
  }
  if (saying.last_command != smtp::Verb::bdat) saying.asked.push_back({smtp::Verb::data, true});
  const std::size_t index = add(std::move(row));
  if (e.kind == Kind::content_sent) waiting.push_back(index);
}

// What never arrived, and never will: one of the ends has given the session up, or the run is over.
void LadderBuilder::settle() {
  const auto complete = reader_.complete();
  if (!complete) {
    failure_ = complete.error();
    return;
  }
  for (LadderRow& row : ladder_.rows) {
    if (!row.is_arrow() || row.received_ns >= 0) continue;
    const auto host = [&](int at) { return ladder_.lanes[static_cast<std::size_t>(at)].host; };
    row.is_lost = row.is_lost || *complete || closed_.contains({row.session, host(row.from)}) ||
                  closed_.contains({row.session, host(row.to)});
  }
}

}  // namespace mailroom::viz
