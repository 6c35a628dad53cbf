// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/telnet_session.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "sim/main/cli_words.hpp"

namespace mailroom::cli {
namespace {

constexpr std::int64_t kMilli = 1'000'000;
// A typed line waits so long for its reply; longer than retransmissions of a lossy link take, shorter than
// any time-out of RFC 5321 §4.5.3.2.
constexpr std::int64_t kPatienceNs = 30'000 * kMilli;
// Where it is not known whether an answer comes at all.
constexpr std::int64_t kShortPatienceNs = 2'000 * kMilli;
// A connection has so long to be established (TCP gives up at 189 s) and to end.
constexpr std::int64_t kConnectNs = 200'000 * kMilli;
constexpr std::int64_t kCloseNs = 600'000 * kMilli;
constexpr std::int64_t kFirstSliceNs = 10 * kMilli, kLastSliceNs = 1'000 * kMilli;
constexpr int kWaitMs = 100, kPacedWaitMs = 10;

}  // namespace

TelnetSession::TelnetSession(UnderWay& under_way, const Options& options, TelnetScreen& screen)
    : under_way_(under_way),
      options_(options),
      screen_(screen),
      name_(options.connect.name),
      input_(STDIN_FILENO, kEscape) {
  under_way_.controller.set_watcher(this);
}

TelnetSession::~TelnetSession() {
  under_way_.controller.set_watcher(nullptr);
}

void TelnetSession::on_established(control::Name) {
  established_ns_ = under_way_.simulation.now_ns();
}

void TelnetSession::on_octets(control::Name, std::string_view octets) {
  heard_ns_ = under_way_.simulation.now_ns();
  has_heard_ = true;
  if (options_.is_smtp) turns_.received(octets);
  screen_.received(octets, heard_ns_);
  if (until_ != nullptr && (*until_)()) under_way_.simulation.stop();
}

void TelnetSession::on_peer_finished(control::Name) {
  has_peer_finished_ = true;
  if (until_ != nullptr && (*until_)()) under_way_.simulation.stop();
}

void TelnetSession::on_ended(control::Name, net::End end) {
  end_ = end;
  if (until_ != nullptr && (*until_)()) under_way_.simulation.stop();
}

bool TelnetSession::is_due() const {
  return options_.is_smtp ? turns_.is_reply_due() : !has_heard_;
}

std::int64_t TelnetSession::round_trip_ns() const {
  return established_ns_ < 0 ? 100 * kMilli : std::max(established_ns_ - began_ns_, kMilli);
}

// Every line is one that can be obeyed here.
void TelnetSession::apply(const control::Line& line) {
  if (const auto done = under_way_.controller.apply(line); !done) screen_.note(done.error());
}

// Runs for `most_ns` of simulated time, or until the condition holds or the connection is over.
std::optional<run::Why> TelnetSession::advance(std::int64_t most_ns, const Until& until) {
  const std::int64_t end_ns = under_way_.simulation.now_ns() + 1 + most_ns;
  std::int64_t slice_ns = kFirstSliceNs;
  const Until either = [this, &until] { return is_over() || until(); };
  until_ = &either;
  std::optional<run::Why> why;
  while (!why && !either() && under_way_.simulation.now_ns() + 1 < end_ns) {
    why = run_to(std::min(under_way_.simulation.now_ns() + 1 + slice_ns, end_ns));
    slice_ns = std::min(slice_ns * 2, kLastSliceNs);
  }
  until_ = nullptr;
  return why;
}

std::optional<run::Why> TelnetSession::run_to(std::int64_t time_ns) {
  const bool has_end = options_.duration_ns > 0 && options_.duration_ns <= time_ns;
  const auto stopped = under_way_.simulation.run_until(has_end ? options_.duration_ns : time_ns);
  if (run::interrupted()) return run::Why::interrupted;
  if (!under_way_.keep_writing()) return run::Why::disk_full;
  if (has_end && stopped == net::Ns3Network::Stopped::time) return run::Why::duration;
  if (stopped == net::Ns3Network::Stopped::idle && !is_over()) return run::Why::idle;
  return std::nullopt;
}

std::optional<run::Why> TelnetSession::run() {
  began_ns_ = under_way_.simulation.now_ns();
  apply(options_.connect);
  session_ = under_way_.controller.session(name_);
  return options_.pace ? run_running() : run_standing();
}

// What comes after a line, until it is the person's turn again.
std::optional<run::Why> TelnetSession::answer() {
  if (options_.is_smtp && !is_due()) return std::nullopt;
  const std::int64_t patience_ns = options_.is_smtp ? kPatienceNs : kShortPatienceNs;
  if (const auto why = advance(patience_ns, [this] { return !is_due() || has_peer_finished_; })) return why;
  // Without knowledge of the protocol, what is said is over when nothing more comes for a round trip.
  if (!options_.is_smtp) return has_heard_ ? advance(round_trip_ns(), [] { return false; }) : std::nullopt;
  if (is_due() && !is_over() && !has_peer_finished_)
    screen_.note(
        fmt::format("nothing within {} of simulated time; an empty line waits on", duration(kPatienceNs)));
  return std::nullopt;
}

std::optional<run::Why> TelnetSession::run_standing() {
  if (const auto why = advance(kConnectNs, [this] { return was_established(); })) return why;
  // on_established() does not stop the simulation: what comes with it may be the greeting.
  if (const auto why = is_over() ? std::nullopt : answer()) return why;
  while (!is_over() && !has_peer_finished_ && !(options_.is_smtp && turns_.is_closing())) {
    const auto line = input_.next(kWaitMs);
    if (run::interrupted()) return run::Why::interrupted;
    if (!under_way_.keep_writing()) return run::Why::disk_full;
    if (!line && !input_.ended()) continue;
    if (!line || !take(*line)) break;
    if (const auto why = answer()) return why;
  }
  return close();
}

std::optional<run::Why> TelnetSession::run_running() {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point began = Clock::now();
  bool is_typing = true;
  while (!is_over()) {
    const std::chrono::duration<double, std::nano> passed = Clock::now() - began;
    const std::int64_t target_ns = began_ns_ + 1 + static_cast<std::int64_t>(passed.count() * *options_.pace);
    if (const auto why = run_to(std::max(target_ns, under_way_.simulation.now_ns() + 1))) return why;
    if (has_peer_finished_) finish();
    const auto line = is_typing && was_established() ? input_.next(kPacedWaitMs) : std::nullopt;
    if (line && !is_over()) is_typing = take(*line);
    if (!line && (!is_typing || !was_established())) usleep(kPacedWaitMs * 1000);
    if (!line && input_.ended()) is_typing = false;
    if (!is_typing) finish();
  }
  return std::nullopt;
}

bool TelnetSession::take(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  const bool is_last = line.ends_with(kEscape);
  if (is_last) line.remove_suffix(1);
  if (is_last && line.empty()) return false;
  if (line.empty() && options_.is_smtp && is_due() && !options_.pace) return true;  // waits on
  screen_.typed(line);
  if (options_.is_smtp) turns_.typed(line);
  has_heard_ = false;
  const std::string octets = std::string(line) + "\r\n";
  for (std::size_t at = 0; at < octets.size(); at += control::kMostOctets)
    apply(control::Type{name_, octets.substr(at, control::kMostOctets)});
  return !is_last;
}

void TelnetSession::finish() {
  if (has_finished_ || is_over()) return;
  has_finished_ = true;
  apply(control::Finish{name_});
}

// Whoever has read 221 closes; a client that closes first is closed in turn (RFC 5321 §4.1.1.10).
std::optional<run::Why> TelnetSession::close() {
  if (turns_.is_closing())
    if (const auto why = advance(kPatienceNs, [this] { return has_peer_finished_; })) return why;
  finish();
  return advance(kCloseNs, [] { return false; });
}

}  // namespace mailroom::cli
