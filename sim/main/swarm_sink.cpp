// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/swarm_sink.hpp"

#include <fmt/format.h>

#include "sim/faults/fault.hpp"
#include "sim/faults/parse.hpp"
#include "sim/trace/discard_rules.hpp"

namespace mailroom::swarm {

using trace::Kind;

void SwarmSink::mix(std::int64_t number) {
  for (int shift = 0; shift < 64; shift += 8) {
    hash_ ^= static_cast<std::uint64_t>(number) >> shift & 0xff;
    hash_ *= 0x100000001b3;
  }
}

void SwarmSink::mix(std::string_view text) {
  mix(static_cast<std::int64_t>(text.size()));
  for (const char c : text) {
    hash_ ^= static_cast<unsigned char>(c);
    hash_ *= 0x100000001b3;
  }
}

void SwarmSink::write(trace::EventId id, std::int64_t time_ns, trace::EventId cause, const trace::Event& event) {
  if (++events_ == most_events_) too_much_();
  const trace::StoredEvent stored = trace::stored(id, time_ns, cause, event);
  conservation_.read(stored);
  for (const std::int64_t number :
       {id.value, time_ns, cause.value, static_cast<std::int64_t>(event.kind), event.because.value, event.host.value,
        event.link.value, event.connection.value, event.session.value, event.message.value, event.copy.value,
        event.parent.value, event.recipient.value, event.attempt.value, event.fault.value, event.content.value,
        std::int64_t{event.code}, event.size.value_or(-1), event.value.value_or(-1)})
    mix(number);
  mix(event.text);
  mix(event.detail);
  note(event);
}

std::vector<std::pair<trace::HostId, std::int64_t>> SwarmSink::stuck() const {
  std::vector<std::pair<trace::HostId, std::int64_t>> stuck;
  for (const auto& [host, count] : conservation_.owned())
    if (count > 0 && !crashed_.contains(host)) stuck.emplace_back(host, count);
  return stuck;
}

void SwarmSink::write(const trace::Flight& flight) {
  for (const std::int64_t number : {flight.message.value, flight.connection.value, flight.link.value, flight.from.value,
                                    flight.first_bit_out_ns, flight.last_bit_in_ns, flight.bytes, flight.drops})
    mix(number);
}

void SwarmSink::note(const trace::Event& event) {
  ++marks_[fmt::format("event {}", info(event.kind).name)];
  if (event.kind == Kind::reply_sent) ++marks_[fmt::format("reply {}", event.code)];
  if (event.kind == Kind::fault_began) {
    if (const auto fault = faults::parse(event.text)) ++marks_[fmt::format("fault {}", info(fault->kind).name)];
  }
  if (event.kind == Kind::copy_discarded) {
    const trace::DiscardRule* const rule = trace::discard_rule(event.text);
    if (rule != nullptr) ++marks_[fmt::format("rule {}", rule->text)];
  }
  if (event.kind == Kind::attempt_ended && event.text.starts_with("in doubt")) ++marks_["case in doubt after the final dot"];
  note_dialogue(event);
}

// A crash between the final dot and its 250: before the message was safe, or behind it.
void SwarmSink::note_dialogue(const trace::Event& event) {
  std::set<trace::SessionId>& open = unanswered_dots_[event.host];
  if (event.kind == Kind::content_received) open.insert(event.session);
  if (event.kind == Kind::reply_sent || event.kind == Kind::session_closed) open.erase(event.session);
  if (event.kind == Kind::host_restarted) crashed_.erase(event.host);
  if (event.kind != Kind::host_crashed) return;
  crashed_.insert(event.host);
  if (!open.empty()) ++marks_["case crash between final dot and 250"];
  if (event.value.value_or(0) > 0) ++marks_["case crash while a message is written to the spool"];
  open.clear();
}

}  // namespace mailroom::swarm
