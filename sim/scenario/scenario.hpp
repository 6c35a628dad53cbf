// SPDX-License-Identifier: GPL-2.0-only
// A scenario as plain data: what docs/SCENARIO.md describes, with every default filled in, every set
// expression resolved to names and every file read. load() in sim/scenario/load.hpp makes it from YAML.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sim/scenario/dns.hpp"
#include "protocols/smtp/dsn_parameters.hpp"
#include "sim/scenario/routing.hpp"
#include "sim/scenario/receiving.hpp"
#include "sim/scenario/formula.hpp"
#include "sim/faults/fault.hpp"
#include "topologies/graph.hpp"

namespace mailroom::scenario {

inline constexpr std::int64_t kSecond = 1'000'000'000;

// --- hosts

enum class Moved {
  refuse,   // 551: the sender must use the new address
  forward,  // 251: the receiver takes the message and forwards it
};

struct User {
  std::string local_part;
  std::optional<std::int64_t> quota_bytes;  // of the mailbox; none: unlimited
  std::optional<std::string> moved_to;      // a mailbox address; mail for the user goes there
  Moved moved = Moved::refuse;
  std::vector<std::string> forward = {};     // the user's own redirection: mail goes to these addresses ...
  bool keep = false;                         // ... and into the mailbox too
  std::optional<std::string> password = {};  // for AUTH
};

// Mail for a name goes to other addresses instead; its reverse-path stays (RFC 5321 §3.9.1).
struct Alias {
  std::string name;  // a local part
  std::vector<std::string> targets;
};

// Mail for a name goes to many, and who administers the list is told of failures (RFC 5321 §3.9.2).
struct MailingList {
  std::string name;                  // a local part
  std::vector<std::string> members;  // in file order, no duplicates
  std::string owner;                 // the reverse-path of what goes to the members
  enum class Expand {
    here,      // by the host that has the list
    at_sender  // by the host where a message begins its way; all of them know the list
  } expand = Expand::here;
  bool header = false;  // List-Id and its like are put in front of the message
};

// How an SMTP sender tries again. What the profiles mean is in sim/queue/retry_schedule.hpp.
enum class RetryProfile : std::uint8_t { custom, rfc5321, postfix, exim, opensmtpd, qmail };

struct Retry {
  RetryProfile profile = RetryProfile::custom;
  // custom: by the formula, if there is one, else at fixed intervals.
  std::vector<std::int64_t> intervals_ns = {15 * 60 * kSecond};  // between tries; the last one repeats
  std::optional<Formula> formula{};                              // seconds after the arrival
  std::int64_t give_up_ns = 4 * 24 * 3600 * kSecond;             // since the message entered the queue
  std::int64_t scan_ns = 0;           // the queue is looked through so often; 0: each try happens at its time
  std::int64_t delay_warning_ns = 0;  // the sender is warned once after so long; 0: never

  // A profile with its own figures.
  static Retry of(RetryProfile profile);
};

struct SmtpPolicy {
  bool extended = true;  // false: an RFC 821 host, HELO only, source routes honoured
  enum class EighthBit {
    clear,
    refuse
  } eighth_bit = EighthBit::clear;  // what an RFC 821 host does with bit 8
  enum class BareLineEnd {
    blank,
    keep,
    refuse
  } bare_line_end = BareLineEnd::blank;  // a CR without LF or a LF without CR in a message text
  bool lecture_texts = false;       // reply texts as in the lecture's example session
  std::int64_t message_size_limit_bytes = 10'240'000;
  std::int64_t recipient_limit = 1000;
  std::int64_t messages_per_connection = 100;    // sender: then QUIT
  std::int64_t connections_per_destination = 4;  // sender: at the same time
  std::int64_t recipients_per_message = 100;     // sender: RCPT commands in one transaction
  bool pipelining = true;                        // offered, and used toward who offers it
  enum class Vrfy {
    ask,      // the address book
    decline,  // 252, whoever is asked for
    off       // 502
  } vrfy = Vrfy::ask;
  bool expn = false;                             // whether EXPN tells who is on a list
  std::int64_t connection_limit = 1000;          // receiver: sessions at the same time; further ones get 421
  std::optional<SourceRoutes> source_routes;     // receiver; none: as its kind of host does
  std::int64_t hop_limit = 100;                  // receiver: more Received fields are a loop (RFC 5321 §6.3)
  bool follow_moved = false;                     // sender: a 551's new address is used, once

