// SPDX-License-Identifier: GPL-2.0-only
// What became of each message toward each recipient, with names, and two runs side by side: the same seed
// with one change. Messages are matched by Message-ID and recipient; the second of the same two by its order.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "sim/trace/run_file_reader.hpp"
#include "viz/model/outcomes.hpp"

namespace mailroom::viz {

struct DeliveryRow {
  trace::MessageId message{};
  trace::EventId event{};  // that decided it; 0: undecided
  std::string message_id{};
  std::string from{};       // host
  std::string recipient{};  // forward-path
  MailFate fate = MailFate::unaccounted;
  std::int64_t composed_ns = 0;
  std::int64_t ended_ns = -1;
  std::int64_t delay_ns = -1;  // -1: not delivered
  std::int64_t hops = 0;       // from host to host, of a delivered one
  std::int64_t size_bytes = 0;
  bool is_notification = false;
  friend bool operator==(const DeliveryRow&, const DeliveryRow&) = default;
};

// All root recipients that count, by message, then copy. Reads the names that `facts` does not have.
std::expected<std::vector<DeliveryRow>, trace::FileError> read_deliveries(trace::RunFileReader& reader,
                                                                          const MailFacts& facts);

struct DeliveryPair {
  std::optional<DeliveryRow> a{};
  std::optional<DeliveryRow> b{};
  // B's delay less A's; nothing unless both are delivered.
  std::optional<std::int64_t> difference_ns() const;
  // They ended in another way, or there is only one of them.
  bool differs_in_fate() const;
  const DeliveryRow& any() const { return a ? *a : *b; }
  friend bool operator==(const DeliveryPair&, const DeliveryPair&) = default;
};

struct Comparison {
  std::vector<DeliveryPair> pairs;  // in A's order, then those that are only in B
  std::int64_t delivered_only_in_a = 0;
  std::int64_t delivered_only_in_b = 0;
  std::int64_t faster = 0;  // delivered in both, sooner in B
  std::int64_t slower = 0;
  std::int64_t same = 0;
  std::int64_t only_in_one = 0;  // messages that the other run does not have
};
Comparison compare(std::span<const DeliveryRow> a, std::span<const DeliveryRow> b);

// Why the two may be no fair pair ("The seeds differ: 1 and 2."), a sentence each; empty: same scenario and
// seed.
std::vector<std::string> differences(const trace::RunHeader& a, const trace::RunHeader& b);

}  // namespace mailroom::viz
