// SPDX-License-Identifier: GPL-2.0-only
// When an SMTP sender tries again, and when it gives up (RFC 5321 §4.5.4.1; the lecture: "re-queue mail, give
// up after a period"). A schedule is a pure function of what failed so far, so that each profile is checked on its
// own; the queue scan, which some senders have, is apart from it (at_scan()).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/scenario/scenario.hpp"

namespace mailroom::queue {

// A recipient, or a destination, at the end of a failed attempt.
struct Failure {
  std::int64_t since_ns = 0;   // it is tried since: the arrival in the queue; is_shared(): the first failure
  std::int64_t began_ns = 0;   // when the attempt began
  std::int64_t now_ns = 0;     // when it failed
  std::int64_t waited_ns = 0;  // is_shared(): the wait that was ruled after the failure before; 0: there was none
  int attempts = 1;            // failed ones, this one included
  bool is_local = false;       // of local delivery
};

struct NextTry {
  std::int64_t time_ns = 0;
  bool gives_up = false;  // at that time it is given up, untried
  std::string rule{};     // for people: by which rule; empty for fixed intervals, which need none
};

class RetrySchedule {
 public:
  virtual ~RetrySchedule() = default;
  // Nothing: it is given up now.
  virtual std::optional<NextTry> next(const Failure& failure) const = 0;
  // One history for all that goes to a destination, instead of one for each recipient.
  virtual bool is_shared() const { return false; }
  // is_shared(): when a destination is tried once more that everything was given up for.
  virtual std::int64_t after_give_up_ns() const { return 0; }
};

// The schedule of a profile; `retry` says when it gives up, and what is custom.
std::unique_ptr<RetrySchedule> make_schedule(const scenario::Retry& retry);

// When something due at time_ns is taken by a queue that is looked through every scan_ns since start_ns; 0: at its
// time.
std::int64_t at_scan(std::int64_t time_ns, std::int64_t scan_ns, std::int64_t start_ns);

// ---- the schedules; all times since the arrival unless they say else

// Fixed intervals between tries, the last one repeating. Expiry is tested after a failed attempt: the message
// is given up by the first failure at or after give_up.
class FixedIntervals final : public RetrySchedule {
 public:
  // intervals_ns: at least one, each positive.
  FixedIntervals(std::vector<std::int64_t> intervals_ns, std::int64_t give_up_ns);
  std::optional<NextTry> next(const Failure& failure) const override;

 private:
  std::vector<std::int64_t> intervals_ns_;
  std::int64_t give_up_ns_;
};

// RFC 5321 §4.5.4.1: two tries in the first hour, at least 30 minutes apart, then one every two hours. Ends at
// give_up, without a last try.
class Rfc5321Schedule final : public RetrySchedule {
 public:
  explicit Rfc5321Schedule(std::int64_t give_up_ns) : give_up_ns_(give_up_ns) {}
  std::optional<NextTry> next(const Failure& failure) const override;

 private:
  std::int64_t give_up_ns_;
};

// Postfix: after a failure it waits as long again as the message has been queued, but 300 s to 4000 s. Given up by
// the first failure at or after give_up.
class PostfixSchedule final : public RetrySchedule {
 public:
  explicit PostfixSchedule(std::int64_t give_up_ns) : give_up_ns_(give_up_ns) {}
  std::optional<NextTry> next(const Failure& failure) const override;

 private:
  std::int64_t give_up_ns_;
};

// Exim's rules F,2h,15m; G,16h,1h,1.5; F,4d,6h, counted from the first failure of a host: the first rule whose period
// is not over says how long to wait; G waits 1.5 times as long as before, at least 1 h. give_up is the period of the
// last rule.
class EximSchedule final : public RetrySchedule {
 public:
  explicit EximSchedule(std::int64_t give_up_ns) : give_up_ns_(give_up_ns) {}
  std::optional<NextTry> next(const Failure& failure) const override;
  bool is_shared() const override { return true; }
  std::int64_t after_give_up_ns() const override;

 private:
  std::int64_t give_up_ns_;
};

// OpenSMTPD: try n (the first is 0) at 400·n² s; local delivery at 10·n² s. Ends at give_up, without a last try.
class OpenSmtpdSchedule final : public RetrySchedule {
 public:
  explicit OpenSmtpdSchedule(std::int64_t give_up_ns) : give_up_ns_(give_up_ns) {}
  std::optional<NextTry> next(const Failure& failure) const override;

 private:
  std::int64_t give_up_ns_;
};

// qmail: at (⌊√age⌋ + 20)² s, the age being that of the message when the attempt began; + 10 for local delivery. An
// attempt that begins at or after give_up is the last.
class QmailSchedule final : public RetrySchedule {
 public:
  explicit QmailSchedule(std::int64_t give_up_ns) : give_up_ns_(give_up_ns) {}
  std::optional<NextTry> next(const Failure& failure) const override;

 private:
  std::int64_t give_up_ns_;
};

// A scenario's own formula for the time of try n. A time that is past is a second from now. Given up by the first
// failure at or after give_up; a next try beyond all time is none.
class FormulaSchedule final : public RetrySchedule {
 public:
  FormulaSchedule(scenario::Formula formula, std::int64_t give_up_ns)
      : formula_(std::move(formula)), give_up_ns_(give_up_ns) {}
  std::optional<NextTry> next(const Failure& failure) const override;

 private:
  scenario::Formula formula_;
  std::int64_t give_up_ns_;
};

}  // namespace mailroom::queue
