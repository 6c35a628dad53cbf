// SPDX-License-Identifier: GPL-2.0-only
// `export pcap`: the classic capture format with nanoseconds, LINKTYPE_RAW, time of day from the run's epoch.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>
#include <queue>
#include <tuple>
#include <unordered_map>

#include "sim/main/cli.hpp"
#include "sim/main/cli_file.hpp"
#include "sim/main/cli_words.hpp"
#include "sim/main/export.hpp"
#include "sim/main/inspect_run.hpp"

namespace mailroom::cli {
namespace {

using trace::EventId;
using trace::Kind;
using trace::StoredEvent;

constexpr std::uint32_t kMagicNanoseconds = 0xa1b23c4d;
constexpr std::uint32_t kSnapLength = 262'144;
constexpr std::uint32_t kLinktypeRaw = 101;  // begins with the IP header
constexpr std::int64_t kSecond = 1'000'000'000;

void put16(std::string& out, std::uint16_t value) {
  out += static_cast<char>(value & 0xff);
  out += static_cast<char>(value >> 8);
}
void put32(std::string& out, std::uint32_t value) {
  put16(out, static_cast<std::uint16_t>(value & 0xffff));
  put16(out, static_cast<std::uint16_t>(value >> 16));
}

class PcapFile {
 public:
  PcapFile(OutputFile& file, std::int64_t epoch_unix_s) : file_(file), epoch_unix_s_(epoch_unix_s) {
    std::string header;
    put32(header, kMagicNanoseconds);
    put16(header, 2);  // version 2.4
    put16(header, 4);
    put32(header, 0);  // time zone and accuracy: always 0
    put32(header, 0);
    put32(header, kSnapLength);
    put32(header, kLinktypeRaw);
    file_.write(header);
  }

  void write(std::int64_t time_ns, std::string_view octets) {
    const auto length = static_cast<std::uint32_t>(octets.size());
    std::string record;
    put32(record, static_cast<std::uint32_t>(epoch_unix_s_ + time_ns / kSecond));
    put32(record, static_cast<std::uint32_t>(time_ns % kSecond));
    put32(record, std::min(length, kSnapLength));
    put32(record, length);
    record += octets.substr(0, kSnapLength);
    file_.write(record);
    ++frames_;
  }

  std::int64_t frames() const { return frames_; }

 private:
  OutputFile& file_;
  std::int64_t epoch_unix_s_;
  std::int64_t frames_ = 0;
};

// RFC 791 §3.1: the source address of an IPv4 datagram; empty if it is none.
std::string source_address(std::string_view octets) {
  if (octets.size() < 20 || (static_cast<unsigned char>(octets[0]) >> 4) != 4) return {};
  const auto octet = [&](std::size_t i) {
    return static_cast<unsigned>(static_cast<unsigned char>(octets[i]));
  };
  return fmt::format("{}.{}.{}.{}", octet(12), octet(13), octet(14), octet(15));
}

// Who sent the frame onto its link: the event's host, else the end of the link that its direction says.
trace::HostId sender_of(Run& run, const StoredEvent& sent) {
  if (sent.host) return sent.host;
  const trace::LinkRow* link = run.reader().link(sent.link);
  if (link == nullptr) return {};
  return sent.value.value_or(0) == 0 ? link->from : link->to;
}

bool is_at_origin(Run& run, const StoredEvent& sent, std::string_view octets) {
  const trace::HostRow* host = run.reader().host(sender_of(run, sent));
  if (host == nullptr) return false;
  if (host->address.empty()) return host->role == trace::HostRow::Role::host;
  return host->address == source_address(octets);
}

// What one host sees: its own frames as they leave, those of others as they arrive. They come by time of
// sending and go out by time of being seen, so an arrival waits until no frame can come before it.
class SeenAtHost {
 public:
  SeenAtHost(Run& run, trace::HostId host, PcapFile& pcap) : run_(run), host_(host), pcap_(pcap) {
    trace::EventQuery query;
    query.kinds = {Kind::frame_received};
    query.host = host;
    must(run.reader().for_each(query, [&](const StoredEvent& e) {
      arrivals_[e.cause] = e.time_ns;  // its cause is the frame.sent at the other end
      return true;
    }));
  }

  void frame(const StoredEvent& sent, std::string_view octets) {
    flush(sent.time_ns);
    if (sender_of(run_, sent) == host_) waiting_.push({sent.time_ns, order_++, std::string(octets)});
    if (const auto arrival = arrivals_.find(sent.id); arrival != arrivals_.end())
      waiting_.push({arrival->second, order_++, std::string(octets)});
  }

  void flush(std::int64_t before_ns) {
    for (; !waiting_.empty() && waiting_.top().time_ns < before_ns; waiting_.pop())
      pcap_.write(waiting_.top().time_ns, waiting_.top().octets);
  }

 private:
  struct Seen {
    std::int64_t time_ns;
    std::int64_t order;
    std::string octets;
    bool operator<(const Seen& other) const {  // the earliest is on top
      return std::tie(time_ns, order) > std::tie(other.time_ns, other.order);
    }
  };
  Run& run_;
  trace::HostId host_;
  PcapFile& pcap_;
  std::unordered_map<EventId, std::int64_t> arrivals_;
  std::priority_queue<Seen> waiting_;
  std::int64_t order_ = 0;
};

trace::LinkId link_named(Run& run, const std::string& name) {
  const auto& links = run.header().links;
  for (std::size_t i = 0; i < links.size(); ++i)
    if (links[i].name == name) return {static_cast<std::int64_t>(i) + 1};
  return {};
}

}  // namespace

int export_pcap(Run& run, const ExportOptions& options, Terminal& terminal) {
  if (!run.records(trace::Level::packets))
    return complain(
        terminal, kUsage,
        fmt::format("there are no packets in this file: {}", record_again(run, trace::Level::packets)));
  const trace::LinkId link = link_named(run, options.link);
  if (!options.link.empty() && !link) return complain(terminal, kUsage, no_such_link(run, options.link));
  const trace::HostId host = run.reader().host_named(options.host);
  if (!options.host.empty() && !host) return complain(terminal, kUsage, no_such_host(run, options.host));

  OutputFile file(options.out);
  PcapFile pcap(file, run.header().epoch_unix_s);
  std::optional<SeenAtHost> seen;
  if (host) seen.emplace(run, host, pcap);
  must(run.reader().for_each_frame([&](const StoredEvent& sent, std::string_view octets) {
    if (seen)
      seen->frame(sent, octets);
    else if (link ? sent.link == link : is_at_origin(run, sent, octets))
      pcap.write(sent.time_ns, octets);
    return true;
  }));
  if (seen) seen->flush(std::numeric_limits<std::int64_t>::max());
  return finish_export(file, options, counted(pcap.frames(), "frame"), terminal);
}

}  // namespace mailroom::cli
