// SPDX-License-Identifier: GPL-2.0-only
// The sequence diagram ("ladder") of one session, or of one message on its way over several hosts: lanes,
// which are hosts, and rows in the order in which things began: lines of dialogues as arrows with the times
// of both ends, message texts, what happens to connections and to responsibility, and long waits.
//
// A plain value, read from a run file and bounded; reading it again when the run has grown gives the longer
// one. Where it stands on a screen is ladder_layout.hpp's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <vector>

#include "protocols/smtp/command.hpp"
#include "sim/trace/run_file_reader.hpp"

namespace mailroom::viz {

// One of them. A connection without a session (refused, unreachable) has a ladder too.
struct LadderSubject {
  trace::SessionId session{};
  trace::MessageId message{};
  trace::ConnectionId connection{};
  explicit operator bool() const { return session || message || connection; }
  friend bool operator==(const LadderSubject&, const LadderSubject&) = default;
};

struct LadderQuestion {
  LadderSubject subject;
  bool names = false;     // questions to name servers and their answers
  bool segments = false;  // every TCP segment; the run must be recorded at level packets
  friend bool operator==(const LadderQuestion&, const LadderQuestion&) = default;
};

struct LadderRow {
  enum class What : std::uint8_t {
    command,   // C: a line
    reply,     // S: a code and its lines
    content,   // the message text, with its lone dot
    connect,   // a TCP connection is asked for, until it is established
    question,  // to a name server
    answer,    // from one
    segment,   // of TCP
    mark,      // something at one host
    gap,       // nothing for a long time
  } what = What::mark;
  int from = 0;  // lanes; of a mark both are the same; of a gap 0
  int to = 0;
  trace::EventId event{};     // the first end: what is chosen by a click
  trace::EventId received{};  // the other end; 0: not there
  std::int64_t sent_ns = 0;
  std::int64_t received_ns = -1;  // -1: not there (yet, or never: is_lost)
  bool is_lost = false;           // it will never be there: lost, or nobody read it
  trace::Kind kind{};             // of `event`
  int code = 0;
  std::string text{};                        // "EHLO pc1.north.example", "250 OK": one line
  std::string full{};                        // all lines of it, where there are more
  std::int64_t octets = -1;                  // of a content
  smtp::Verb answers = smtp::Verb::unknown;  // of a reply
  bool confirms = false;                     // of a reply: to the lone dot, or to BDAT LAST
  bool is_response = false;                  // of a command: what a 334 asked for
  trace::SessionId session{};
  trace::ConnectionId connection{};
  trace::MessageId message{};
  trace::CopyId copy{};
  trace::RecipientId recipient{};
  trace::LinkId link{};
  trace::FaultId fault{};
  std::int64_t lasts_ns = 0;  // of a gap
  friend bool operator==(const LadderRow&, const LadderRow&) = default;

  bool is_arrow() const { return what != What::mark && what != What::gap; }
};

// A bracket along a lane: one phase of a session.
struct LadderPhase {
  trace::SessionId session{};
  std::string name{};  // "connection setup", "mail transfer", "closing"
  int lane = 0;
  std::size_t first = 0;  // rows, both included
  std::size_t last = 0;
  friend bool operator==(const LadderPhase&, const LadderPhase&) = default;
};

struct LadderLane {
  trace::HostId host{};  // 0: somebody outside of the simulation
  std::string name{};
  friend bool operator==(const LadderLane&, const LadderLane&) = default;
};

struct Ladder {
  // More is not shown: nobody reads a ladder that long.
  static constexpr std::int64_t kMostEvents = 20'000;
  static constexpr std::size_t kMostLanes = 32;
  static constexpr std::int64_t kGap_ns = 2'000'000'000;  // a wait from here on is a gap

  LadderQuestion question;
  std::vector<LadderLane> lanes;
  std::vector<LadderRow> rows;
  std::vector<LadderPhase> phases;
  bool is_cut = false;     // there was more
  trace::EventId up_to{};  // the last event of the run when it was read
  std::string lacks{};     // what the run's level left out, as a sentence; empty: nothing
  friend bool operator==(const Ladder&, const Ladder&) = default;

  // What a row's first end was, as far as filters and those who hide events ask.
  trace::StoredEvent event_of(const LadderRow& row) const;
  // Whether it can be known at this moment that a row is lost: somebody has timed out, or the connection has
  // ended. For who must not see what is to come.
  bool is_known_lost(std::size_t row, trace::EventId moment) const;
  // The last row that has begun when this event has happened; -1: none.
  std::ptrdiff_t row_at(trace::EventId event) const;
};

// Errors: those of reading. A subject that the run does not know has no rows.
std::expected<Ladder, trace::FileError> read_ladder(trace::RunFileReader& reader,
                                                    const LadderQuestion& question);

// As the lecture writes a dialogue: "C: HELO a.example", "S: 250 b.example", "C: ... actual contents of the
// message (489 octets) ...", "C: ."; marks and waits in brackets. Lines end in LF.
std::string as_text(const Ladder& ladder);

}  // namespace mailroom::viz
