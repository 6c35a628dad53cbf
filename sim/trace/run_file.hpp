// SPDX-License-Identifier: GPL-2.0-only
// What the writer and the readers of a run file (*.mailroom, docs/RUN_FILE.md) share: its header as plain
// data, the rows that a reader gets, and what can be wrong with such a file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/trace/event.hpp"
#include "sim/trace/ids.hpp"

namespace mailroom::trace {

// SQLite's application_id ("MLRM") and user_version of a run file. The version grows with every change of
// tables, columns or kinds; a reader takes its own version and older ones.
inline constexpr std::int32_t kApplicationId = 0x4D4C524D;
inline constexpr std::int32_t kFormatVersion = 2;

// A node of the network as the run file stores it. Its id is its place in RunHeader::hosts, counted from 1.
struct HostRow {
  enum class Role : std::uint8_t { host, router, lan };
  std::string name{};
  std::string label{};  // for people; the name if there is none better
  Role role = Role::host;
  std::string hostname{};     // what it calls itself; empty: none
  std::string address{};      // "10.0.0.1"; empty: none
  std::optional<double> x{};  // laid out, right and down, in [0, 1]
  std::optional<double> y{};
  std::optional<double> latitude{};
  std::optional<double> longitude{};
  std::int64_t disk_bytes = 0;  // capacity; 0: no disk
  std::string detail{};         // a JSON object with the rest (domains, users, services, policies), or empty
  friend bool operator==(const HostRow&, const HostRow&) = default;
};
std::string_view name(HostRow::Role role);

// A link, or the attachment of a host to a LAN segment (one of its ends is a node of role lan). Its id is its
// place in RunHeader::links, counted from 1.
struct LinkRow {
  std::string name{};
  std::string label{};
  HostId from{};
  HostId to{};
  std::int64_t rate_bps = 0;
  std::int64_t delay_ns = 0;
  std::int64_t queue_packets = 0;
  std::int64_t loss_per_billion = 0;
  friend bool operator==(const LinkRow&, const LinkRow&) = default;
};

// What never changes in a run, known before its first event.
struct RunHeader {
  std::string scenario_name{};
  std::string scenario_text{};  // the scenario file's own octets
  std::string overrides{};      // what `--set` and its kin changed of it: "key=value", a line each
  std::uint64_t seed = 0;
  Level level = Level::full;
  std::string program_version{};
  std::string network_version{};  // of the library that carries the packets: "ns-3 3.37"
  std::int64_t epoch_unix_s = 0;
  HostId only_host{};  // the run is of this host alone, and whom it talked with was outside; 0: of all hosts
  std::vector<HostRow> hosts{};
  std::vector<LinkRow> links{};
  friend bool operator==(const RunHeader&, const RunHeader&) = default;
};

// A row of the table `event`: an Event with what the Recorder added, owning its text.
struct StoredEvent {
  EventId id{};
  std::int64_t time_ns = 0;
  Kind kind{};
  EventId cause{};
  EventId because{};
  HostId host{};
  LinkId link{};
  ConnectionId connection{};
  SessionId session{};
  MessageId message{};
  CopyId copy{};
  CopyId parent{};
  RecipientId recipient{};
  AttemptId attempt{};
  FaultId fault{};
  ContentId content{};
  int code = 0;
  std::optional<std::int64_t> size{};
  std::optional<std::int64_t> value{};
  std::string text{};
  std::string detail{};  // a JSON object, or empty
  friend bool operator==(const StoredEvent&, const StoredEvent&) = default;
};
// The row that the recorder's call makes.
StoredEvent stored(EventId id, std::int64_t time_ns, EventId cause, const Event& event);

struct Note {
  std::int64_t id = 0;
  EventId event{};
  std::optional<std::int64_t> time_ns{};
  std::string text{};
  friend bool operator==(const Note&, const Note&) = default;
};

// What went wrong with a run file.
struct FileError {
  enum class Problem : std::uint8_t {
    exists,     // it is there, and overwriting was not asked for
    in_use,     // another program has it open
    not_found,  // no such file, or it is a directory
    no_access,  // the operating system refuses
    empty,      // nothing in it yet: a run that is just being started, or an accident
    foreign,    // not a run file
    newer,      // made by a newer version of the format
    damaged,    // truncated, or overwritten in part
    disk_full,  // no room for more; what was committed is valid
    io          // any other failure of reading or writing
  };
  Problem problem{};
  std::string text{};  // a sentence for the user, with the file's name
};
std::string_view name(FileError::Problem problem);

}  // namespace mailroom::trace
