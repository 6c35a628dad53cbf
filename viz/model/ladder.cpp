// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/ladder.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "viz/model/ladder_build.hpp"
#include "viz/model/ladder_gather.hpp"

namespace mailroom::viz {

using What = LadderRow::What;

std::expected<Ladder, trace::FileError> read_ladder(trace::RunFileReader& reader,
                                                    const LadderQuestion& question) {
  auto events = gather_ladder(reader, question);
  if (!events) return std::unexpected(events.error());
  return LadderBuilder(reader, question, std::move(*events)).build();
}

trace::StoredEvent Ladder::event_of(const LadderRow& row) const {
  trace::StoredEvent event{.id = row.event, .time_ns = row.sent_ns, .kind = row.kind};
  // Of somebody outside it is the arrival that was recorded.
  const LadderLane& from = lanes[static_cast<std::size_t>(row.from)];
  event.host = from.host ? from.host : lanes[static_cast<std::size_t>(row.to)].host;
  event.link = row.link;
  event.connection = row.connection;
  event.session = row.session;
  event.message = row.message;
  event.copy = row.copy;
  event.recipient = row.recipient;
  event.fault = row.fault;
  event.code = row.code;
  if (row.octets >= 0) event.size = row.octets;
  event.text = row.text;
  return event;
}

bool Ladder::is_known_lost(std::size_t row, trace::EventId moment) const {
  if (!rows[row].is_lost) return false;
  const auto tells = [](trace::Kind kind) {
    using enum trace::Kind;
    return kind == connection_timed_out || kind == connection_reset || kind == connection_unreachable ||
           kind == connection_closed || kind == connection_disturbed || kind == timer_expired ||
           kind == frame_dropped || kind == query_unanswered;
  };
  for (std::size_t i = row + 1; i < rows.size() && rows[i].event <= moment; ++i) {
    const bool is_same = (rows[row].connection && rows[i].connection == rows[row].connection) ||
                         (rows[row].session && rows[i].session == rows[row].session) || !rows[row].connection;
    if (is_same && tells(rows[i].kind)) return true;
  }
  return false;
}

std::ptrdiff_t Ladder::row_at(trace::EventId event) const {
  std::ptrdiff_t at = -1;
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (rows[i].what != What::gap && rows[i].event <= event) at = static_cast<std::ptrdiff_t>(i);
  return at;
}

namespace {

std::string dialogue_text(const LadderRow& row) {
  switch (row.what) {
    case What::command:
      return fmt::format("C: {}\n", row.text);
    case What::reply: {
      std::string result;
      std::string_view text = row.full;
      while (true) {
        const std::size_t end = text.find('\n');
        result += fmt::format("S: {}\n", text.substr(0, end));
        if (end == std::string_view::npos) return result;
        text.remove_prefix(end + 1);
      }
    }
    case What::content:
      return fmt::format("C: ... actual contents of the message ({} octets) ...\n{}", row.octets,
                         row.answers == smtp::Verb::bdat ? "" : "C: .\n");
    default:
      return {};
  }
}

}  // namespace

std::string as_text(const Ladder& ladder) {
  std::string text;
  trace::SessionId session{};
  const auto lane = [&](int at) -> const std::string& {
    return ladder.lanes[static_cast<std::size_t>(at)].name;
  };
  for (std::size_t i = 0; i < ladder.rows.size(); ++i) {
    const LadderRow& row = ladder.rows[i];
    for (const LadderPhase& phase : ladder.phases)
      if (phase.first == i) text += fmt::format("\n{}\n", phase.name);
    const std::string line = dialogue_text(row);
    if (!line.empty()) {
      if (row.session != session) {
        session = row.session;
        const bool is_reply = row.what == What::reply;
        text += fmt::format("(session {}: C is {}, S is {})\n", session.value,
                            lane(is_reply ? row.to : row.from), lane(is_reply ? row.from : row.to));
      }
      text += line;
      if (row.is_lost) text += "(lost)\n";
    } else if (row.what == What::gap) {
      text += fmt::format("({} later)\n", row.text);
    } else if (row.what == What::mark) {
      text += fmt::format("({}: {})\n", lane(row.from), row.text);
    } else {
      text += fmt::format("({} to {}: {}{})\n", lane(row.from), lane(row.to), row.text,
                          row.is_lost ? ", lost" : "");
    }
  }
  return text;
}

}  // namespace mailroom::viz
