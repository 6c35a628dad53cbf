// SPDX-License-Identifier: GPL-2.0-only
#include "sim/trace/event_select.hpp"

#include <algorithm>

namespace mailroom::trace {

namespace {

constexpr std::string_view kColumns =
    "SELECT id, time_ns, kind, cause, because, host, link, connection, session, message, copy, parent, "
    "recipient, "
    "attempt, fault, content, code, size, value, text, detail FROM event";

void assign_text(sqlite3_stmt* row, int column, std::string& text) {
  const auto* octets = static_cast<const char*>(sqlite3_column_blob(row, column));
  if (octets) {
    text.assign(octets, static_cast<std::size_t>(sqlite3_column_bytes(row, column)));
  } else {
    text.clear();
  }
}

}  // namespace

void EventSelect::where(std::string_view condition, std::int64_t value) {
  sql_ += values_.empty() ? " WHERE " : " AND ";
  sql_ += condition;
  values_.push_back(value);
}

EventSelect::EventSelect(const EventQuery& query, const std::vector<Kind>& kinds) : sql_(kColumns) {
  where("id > ?", query.after.value);  // always, so that the order of numbers costs no sorting
  if (query.up_to) where("id <= ?", query.up_to.value);
  if (query.from_ns) where("time_ns >= ?", *query.from_ns);
  if (query.until_ns) where("time_ns <= ?", *query.until_ns);
  if (query.host) where("host = ?", query.host.value);
  if (query.link) where("link = ?", query.link.value);
  if (query.connection) where("connection = ?", query.connection.value);
  if (query.session) where("session = ?", query.session.value);
  if (query.message) where("message = ?", query.message.value);
  if (query.copy) where("copy = ?", query.copy.value);
  if (query.attempt) where("attempt = ?", query.attempt.value);
  if (query.cause) where("cause = ?", query.cause.value);
  if (!query.kinds.empty()) {
    sql_ += " AND kind IN (";
    std::string_view comma;
    for (std::size_t i = 0; i < kinds.size(); ++i) {
      if (std::find(query.kinds.begin(), query.kinds.end(), kinds[i]) == query.kinds.end()) continue;
      sql_ += comma;
      sql_ += std::to_string(i + 1);
      comma = ",";
    }
    sql_ += ")";
  }
  sql_ += query.newest_first ? " ORDER BY id DESC" : " ORDER BY id";
  if (query.limit > 0) {
    sql_ += " LIMIT ?";
    values_.push_back(query.limit);
  }
}

void EventSelect::bind(sqlite3_stmt* statement) const {
  for (std::size_t i = 0; i < values_.size(); ++i)
    sqlite::bind(statement, static_cast<int>(i) + 1, values_[i]);
}

std::int64_t EventSelect::moment_ns(std::int64_t time_ns) {
  return std::clamp<std::int64_t>(time_ns, 0, kMost);
}

std::int64_t EventSelect::greatest_id(const StoredEvent& event) {
  const std::int64_t notification = event.kind == Kind::copy_bounced ? event.value.value_or(0) : 0;
  return std::max({event.host.value, event.link.value, event.connection.value, event.session.value,
                   event.message.value, event.copy.value, event.parent.value, event.recipient.value,
                   event.attempt.value, event.fault.value, notification});
}

bool EventSelect::read(sqlite3_stmt* row, const std::vector<Kind>& kinds, StoredEvent& event) {
  int column = 0;
  const auto next = [&] { return sqlite::integer(row, column++); };
  event.id = {next()};
  if (event.id.value > kMost) return false;
  event.time_ns = moment_ns(next());
  const std::int64_t kind = next();
  if (kind < 1 || kind > std::ssize(kinds)) return false;
  event.kind = kinds[static_cast<std::size_t>(kind - 1)];
  event.cause = {next()};
  event.because = {next()};
  event.host = {next()};
  event.link = {next()};
  event.connection = {next()};
  event.session = {next()};
  event.message = {next()};
  event.copy = {next()};
  event.parent = {next()};
  event.recipient = {next()};
  event.attempt = {next()};
  event.fault = {next()};
  event.content = {next()};
  event.code = static_cast<int>(next());
  event.size = sqlite::optional_integer(row, column++);
  event.value = sqlite::optional_integer(row, column++);
  assign_text(row, column++, event.text);
  assign_text(row, column++, event.detail);
  return true;
}

}  // namespace mailroom::trace
