// SPDX-License-Identifier: GPL-2.0-only
// What stepping, searching and drawing need of every event of a run, in 27 octets each: so nothing of it
// reads the file. Copies share (Log).
#pragma once

#include <cstdint>
#include <limits>

#include "sim/trace/run_file.hpp"
#include "viz/model/log.hpp"

namespace mailroom::viz {

class Columns {
 public:
  // In the order of their numbers.
  void append(const trace::StoredEvent& event);

  // Rows are counted from 0.
  std::int64_t size() const { return ids_.size(); }
  bool empty() const { return ids_.empty(); }
  trace::EventId id(std::int64_t row) const { return {ids_[row]}; }
  std::int64_t time_ns(std::int64_t row) const { return times_ns_[row]; }
  trace::Kind kind(std::int64_t row) const { return static_cast<trace::Kind>(kinds_[row]); }
  trace::HostId host(std::int64_t row) const { return {hosts_[row]}; }           // 0: none
  trace::MessageId message(std::int64_t row) const { return {messages_[row]}; }  // 0: none
  int code(std::int64_t row) const { return codes_[row]; }                       // 0: none

  std::int64_t end_ns() const { return empty() ? 0 : time_ns(size() - 1); }
  trace::EventId last() const { return empty() ? trace::EventId{} : id(size() - 1); }
  // How many rows are at this time or before; up to this event.
  std::int64_t rows_until(std::int64_t time_ns) const { return rows_until(time_ns, 0); }
  std::int64_t rows_until(std::int64_t time_ns, std::int64_t from_row) const;
  std::int64_t rows_up_to(trace::EventId id) const;

 private:
  Log<std::int64_t> ids_;
  Log<std::int64_t> times_ns_;
  Log<std::uint8_t> kinds_;
  Log<std::uint32_t> hosts_;
  Log<std::uint32_t> messages_;
  Log<std::int16_t> codes_;
};

// What a mail event is, as opposed to a line of a dialogue or a frame: recorded at level `mail`.
inline bool is_mail(trace::Kind kind) {
  return trace::info(kind).level <= trace::Level::mail;
}

}  // namespace mailroom::viz
