// SPDX-License-Identifier: GPL-2.0-only
// What an SMTP receiver offers, and how it guards itself: plain data, the part of a host's `smtp` that is
// about receiving. The numbers are those of the real programs; most guards are off, as they are there.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mailroom::scenario {

// Who is new is asked to come again later (as postgrey does it): a mail host does, most that send unwanted
// mail don't.
struct Greylist {
  enum class Key {
    triplet,  // client, reverse-path, forward-path
    network,  // the client's network /24 instead of the client: a farm of senders counts as one
    anyone    // reverse-path and forward-path only, whoever comes again
  } key = Key::triplet;
  std::int64_t delay_ns = 300'000'000'000;                    // to be waited from the first time on
  std::int64_t window_ns = 2 * 24 * 3600 * 1'000'000'000LL;   // by then it must have come again
  std::int64_t memory_ns = 35 * 24 * 3600 * 1'000'000'000LL;  // who is silent for so long is new again
  std::int64_t auto_whitelist = 5;  // a client that passed so often is asked no more; 0: always asked
  // Who is never asked: addresses of clients, their networks (10.1.0.0/16), mailboxes, domains of senders.
  std::vector<std::string> whitelist;
};

// What one client may do; 0: no limit. Rates are per `period`.
struct ClientLimits {
  std::int64_t connections = 50;     // at the same time; more: 421
  std::int64_t connection_rate = 0;  // 421
  std::int64_t message_rate = 0;     // MAIL; 450
  std::int64_t recipient_rate = 0;   // RCPT; 450
  std::int64_t period_ns = 60'000'000'000;
};

// Each RCPT of a transaction after the first `after` is answered `delay` late.
struct Tarpit {
  std::int64_t after = 0;
  std::int64_t delay_ns = 1'000'000'000;
};

// When the host has too much to do already. 0: never.
struct Load {
  std::int64_t queue = 0;                  // messages in the queue; from so many on clients are told 421
  std::int64_t disk_free_per_billion = 0;  // share of the disk that must be free; else MAIL is told 452
};

struct ErrorLimits {
  std::int64_t soft = 10;
  std::int64_t hard = 20;
  std::int64_t junk = 100;
  std::int64_t sleep_ns = 1'000'000'000;
};

struct Receiving {
  bool chunking = true;
  bool dsn = true;
  bool smtputf8 = true;
  std::optional<bool> etrn;  // none: offered where the host relays for domains
  // Whose mail is refused for the domain of its reverse-path.
  enum class CheckSender {
    none,
    null_mx,  // one that takes no mail (RFC 7505 §4.2)
    domain,   // that, or one that does not exist
  } check_sender = CheckSender::none;
  bool limits = false;                                             // LIMITS: says recipient-limit beforehand
  std::vector<std::string> auth = {"cram-md5", "plain", "login"};  // mechanisms, where users have passwords
  bool chunks_sent = false;  // the sender's side: BDAT toward who offers it
  std::int64_t greeting_delay_ns = 0;
  bool refuses_early_talkers = false;
  std::int64_t idle_time_out_ns = 300'000'000'000;
  std::int64_t service_time_ns = 0;  // what a message takes before its 250: this long, or with this mean
  bool service_is_exponential = false;
  ErrorLimits errors;
  ClientLimits client;
  std::optional<Tarpit> tarpit;
  Load load;
  std::optional<Greylist> greylist;
};

}  // namespace mailroom::scenario