  SourceRoutes on_source_routes() const {
    return source_routes.value_or(extended ? SourceRoutes::ignore : SourceRoutes::honour);
  }
  Receiving receiving;
};

// What a host tells originators of messages that it gives up.
struct Bounces {
  enum class Return { headers, full } ret = Return::headers;  // where the originator does not say (RFC 3461 §4.3)
  std::int64_t size_limit_bytes = 50'000;                     // of what is returned; of a longer message the header
  enum class DoubleBounce {
    discard,     // a notification that cannot be delivered is dropped
    postmaster,  // the postmaster of the host gets it in a report; dropped on a host without a domain
    hold,        // it is held for two days, then tried once more, then dropped
  } double_bounce = DoubleBounce::postmaster;
};

// How a queue hands mail to its destinations. Plain: a fixed number of connections, each closed when nothing waits.
struct Delivery {
  std::int64_t address_limit = 5;        // exchangers of a destination that are tried for one job
  std::int64_t session_limit = 2;        // and sessions with them
  std::int64_t recipients = 0;           // of one transaction; 0: SmtpPolicy::recipients_per_message
  std::int64_t initial_concurrency = 0;  // connections to a destination at first; 0: the limit
  std::int64_t concurrency_limit = 0;    // at most; 0: SmtpPolicy::connections_per_destination
  std::int64_t positive_feedback = 0;    // more connections after a success
  std::int64_t negative_feedback = 0;    // fewer after a failure to begin a session
  std::int64_t failed_cohorts = 0;       // after so many failed cohorts a destination is dead; 0: never
  std::int64_t dead_ns = 300 * kSecond;  // for so long
  std::int64_t idle_ns = 0;              // a connection with nothing to send stays open; 0: QUIT at once
  std::int64_t lifetime_ns = 0;          // no further message after so long; 0: no limit
  std::int64_t active_limit = 20'000;    // messages that are seen to at the same time

