// SPDX-License-Identifier: GPL-2.0-only
// One typed session: lines become control lines, and simulated time moves as far as the dialogue needs it.
//
// With a clock that stands, the simulation runs after each line until the reply is complete, and then stands
// still until the next line; message text takes no time until its lone dot. If a reply does not come, it runs
// for 30 s at most, so that no time-out passes unseen; an empty line waits on. With a clock that runs,
// simulated time follows the wall clock at a pace.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "sim/main/run_control.hpp"
#include "sim/main/run_setup.hpp"
#include "sim/main/telnet_screen.hpp"
#include "sim/main/telnet_turns.hpp"

namespace mailroom::cli {

class TelnetSession final : private control::Watcher {
 public:
  struct Options {
    control::Connect connect;
    bool is_smtp = true;           // whose turn it is, is known
    std::optional<double> pace;    // simulated seconds a second; none: the clock stands
    std::int64_t duration_ns = 0;  // of the run; 0: open
  };
  // All must outlive it.
  TelnetSession(UnderWay& under_way, const Options& options, TelnetScreen& screen);
  ~TelnetSession() override;

  // From the connection's beginning to its end; why the run is over, if it is.
  std::optional<run::Why> run();
  // Afterwards: whether there was a connection, how it ended, and its session's number in the run file.
  bool was_established() const { return established_ns_ >= 0; }
  std::optional<net::End> end() const { return end_; }
  trace::SessionId session() const { return session_; }

 private:
  using Until = std::function<bool()>;
  void on_established(control::Name name) override;
  void on_octets(control::Name name, std::string_view octets) override;
  void on_peer_finished(control::Name name) override;
  void on_ended(control::Name name, net::End end) override;

  std::optional<run::Why> run_standing();
  std::optional<run::Why> run_running();
  std::optional<run::Why> answer();
  std::optional<run::Why> close();
  std::optional<run::Why> advance(std::int64_t most_ns, const Until& until);
  std::optional<run::Why> run_to(std::int64_t time_ns);
  // False: it ends what is typed.
  bool take(std::string_view line);
  void finish();
  void apply(const control::Line& line);
  bool is_over() const { return end_.has_value(); }
  bool is_due() const;
  std::int64_t round_trip_ns() const;

  UnderWay& under_way_;
  Options options_;
  TelnetScreen& screen_;
  control::Name name_;
  Turns turns_;
  run::LineInput input_;
  const Until* until_ = nullptr;
  std::int64_t began_ns_ = 0;
  std::int64_t established_ns_ = -1;
  std::int64_t heard_ns_ = -1;  // when octets came last
  bool has_heard_ = false;      // something came since the last line
  bool has_peer_finished_ = false;
  bool has_finished_ = false;
  std::optional<net::End> end_;
  trace::SessionId session_{};
};

}  // namespace mailroom::cli
