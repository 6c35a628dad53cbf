// SPDX-License-Identifier: GPL-2.0-only
// What the numbers of a run file stand for: names of hosts, links and recipients, and the rows that a
// sentence may need besides its own. Every answer can be shown: what cannot be read is told by its number
// ("recipient 99"), and failure() keeps why.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>

#include "sim/trace/run_file_reader.hpp"

namespace mailroom::story {

// Reads through a reader that outlives it. Remembers the recipients that it was asked for, a bounded number.
class Names {
 public:
  explicit Names(trace::RunFileReader& reader) : reader_(&reader) {}

  std::string host(trace::HostId id) const;      // "mx1"; "-" for none
  std::string link(trace::LinkId id) const;      // "a-b"; "-" for none
  std::string recipient(trace::RecipientId id);  // the forward-path, printable
  // What a copy is about, from its copy.created; nothing if there is no such row.
  std::optional<trace::StoredEvent> created(trace::CopyId id);
  std::optional<trace::StoredEvent> event(trace::EventId id);

  // The first read that failed; none: all went well.
  const std::optional<trace::FileError>& failure() const { return failure_; }

 private:
  template <class T>
  T answer(std::expected<T, trace::FileError> result);

  trace::RunFileReader* reader_;
  std::unordered_map<trace::RecipientId, std::string> recipients_;
  std::optional<trace::FileError> failure_;
};

}  // namespace mailroom::story