  // As Postfix has it.
  static Delivery postfix() {
    Delivery delivery;
    delivery.recipients = 50;
    delivery.initial_concurrency = 5;
    delivery.concurrency_limit = 20;
    delivery.positive_feedback = delivery.negative_feedback = delivery.failed_cohorts = 1;
    delivery.idle_ns = 2 * kSecond;
    delivery.lifetime_ns = 300 * kSecond;
    return delivery;
  }
};

// Messages that are kept in the queue and not tried: both patterns match, an empty one anything.
struct Hold {
  std::string from;  // the reverse-path
  std::string to;    // one of the recipients
  std::optional<std::int64_t> until_ns;  // of the run: then what was held is tried, and nothing more is held
};

// A host that asks another one for the mail that waits there for its domains (ETRN, RFC 1985).
struct Turn {
  std::string host;
  std::vector<std::int64_t> at_ns;  // of the run
};

struct Host {
  std::string name;                  // its node's name in the topology
  std::string hostname;              // what it calls itself in 220, HELO and Received; default: name, or
                                     // name.domain where a domain is given
  std::vector<std::string> domains;  // domains whose mail it delivers locally; none: not a final destination
  std::vector<User> users;
  std::vector<Alias> aliases;
  std::vector<MailingList> lists;
  std::vector<std::string> catch_all;  // where mail for names that are not known goes; none: it is refused
  std::string subaddress;              // marks that set a detail off from a name, as + in bob+news; none: ""
  bool fold_case = false;              // whether Bob is bob (RFC 5321 §2.4 leaves it to the host)
  bool delivered_to = true;            // whether it puts Delivered-To in front, and finds loops by it
  bool receiver = false;               // an SMTP receiver listens on `port`
  std::uint16_t port = 25;
  std::optional<std::string>
      submit_to;  // a user agent's host: name of the host that its mail is submitted to
  // And as whom: then to that host's submission port, with AUTH.
  struct Submission {
    std::string user;
    std::string password;
    std::uint16_t port = 0;
  };
  std::optional<Submission> submit_as;
  // A second listener, for user agents (RFC 6409): AUTH is required there if users have passwords, and who
  // proved who they are may send anywhere.
  std::optional<std::uint16_t> submission_port;
  // Domain, or ".domain" for all below it, or "*" for the rest -> where its mail goes.
  std::map<std::string, ForwardTo> forward;
  RelayPolicy relay;
  std::optional<Turn> turn;
  std::int64_t disk_bytes = 1'000'000'000;
  std::int64_t disk_write_ns = 0;  // one write takes so long
  std::int64_t disk_sync_ns = 0;   // and until it is safe, so long again
  Retry retry;
  Delivery delivery;
  std::vector<Hold> hold;
  SmtpPolicy smtp;
  Bounces bounces;
  int line = 0;  // in the scenario file, for diagnostics
};

// --- traffic

// Senders or recipients of one entry, as a set of mailbox addresses. `count` messages are made for each
// sender of `all` and `each`, and `count` messages in all for `any`. A sender is no recipient of its own
// message under `each` and `any` of the recipients, unless it is the only one.
struct AddressSet {
  enum class Choice {
    all,   // senders: each of them sends (as `each`); recipients: all of them get the one message, an RCPT
           // each
    each,  // recipients: a message of its own for each of them
    any,   // one member at random, drawn anew for each message
  } choice = Choice::all;
  std::vector<std::string> members;  // in file order, no duplicates
};

struct Traffic {
  std::string name;                 // stable; keys the entry's random stream
  std::optional<std::string> host;  // where the user agent runs; none: see Scenario::agents
  AddressSet from;                  // a member "" is the null reverse-path <>; never empty
  AddressSet to;                    // empty: the recipients come from the message's header
  // When: all `count` at start; or at start + k * interval, k from 0; or a Poisson process that begins at
  // start (the first message comes after the first random interval), on its own for each sender of `all` and
  // `each`.
  enum class When { at, every, poisson } when = When::at;
  std::int64_t start_ns = 0;
  std::int64_t interval_ns = 0;  // of every, and the mean of poisson
  std::int64_t count = 1;
  // What: octets of a file (LF made CRLF), or a composed message.
  std::optional<std::string> eml;       // the file's octets, as read
  std::optional<std::string> eml_name;  // the file's name, for messages to people
  std::string subject;
  std::string text;
  std::optional<std::int64_t> size_bytes;  // whole composed message, text filled up to this size
  // What its senders ask about notifications (RFC 3461); nothing: the rule of RFC 5321.
  std::optional<smtp::Notify> notify;
  std::optional<smtp::Return> ret;
  std::optional<std::string> envelope_id;
  // Senders whose domain neither `host` has nor the host that it submits to, and whose user agent runs elsewhere:
  // notifications to them are backscatter.
  std::set<std::string> forged;
  int line = 0;
};

// --- what people do

// A line that a live run takes (docs/LIVE.md), and when.
struct ControlLine {
  std::int64_t at_ns = 0;
  std::string text;
  int line = 0;
};

// --- the whole

struct Scenario {
  std::string name;
  std::string description;
  std::uint64_t seed = 1;
  std::int64_t epoch_unix_s = 946'728'000;  // 2000-01-01T12:00:00Z: time of day when the run begins
  std::int64_t duration_ns = 0;             // 0: until nothing is left to do
  std::string record = "full";              // a level of sim/trace
  topology::Graph topology;                 // nodes, links, LANs with all attributes filled in
  std::vector<Host> hosts;                  // by order of the file; nodes not named here are routers
  std::vector<Traffic> traffic;
  std::vector<faults::Fault> faults;        // by order of the file, then those of --fault
  std::vector<ControlLine> control;         // by time
  Dns dns;
  // Sender's address -> name of the host where its user agent runs, for every sender of an entry without a
  // host of its own. That host has submit_to; or it has not and its user agent puts messages into the queue
  // of the host itself.
  std::map<std::string, std::string> agents;
  std::vector<std::string> overrides;  // "key.path=value" of --set, as given
  std::string text;                    // the file's own octets, for the run file
};

}  // namespace mailroom::scenario
