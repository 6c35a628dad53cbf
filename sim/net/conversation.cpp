// SPDX-License-Identifier: GPL-2.0-only
#include "sim/net/conversation.hpp"

#include <algorithm>

namespace mailroom::net {

void Conversation::sends(Side side, std::uint64_t octets, const trace::Context& context, bool with_flights) {
  Way& way = ways[side];
  const FlightLog::Octets range = {way.sent, way.sent + octets};
  way.sent = range.end;
  way.last = context;
  if (!way.pieces.empty() && way.pieces.back().context == context) {
    way.pieces.back().end = range.end;
  } else {
    way.pieces.push_back({range.end, context});
  }
  if (!with_flights) return;
  if (context.is_content) {
    way.flights.sends_content(range, context.message);
  } else {
    way.flights.sends_other();
  }
}

const trace::Context& Conversation::context_at(Side side, std::uint64_t offset) const {
  const Way& way = ways[side];
  if (offset < way.delivered) return opened;
  const auto piece = std::upper_bound(way.pieces.begin(), way.pieces.end(), offset,
                                      [](std::uint64_t at, const Piece& p) { return at < p.end; });
  return piece == way.pieces.end() ? opened : piece->context;
}

std::size_t Conversations::Hash::operator()(const Key& key) const noexcept {
  std::uint64_t hash = std::uint64_t{key.source.address.value} << 32 | key.destination.address.value;
  hash = hash * 0x9e3779b97f4a7c15 ^ (std::uint64_t{key.source.port} << 16 | key.destination.port);
  hash *= 0xbf58476d1ce4e5b9;
  return static_cast<std::size_t>(hash ^ hash >> 29);
}

void Conversations::add(const std::shared_ptr<Conversation>& conversation, std::int64_t now_ns) {
  constexpr std::int64_t kLinger_ns = 10'000'000'000;
  while (!retired_.empty() && retired_.front().since_ns + kLinger_ns < now_ns) {
    if (retired_.front().conversation->sockets == 0) remove(*retired_.front().conversation);
    retired_.pop_front();
  }
  const auto& ends = conversation->ends;
  by_ends_[{ends[0], ends[1]}] = {conversation, Conversation::connecting};
  by_ends_[{ends[1], ends[0]}] = {conversation, Conversation::accepting};
}

void Conversations::retire(const std::shared_ptr<Conversation>& conversation, std::int64_t now_ns) {
  retired_.push_back({conversation, now_ns});
}

void Conversations::remove(const Conversation& conversation) {
  const auto& ends = conversation.ends;
  for (const Key& key : {Key{ends[0], ends[1]}, Key{ends[1], ends[0]}}) {
    const auto found = by_ends_.find(key);
    if (found != by_ends_.end() && found->second.conversation.get() == &conversation) by_ends_.erase(found);
  }
}

Conversations::Found Conversations::find(Endpoint source, Endpoint destination) const {
  const auto found = by_ends_.find({source, destination});
  if (found == by_ends_.end()) return {};
  return {found->second.conversation.get(), found->second.sender};
}

std::shared_ptr<Conversation> Conversations::shared(Endpoint source, Endpoint destination) const {
  const auto found = by_ends_.find({source, destination});
  return found == by_ends_.end() ? nullptr : found->second.conversation;
}

std::vector<std::shared_ptr<Conversation>> Conversations::all() const {
  std::vector<std::shared_ptr<Conversation>> result;
  for (const auto& [key, entry] : by_ends_) {
    if (entry.sender == Conversation::connecting) result.push_back(entry.conversation);
  }
  std::sort(result.begin(), result.end(), [](const auto& a, const auto& b) { return a->id < b->id; });
  return result;
}

}  // namespace mailroom::net
