// SPDX-License-Identifier: GPL-2.0-only
// Greylisting as postgrey does it: who asks for the first time is told to come again later. State of one
// host, which a crash does not touch: real greylists are databases. What was decided is in the log.
//
// The record of a key (client, sender and recipient, or a part of them) begins when it is first seen. Before
// `delay` has passed it is refused; from then on it passes, until it has been silent for `memory`. One that
// did not come again within `window` begins anew. A client that has passed `auto_whitelist` times (counted
// once an hour at most) is asked no more.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "sim/net/network.hpp"
#include "sim/scenario/receiving.hpp"
#include "sim/trace/ids.hpp"

namespace mailroom::agents {

class Greylist {
 public:
  // `policy` must outlive it.
  explicit Greylist(const scenario::Greylist& policy) : policy_(policy) {}

  enum class Rule : std::uint8_t {
    whitelisted,  // by the scenario
    auto_whitelisted,
    first_seen,     // refused
    too_early,      // refused
    window_missed,  // refused: it begins anew
    waited,         // passes
  };
  struct Decision {
    Rule rule;
    std::int64_t first_seen_ns = 0;  // of its record; where there is one
    std::int64_t wait_ns = 0;        // that is left, if refused
    trace::EventId because{};        // the event of the first refusal, if there was one before
    bool passes() const {
      return rule != Rule::first_seen && rule != Rule::too_early && rule != Rule::window_missed;
    }
  };
  // Addresses without brackets; `sender` is empty for the null reverse-path. Case makes no difference.
  Decision decide(net::Address client, std::string_view sender, std::string_view recipient,
                  std::int64_t now_ns);
  // The event that tells of the first refusal of the record that the last decide() was about.
  void set_event(trace::EventId event);

 private:
  struct Record {
    std::int64_t first_ns = 0;
    std::int64_t last_ns = 0;
    trace::EventId event{};
  };
  struct Client {
    std::int64_t passed = 0;
    std::int64_t counted_ns = 0;
    std::int64_t last_ns = 0;
  };
  bool is_whitelisted(net::Address client, std::string_view sender, std::string_view recipient) const;
  std::string key_of(net::Address client, std::string_view sender, std::string_view recipient) const;
  void count_pass(Client& client, std::int64_t now_ns);
  void forget_old(std::int64_t now_ns);

  const scenario::Greylist& policy_;
  std::map<std::string, Record> records_;
  std::map<net::Address, Client> clients_;
  Record* last_ = nullptr;
  std::int64_t next_clean_ns_ = 0;
};

// "first time", "came again too early", …
std::string_view name(Greylist::Rule rule);

}  // namespace mailroom::agents
