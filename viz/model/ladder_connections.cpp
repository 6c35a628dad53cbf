// SPDX-License-Identifier: GPL-2.0-only
// Rows of connections, of questions to name servers, and of TCP segments.
#include <fmt/format.h>

#include <algorithm>

#include "viz/model/ladder_build.hpp"

namespace mailroom::viz {

using trace::Kind;
using What = LadderRow::What;

void LadderBuilder::take_connection(const Event& e) {
  const LadderParty parties = party(e);
  if (e.kind == Kind::connection_opened) {
    LadderRow row = row_of(e, What::connect);
    row.from = lane(e.host);
    row.to = lane(parties.server);
    if (row.from < 0 || row.to < 0) return;
    row.text = e.value ? fmt::format("TCP connection to port {}", *e.value) : std::string("TCP connection");
    asked_[e.connection] = add(std::move(row));
    return;
  }
  const auto asked = asked_.find(e.connection);
  if (asked != asked_.end() && e.kind != Kind::connection_closed) {
    // It was never established. A refusal reached the other host, and came back.
    LadderRow& row = ladder_.rows[asked->second];
    if (row.received_ns < 0) row.is_lost = true;
    asked_.erase(asked);
    if (e.kind == Kind::connection_refused && parties.server) {
      row.is_lost = false;
      row.received_ns =
          row.sent_ns + (e.time_ns - row.sent_ns) / 2;  // there and back: nobody recorded the middle
      LadderRow refusal = row_of(e, What::connect);
      refusal.from = lane(parties.server);
      refusal.to = lane(e.host);
      refusal.sent_ns = row.received_ns;
      refusal.received = e.id;
      refusal.received_ns = e.time_ns;
      refusal.text = "refused (reset)";
      if (refusal.from >= 0 && refusal.to >= 0) add(std::move(refusal));
      return;
    }
  }
  take_mark(e);
}

void LadderBuilder::take_established(const Event& e) {
  const auto asked = asked_.find(e.connection);
  const LadderParty parties = party(e);
  if (asked == asked_.end()) {
    // Whoever asked for it is outside.
    if (parties.client) return;
    LadderRow row = row_of(e, What::connect);
    row.from = lane({});
    row.to = lane(e.host);
    row.received = e.id;
    row.received_ns = e.time_ns;
    row.text = "TCP connection";
    if (row.from >= 0 && row.to >= 0) add(std::move(row));
    return;
  }
  LadderRow& row = ladder_.rows[asked->second];
  const bool is_there = e.host == parties.server;
  // The end that was asked has it last; if it is not heard of, the asking end's is what is known.
  if (is_there || row.received_ns < 0) {
    row.received = e.id;
    row.received_ns = e.time_ns;
  }
  if (is_there) asked_.erase(asked);
}

void LadderBuilder::take_query(const Event& e) {
  const bool is_first = e.kind == Kind::query_sent || e.kind == Kind::response_sent;
  if (is_first) {
    LadderRow row = row_of(e, e.kind == Kind::query_sent ? What::question : What::answer);
    row.from = row.to = lane(e.host);
    if (row.from < 0) return;
    row.text = e.text;
    // A lane is found when it arrives; one that never does goes nowhere.
    sent_[e.id] = add(std::move(row));
    return;
  }
  const auto found = sent_.find(e.cause);
  const What what = e.kind == Kind::query_received ? What::question : What::answer;
  if (found == sent_.end() || ladder_.rows[found->second].what != what) return;
  LadderRow& row = ladder_.rows[found->second];
  const int to = lane(e.host);
  if (to < 0 || row.received) return;
  row.to = to;
  row.received = e.id;
  row.received_ns = e.time_ns;
}

// --- TCP segments: one row each, whatever number of links it goes over

void LadderBuilder::take_frame(const Event& e) {
  if (e.kind == Kind::frame_sent) return take_frame_sent(e);
  auto& on_the_way = segments_on_the_way_[e.connection];
  if (e.kind == Kind::frame_received) {
    const auto found = sent_.find(e.cause);
    if (found == sent_.end() || ladder_.rows[found->second].what != What::segment) return;
    LadderRow& row = ladder_.rows[found->second];
    if (ladder_.lanes[static_cast<std::size_t>(row.to)].host != e.host) return;  // a router passes it on
    row.received = e.id;
    row.received_ns = e.time_ns;
    std::erase(on_the_way, found->second);
    return;
  }
  // A frame that is dropped before it leaves has no octets: the last one of its size that is on its way.
  const auto lost = std::find_if(on_the_way.rbegin(), on_the_way.rend(), [&](std::size_t index) {
    return ladder_.rows[index].octets == e.size.value_or(0);
  });
  if (lost == on_the_way.rend()) return;
  ladder_.rows[*lost].is_lost = true;
  if (!e.text.empty())
    ladder_.rows[*lost].full = fmt::format("{}\nlost: {}", ladder_.rows[*lost].text, e.text);
  on_the_way.erase(std::next(lost).base());
}

void LadderBuilder::take_frame_sent(const Event& e) {
  const auto octets = reader_.frame(e.id);
  if (!octets) {
    failure_ = octets.error();
    return;
  }
  const auto segment = *octets ? parse_segment(**octets) : std::nullopt;
  if (!segment) return;
  const SegmentKey key{
      segment->source,   segment->destination, segment->source_port, segment->destination_port,
      segment->datagram, segment->seq,         segment->flags,       segment->octets};
  if (const auto found = segments_.find(key); found != segments_.end()) {  // on the next link of its way
    const LadderRow& row = ladder_.rows[found->second];
    const bool is_first_host = ladder_.lanes[static_cast<std::size_t>(row.from)].host == e.host;
    if (!is_first_host) {
      sent_[e.id] = found->second;
      return;
    }
  }
  const LadderParty parties = party(e);
  if (e.host != parties.client && e.host != parties.server) return;
  LadderRow row = row_of(e, What::segment);
  row.from = lane(e.host);
  row.to = lane(e.host == parties.client ? parties.server : parties.client);
  if (row.from < 0 || row.to < 0) return;
  row.octets = e.size.value_or(0);
  const std::tuple there{segment->source, segment->source_port, segment->destination,
                         segment->destination_port};
  const std::tuple back{segment->destination, segment->destination_port, segment->source,
                        segment->source_port};
  const std::uint32_t from = first_seq_.try_emplace(there, segment->seq).first->second;
  row.text = fmt::format("{} seq {}", flag_names(segment->flags), segment->seq - from);
  if (segment->has(Segment::kAck))
    row.text +=
        fmt::format(" ack {}", segment->ack - first_seq_.try_emplace(back, segment->ack - 1).first->second);
  if (segment->octets > 0) row.text += fmt::format(", {} octets", segment->octets);
  row.full =
      fmt::format("{}\nports {} to {}, window {}, {} octets on the wire\nsequence number {}, acknowledges {}",
                  row.text, segment->source_port, segment->destination_port, segment->window, row.octets,
                  segment->seq, segment->ack);
  const std::size_t index = add(std::move(row));
  segments_[key] = index;
  sent_[e.id] = index;
  segments_on_the_way_[e.connection].push_back(index);
}

}  // namespace mailroom::viz
