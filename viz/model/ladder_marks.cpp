// SPDX-License-Identifier: GPL-2.0-only
// Marks at a lane, phases, waits.
#include <fmt/format.h>

#include <algorithm>

#include "protocols/smtp/phase.hpp"
#include "viz/model/ladder_build.hpp"

namespace mailroom::viz {

using trace::Kind;
using What = LadderRow::What;

namespace {

constexpr std::int64_t kMs = 1'000'000;
constexpr std::int64_t kS = 1'000'000'000;

std::string after_colon(std::string_view text) {
  return text.empty() ? std::string() : fmt::format(": {}", text.substr(0, text.find('\n')));
}
std::string reply_of(const trace::StoredEvent& e) {
  const std::string digits = fmt::to_string(e.code);
  if (e.code <= 0 || e.text.starts_with(digits)) return after_colon(e.text);
  return fmt::format(": {} {}", digits, e.text.substr(0, e.text.find('\n')));
}

}  // namespace

std::string wait_text(std::int64_t lasts_ns) {
  const auto two = [](std::int64_t large, const char* large_name, std::int64_t small,
                      const char* small_name) {
    return small == 0 ? fmt::format("{} {}", large, large_name)
                      : fmt::format("{} {} {} {}", large, large_name, small, small_name);
  };
  const std::int64_t seconds = (lasts_ns + kS / 2) / kS;
  if (seconds < 10) return fmt::format("{}.{} s", lasts_ns / kS, lasts_ns / (100 * kMs) % 10);
  if (seconds < 60) return fmt::format("{} s", seconds);
  if (seconds < 3600) return two(seconds / 60, "min", seconds % 60, "s");
  if (seconds < 86'400) return two(seconds / 3600, "h", seconds / 60 % 60, "min");
  return two(seconds / 86'400, "d", seconds / 3600 % 24, "h");
}

std::string mark_text(trace::RunFileReader& reader, const trace::StoredEvent& e) {
  switch (e.kind) {
    case Kind::message_composed:
      return e.detail.contains("\"notifies\"") ? fmt::format("notification, message {}", e.message.value)
                                               : fmt::format("message {} is made", e.message.value);
    case Kind::copy_created:
      return fmt::format("{} is responsible now", reader.host(e.host) != nullptr ? reader.host(e.host)->name
                                                                                 : std::string("this host"));
    case Kind::copy_relayed:
      return "confirmed: deleted from the list";
    case Kind::copy_delivered:
      return fmt::format("in the mailbox{}", e.text.empty() ? std::string() : " " + e.text);
    case Kind::copy_deferred: {
      std::string text = "re-queued" + reply_of(e);
      if (e.value && *e.value > e.time_ns)
        text += fmt::format("; next try in {}", wait_text(*e.value - e.time_ns));
      return text;
    }
    case Kind::copy_bounced:
      return fmt::format(
          "given up{}{}", reply_of(e),
          e.value.value_or(0) > 0 ? fmt::format("; told by message {}", *e.value) : std::string());
    case Kind::copy_expanded:
      return "replaced by other recipients" + after_colon(e.text);
    case Kind::copy_discarded:
      return "dropped by a rule" + after_colon(e.text);
    case Kind::copy_destroyed:
      return "destroyed" + after_colon(e.text);
    case Kind::copy_expedited:
      return "asked for" + after_colon(e.text);
    case Kind::message_held:
      return "held" + after_colon(e.text);
    case Kind::message_released:
      return "released";
    case Kind::message_mangled:
      return "the text is changed" + after_colon(e.text);
    case Kind::host_crashed:
      return "out of operation" + after_colon(e.text);
    case Kind::host_restarted:
      return "runs again";
    case Kind::fault_began:
      return "fault" + after_colon(e.text);
    case Kind::fault_ended:
      return "fault is over" + after_colon(e.text);
    case Kind::policy_decided:
      return "policy" + after_colon(e.text);
    case Kind::timer_expired:
      return "time-out" + after_colon(e.text);
    case Kind::connection_refused:
      return "refused";
    case Kind::connection_unreachable:
      return "host unreachable";
    case Kind::connection_timed_out:
      return "timed out" + (e.text.empty() ? std::string() : fmt::format(": no answer to {}", e.text));
    case Kind::connection_reset:
      return "connection reset" + after_colon(e.text);
    case Kind::connection_closed:
      return "TCP connection closed";
    case Kind::connection_disturbed:
      return "disturbed" + after_colon(e.text);
    case Kind::exchanger_passed_over:
      return "on to the next host" + after_colon(e.text);
    case Kind::route_found:
    case Kind::route_failed:
      return "route" + after_colon(e.text);
    case Kind::destination_declared_dead:
      return "taken for dead" + after_colon(e.text);
    case Kind::relay_misused:
      return "open relay misused" + after_colon(e.text);
    case Kind::disk_filled:
      return "disk full" + after_colon(e.text);
    case Kind::name_asked:
      return "asks for " + e.text;
    case Kind::name_answered:
    case Kind::name_remembered:
      return "knows " + e.text;
    case Kind::query_unanswered:
      return "no answer" + after_colon(e.text);
    case Kind::datagram_refused:
      return "no name server there";
    case Kind::datagram_dropped:
      return "datagram lost" + after_colon(e.text);
    default:
      return {};
  }
}

std::string mark_text_of_many(const std::string& text, int count) {
  return fmt::format("{} ({} recipients)", text.substr(0, text.find("; ")), count);
}

void LadderBuilder::take_mark(const Event& e) {
  std::string text = mark_text(reader_, e);
  if (text.empty()) return;
  if (joins_last_mark(e)) return;
  add_mark(e, std::move(text));
}

void LadderBuilder::add_mark(const Event& e, std::string text) {
  LadderRow row = row_of(e, What::mark);
  // A fault of a link is told at the first lane that it has to do with.
  const trace::LinkRow* link = e.link ? reader_.link(e.link) : nullptr;
  const auto known = [&](trace::HostId host) { return lanes_.contains(host); };
  trace::HostId host = e.host;
  if (!known(host) && link != nullptr)
    host = known(link->from) ? link->from : known(link->to) ? link->to : host;
  if (!host && !ladder_.lanes.empty()) host = ladder_.lanes.front().host;
  if (!known(host) && (e.kind == Kind::fault_began || e.kind == Kind::fault_ended) && !ladder_.lanes.empty())
    host = ladder_.lanes.front().host;
  row.from = row.to = lane(host);
  if (row.from < 0) return;
  row.text = text;
  const std::size_t index = add(std::move(row));
  last_mark_ = LastMark{.row = index, .count = 1, .text = std::move(text)};
}

// The same for several recipients at once is one mark.
bool LadderBuilder::joins_last_mark(const Event& e) {
  if (!last_mark_ || !e.copy) return false;
  LadderRow& row = ladder_.rows[last_mark_->row];
  const bool is_same = row.kind == e.kind && row.sent_ns == e.time_ns && row.message == e.message &&
                       ladder_.lanes[static_cast<std::size_t>(row.from)].host == e.host && row.code == e.code;
  if (!is_same) return false;
  if (row.full.empty()) row.full = row.text;
  row.full += "\n" + mark_text(reader_, e);
  row.text = mark_text_of_many(last_mark_->text, ++last_mark_->count);
  return true;
}

void LadderBuilder::take_phase(const Event& e) {
  const LadderParty parties = party(e);
  // Both ends enter the phases, each in its own time: the sender's are shown, the receiver's where nobody
  // knows the sender's.
  if (e.host != parties.client && parties.client) return;
  const int at = lane(e.host);
  if (at < 0) return;
  const auto before = phase_of_.find(e.session);
  if (before != phase_of_.end()) {
    LadderPhase& phase = ladder_.phases[before->second];
    phase.last = std::max(phase.first, ladder_.rows.size() - 1);
  }
  phase_of_[e.session] = ladder_.phases.size();
  ladder_.phases.push_back({.session = e.session, .name = e.text, .lane = at, .first = ladder_.rows.size()});
  if (before == phase_of_.end()) {
    // The greeting may be on its way before the sender enters its first phase, and the connection came
    // before.
    LadderPhase& phase = ladder_.phases.back();
    // Who never came to the greeting is closing at once, as it has it: it was setting up the connection.
    if (e.text == smtp::name(smtp::Phase::closing)) phase.name = smtp::name(smtp::Phase::connection_setup);
    for (std::size_t i = ladder_.rows.size(); i-- > 0;)
      if (ladder_.rows[i].session == e.session ||
          (e.connection && ladder_.rows[i].connection == e.connection))
        phase.first = i;
  }
}

void LadderBuilder::close_phases() {
  std::map<trace::SessionId, std::size_t> last;  // row of the session
  for (std::size_t i = 0; i < ladder_.rows.size(); ++i)
    if (ladder_.rows[i].session) last[ladder_.rows[i].session] = i;
  for (const auto& [session, index] : phase_of_) {
    LadderPhase& phase = ladder_.phases[index];
    const auto found = last.find(session);
    phase.last = found == last.end() ? phase.first : std::max(phase.first, found->second);
  }
  std::erase_if(ladder_.phases, [&](const LadderPhase& phase) { return phase.first >= ladder_.rows.size(); });
}

// A row for each time in which nothing happened for long. Later rows move down, and with them the phases.
void LadderBuilder::add_gaps() {
  std::vector<LadderRow> rows;
  std::vector<std::size_t> place(ladder_.rows.size());
  std::int64_t latest_ns = -1;
  for (std::size_t i = 0; i < ladder_.rows.size(); ++i) {
    LadderRow& row = ladder_.rows[i];
    if (latest_ns >= 0 && row.sent_ns - latest_ns >= Ladder::kGap_ns)
      rows.push_back({.what = What::gap,
                      .event = row.event,
                      .sent_ns = latest_ns,
                      .received_ns = row.sent_ns,
                      .text = wait_text(row.sent_ns - latest_ns),
                      .lasts_ns = row.sent_ns - latest_ns});
    latest_ns = std::max({latest_ns, row.sent_ns, row.received_ns});
    place[i] = rows.size();
    rows.push_back(std::move(row));
  }
  ladder_.rows = std::move(rows);
  for (LadderPhase& phase : ladder_.phases) {
    phase.first = place[phase.first];
    phase.last = place[std::min(phase.last, place.size() - 1)];
  }
}

}  // namespace mailroom::viz
