// SPDX-License-Identifier: GPL-2.0-only
#include "sim/trace/recorder.hpp"

#include <nettle/sha2.h>

#include <cassert>
#include <utility>

namespace mailroom::trace {

namespace {

Sha256 sha256_of(std::string_view octets) {
  sha256_ctx state;
  sha256_init(&state);
  sha256_update(&state, octets.size(), reinterpret_cast<const std::uint8_t*>(octets.data()));
  Sha256 digest{};
  sha256_digest(&state, digest.size(), digest.data());
  return digest;
}

}  // namespace

Recorder::Recorder(Sink& sink, Level level) : sink_(sink), level_(level) {}

void Recorder::write(EventId id, const Event& event) {
  if (event.content) {
    assert(event.content.value >= 1 && event.content.value <= std::ssize(contents_));
    KnownContent& known = contents_[static_cast<std::size_t>(event.content.value - 1)];
    if (!known.written) {
      const ContentPtr content = known.live.lock();
      assert(content && "a content is held while an event names it");
      sink_.write(*content);
      known.written = true;
    }
  }
  sink_.write(id, time_ns_, context.event, event);
}

void Recorder::record(const Flight& flight) {
  if (level_ >= Level::mail) sink_.write(flight);
}

void Recorder::record_frame(EventId frame, std::string_view octets) {
  if (level_ >= Level::packets) sink_.write_frame(frame, octets);
}

RecipientId Recorder::recipient(std::string_view forward_path) {
  if (const auto found = recipients_.find(forward_path); found != recipients_.end()) return found->second;
  const RecipientId id{std::ssize(recipients_) + 1};
  recipients_.emplace(forward_path, id);
  sink_.write(id, forward_path);
  return id;
}

MessageId Recorder::next_message(const ContentPtr& content) {
  messages_.push_back(content);
  return {std::ssize(messages_)};
}

ContentPtr Recorder::content_of(MessageId message) const {
  if (message.value < 1 || message.value > std::ssize(messages_)) return nullptr;
  return messages_[static_cast<std::size_t>(message.value - 1)].lock();
}

ContentPtr Recorder::content(std::string octets) {
  const std::size_t hash = TextHash{}(octets);
  const auto [first, last] = content_by_hash_.equal_range(hash);
  for (auto at = first; at != last; ++at) {
    const KnownContent& known = contents_[static_cast<std::size_t>(at->second.value - 1)];
    if (ContentPtr live = known.live.lock(); live && live->octets == octets) return live;
  }

  // Not held by anyone: a new one, or one whose octets were freed and that keeps its number.
  auto made = std::make_shared<Content>();
  made->sha256 = sha256_of(octets);
  made->octets = std::move(octets);
  for (auto at = first; at != last; ++at) {
    KnownContent& known = contents_[static_cast<std::size_t>(at->second.value - 1)];
    if (known.live.expired() && known.sha256 == made->sha256) {
      made->id = known.id;
      known.live = made;
      return made;
    }
  }
  made->id = {std::ssize(contents_) + 1};
  contents_.push_back({made->id, made->sha256, made, false});
  content_by_hash_.emplace(hash, made->id);
  return made;
}

}  // namespace mailroom::trace
