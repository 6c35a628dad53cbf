// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/dns/resolver_actions.hpp"

#include <fmt/format.h>

#include <utility>

namespace mailroom::dns::resolver {

std::string_view name(Why why) {
  constexpr std::string_view kNames[] = {"root_hint", "known_zone",   "referral",  "next_server",
                                         "retry",     "without_edns", "truncated", "forwarder"};
  return kNames[std::to_underlying(why)];
}

std::string_view name(NoteKind kind) {
  constexpr std::string_view kNames[] = {"cache_hit", "joined",  "referral",   "alias",
                                         "silent",    "lame",    "bad_answer", "truncated",
                                         "no_edns",   "ignored", "tcp_failed", "refused",
                                         "no_address"};
  return kNames[std::to_underlying(kind)];
}

std::string_view name(Outcome outcome) {
  constexpr std::string_view kNames[] = {"records", "no_such_name", "no_data", "failed", "timed_out"};
  return kNames[std::to_underlying(outcome)];
}

namespace {

std::string reason(const Query& query) {
  switch (query.why) {
    case Why::root_hint:
      return "a root server";
    case Why::known_zone:
      return fmt::format("known server of {}", query.zone.absolute_text());
    case Why::referral:
      return fmt::format("referral to {}", query.zone.absolute_text());
    case Why::next_server:
      return fmt::format("next server of {}", query.zone.absolute_text());
    case Why::retry:
      return fmt::format("retry {}", query.round);
    case Why::without_edns:
      return "without EDNS";
    case Why::truncated:
      return "over TCP, the answer was truncated";
    case Why::forwarder:
      return "it resolves for us";
  }
  std::unreachable();
}

}  // namespace

std::string text(const Query& query) {
  const std::string server = query.server_name.is_root()
                                 ? ipv4_text(query.server)
                                 : fmt::format("{} ({})", query.server_name.text(), ipv4_text(query.server));
  return fmt::format("asks {} for {} {}: {}", server, query.name.absolute_text(), dns::name(query.type),
                     reason(query));
}

}  // namespace mailroom::dns::resolver
