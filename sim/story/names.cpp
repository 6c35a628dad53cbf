// SPDX-License-Identifier: GPL-2.0-only
#include "sim/story/names.hpp"

#include <fmt/format.h>

#include "sim/story/printable.hpp"

namespace mailroom::story {
namespace {

constexpr std::size_t kMostRemembered = 100'000;

}  // namespace

template <class T>
T Names::answer(std::expected<T, trace::FileError> result) {
  if (result) return std::move(*result);
  if (!failure_) failure_ = std::move(result.error());
  return {};
}

std::string Names::host(trace::HostId id) const {
  if (!id) return "-";
  const trace::HostRow* row = reader_->host(id);
  return row != nullptr ? row->name : fmt::format("host {}", id.value);
}

std::string Names::link(trace::LinkId id) const {
  if (!id) return "-";
  const trace::LinkRow* row = reader_->link(id);
  return row != nullptr ? row->name : fmt::format("link {}", id.value);
}

std::string Names::recipient(trace::RecipientId id) {
  const auto known = recipients_.find(id);
  if (known != recipients_.end()) return known->second;
  const auto path = answer(reader_->recipient(id));
  if (recipients_.size() >= kMostRemembered) recipients_.clear();
  return recipients_[id] = path ? printable(*path) : fmt::format("recipient {}", id.value);
}

std::optional<trace::StoredEvent> Names::created(trace::CopyId id) {
  trace::EventQuery query;
  query.copy = id;
  query.kinds = {trace::Kind::copy_created};
  query.limit = 1;
  auto events = answer(reader_->events(query));
  if (events.empty()) return std::nullopt;
  return std::move(events.front());
}

std::optional<trace::StoredEvent> Names::event(trace::EventId id) {
  return answer(reader_->event(id));
}

}  // namespace mailroom::story
