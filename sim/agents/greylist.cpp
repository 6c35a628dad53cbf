// SPDX-License-Identifier: GPL-2.0-only
#include "sim/agents/greylist.hpp"

#include <algorithm>
#include <utility>

#include "sim/agents/directory.hpp"
#include "sim/scenario/routing.hpp"

namespace mailroom::agents {

namespace {

constexpr std::int64_t kHourNs = 3600 * 1'000'000'000LL;
constexpr std::int64_t kDayNs = 24 * kHourNs;

bool is_in_domain(std::string_view address, std::string_view domain) {
  const std::size_t at = address.rfind('@');
  if (at == std::string_view::npos) return false;
  const std::string_view own = address.substr(at + 1);
  return own == domain ||
         (own.size() > domain.size() && own.ends_with(domain) && own[own.size() - domain.size() - 1] == '.');
}

}  // namespace

std::string_view name(Greylist::Rule rule) {
  switch (rule) {
    case Greylist::Rule::whitelisted:
      return "on the whitelist";
    case Greylist::Rule::auto_whitelisted:
      return "this client has passed often enough";
    case Greylist::Rule::first_seen:
      return "never seen before";
    case Greylist::Rule::too_early:
      return "came again too early";
    case Greylist::Rule::window_missed:
      return "came again too late, and begins anew";
    case Greylist::Rule::waited:
      return "came again in time";
  }
  std::unreachable();
}

bool Greylist::is_whitelisted(net::Address client, std::string_view sender,
                              std::string_view recipient) const {
  // Whoever wants to tell the postmaster of trouble is let through (RFC 5321 §4.5.1).
  if (recipient.starts_with("postmaster@") || recipient == "postmaster") return true;
  return std::ranges::any_of(policy_.whitelist, [&](const std::string& text) {
    if (const auto network = scenario::network(text)) return network->has(client.value);
    const std::string entry = lower(text);
    if (entry.find('@') != std::string::npos) return entry == sender || entry == recipient;
    return is_in_domain(sender, entry);
  });
}

std::string Greylist::key_of(net::Address client, std::string_view sender, std::string_view recipient) const {
  std::string key;
  switch (policy_.key) {
    case scenario::Greylist::Key::triplet:
      key = to_string(client);
      break;
    case scenario::Greylist::Key::network:
      key = to_string(net::Address{client.value & 0xFFFFFF00U}) + "/24";
      break;
    case scenario::Greylist::Key::anyone:
      break;
  }
  return key.append(" ").append(sender).append(" ").append(recipient);
}

Greylist::Decision Greylist::decide(net::Address client, std::string_view sender_given,
                                    std::string_view recipient_given, std::int64_t now_ns) {
  const std::string sender = lower(sender_given);
  const std::string recipient = lower(recipient_given);
  last_ = nullptr;
  if (is_whitelisted(client, sender, recipient)) return {.rule = Rule::whitelisted};
  forget_old(now_ns);
  const auto known_client = clients_.find(client);
  if (policy_.auto_whitelist > 0 && known_client != clients_.end() &&
      known_client->second.passed >= policy_.auto_whitelist) {
    known_client->second.last_ns = now_ns;
    return {.rule = Rule::auto_whitelisted};
  }
  const auto [found, is_new] = records_.try_emplace(key_of(client, sender, recipient));
  Record& record = found->second;
  last_ = &record;
  Rule rule = Rule::waited;
  if (is_new || now_ns - record.last_ns > policy_.memory_ns) {
    rule = Rule::first_seen;
  } else if (record.last_ns - record.first_ns < policy_.delay_ns &&
             now_ns - record.last_ns > policy_.window_ns) {
    rule = Rule::window_missed;
  } else if (now_ns - record.first_ns < policy_.delay_ns) {
    rule = Rule::too_early;
  }
  if (rule == Rule::first_seen || rule == Rule::window_missed) record = {.first_ns = now_ns};
  record.last_ns = now_ns;
  Decision decision{.rule = rule, .first_seen_ns = record.first_ns, .because = record.event};
  if (!decision.passes()) {
    decision.wait_ns = record.first_ns + policy_.delay_ns - now_ns;
  } else {
    count_pass(clients_[client], now_ns);
  }
  return decision;
}

void Greylist::set_event(trace::EventId event) {
  if (last_ != nullptr && !last_->event) last_->event = event;
}

void Greylist::count_pass(Client& client, std::int64_t now_ns) {
  client.last_ns = now_ns;
  if (client.passed > 0 && now_ns - client.counted_ns < kHourNs) return;
  ++client.passed;
  client.counted_ns = now_ns;
}

// Once a day is enough: what is too old meanwhile is only memory, for a key that comes again is looked at.
void Greylist::forget_old(std::int64_t now_ns) {
  if (now_ns < next_clean_ns_) return;
  next_clean_ns_ = now_ns + kDayNs;
  std::erase_if(records_, [&](const auto& one) { return now_ns - one.second.last_ns > policy_.memory_ns; });
  std::erase_if(clients_, [&](const auto& one) { return now_ns - one.second.last_ns > policy_.memory_ns; });
}

}  // namespace mailroom::agents
