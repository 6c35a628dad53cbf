// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/canvas_words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "topologies/units.hpp"

namespace mailroom::viz {

namespace {

constexpr std::size_t kMostDomains = 4;

const trace::HostRow* row_of(const trace::RunHeader& header, trace::HostId id) {
  if (id.value < 1 || id.value > static_cast<std::int64_t>(header.hosts.size())) return nullptr;
  return &header.hosts[static_cast<std::size_t>(id.value - 1)];
}

std::string domains(const NodeFacts& facts) {
  std::string list;
  for (std::size_t i = 0; i < facts.domains.size() && i < kMostDomains; ++i) {
    if (i > 0) list += ", ";
    list += facts.domains[i];
  }
  if (facts.domains.size() > kMostDomains) {
    list += fmt::format(" and {} more", facts.domains.size() - kMostDomains);
  }
  return list;
}

std::string plural(std::int64_t count, std::string_view noun, std::string_view ending = "s") {
  return fmt::format("{} {}{}", count, noun, count == 1 ? "" : ending);
}

std::string_view stage_words(Motion::Stage stage) {
  switch (stage) {
    case Motion::Stage::waiting:
      return "has not left yet";
    case Motion::Stage::leaving:
      return "its octets are still leaving";
    case Motion::Stage::crossing:
      return "all of it is on the wire";
    case Motion::Stage::entering:
      return "its octets are coming in";
    case Motion::Stage::arrived:
      return "has come in";
    case Motion::Stage::lost:
      return "lost here";
  }
  return "";
}

std::string lane_words(const trace::RunHeader& header, const LaneTraffic& traffic) {
  return fmt::format("To {}: {} on the way, load {}",
                     name_of(header, traffic.lane.nodes[static_cast<std::size_t>(traffic.lane.count - 1)]),
                     plural(traffic.count, "message"), percent(traffic.load));
}

std::int64_t sum(const std::array<std::int64_t, 2>& both) {
  return both[0] + both[1];
}

}  // namespace

std::string label_of(const trace::HostRow& row) {
  return row.label.empty() ? row.name : row.label;
}

std::string name_of(const trace::RunHeader& header, trace::HostId id) {
  const trace::HostRow* row = row_of(header, id);
  if (row == nullptr) return fmt::format("host {}", id.value);
  if (row->label.empty() || row->label == row->name) return row->name;
  return fmt::format("{} ({})", row->name, row->label);
}

Words words_of_host(const trace::HostRow& row, const NodeFacts& facts, const NodeLoad& load) {
  Words words;
  words.push_back(
      fmt::format("{}: {}{}{}", label_of(row), name(facts.role),
                  facts.serves_names && facts.role != NodeRole::name_server ? ", name server" : "",
                  load.is_crashed ? ", out of operation" : ""));
  if (!facts.domains.empty()) words.push_back(fmt::format("Takes mail for {}", domains(facts)));
  if (!facts.submits_to.empty()) words.push_back(fmt::format("Submits its mail to {}", facts.submits_to));
  if (facts.role == NodeRole::router || facts.role == NodeRole::lan) return words;
  if (load.in_hand == 0) {
    words.push_back("Queue: empty");
  } else {
    words.push_back(
        fmt::format("Queue: {} ({} active, {} deferred, {} held)",
                    load.in_hand == 1 ? std::string("1 copy") : fmt::format("{} copies", load.in_hand),
                    load.active, load.deferred, load.held));
  }
  if (load.mailboxes > 0) {
    words.push_back(fmt::format("Mailboxes: {} with {}", load.mailboxes, plural(load.mails, "message")));
  }
  if (load.disk_share >= 0) {
    words.push_back(
        fmt::format("Disk: {} of {} used", percent(load.disk_share), topology::format_size(row.disk_bytes)));
  }
  return words;
}

Words words_of_link(const trace::RunHeader& header, trace::LinkId id, const trace::LinkState* state,
                    const LaneTraffic* forth, const LaneTraffic* back) {
  if (id.value < 1 || id.value > static_cast<std::int64_t>(header.links.size())) return {};
  const trace::LinkRow& link = header.links[static_cast<std::size_t>(id.value - 1)];
  Words words;
  words.push_back(fmt::format("Link {}", link.name));
  std::string line = fmt::format("{}, {} delay", topology::format_rate(link.rate_bps),
                                 topology::format_duration(std::max<std::int64_t>(link.delay_ns, 0)));
  if (link.loss_per_billion > 0) {
    line += fmt::format(", loses {} of its frames", topology::format_per_billion(link.loss_per_billion));
  }
  words.push_back(line);
  if (forth != nullptr) words.push_back(lane_words(header, *forth));
  if (back != nullptr) words.push_back(lane_words(header, *back));
  if (state != nullptr && sum(state->sent) > 0) {
    words.push_back(fmt::format("Frames: {} sent, {} lost", sum(state->sent), sum(state->dropped)));
  }
  return words;
}

Words words_of_envelope(const trace::RunHeader& header, const trace::World& world,
                        const trace::Flight& flight, const Lane& lane, const Motion& motion,
                        std::int64_t time_ns, std::uint32_t others) {
  Words words;
  const trace::Message* message = world.messages.find(flight.message);
  const bool is_notification = message != nullptr && message->notifies;
  words.push_back(fmt::format("{} {}{}", is_notification ? "Notification" : "Message", flight.message.value,
                              others > 0 ? fmt::format(" and {} more here", others) : ""));
  if (is_notification) {
    words.push_back(fmt::format("Tells of the failure of message {}", message->notifies.value));
  }
  if (message != nullptr && message->composed) {
    words.push_back(fmt::format("From {}, {} octets", name_of(header, message->host), message->size_bytes));
  }
  const auto last = static_cast<std::size_t>(std::max(lane.count - 1, 0));
  words.push_back(fmt::format("On its way from {} to {}", name_of(header, lane.nodes[0]),
                              name_of(header, lane.nodes[last])));
  words.push_back(fmt::format("{} after {}: {}", percent(motion.at),
                              short_time(time_ns - flight.first_bit_out_ns), stage_words(motion.stage)));
  if (flight.drops > 0) {
    words.push_back(fmt::format("{} of it {} lost on this link{}", plural(flight.drops, "frame"),
                                flight.drops == 1 ? "is" : "are",
                                flight.last_bit_in_ns < 0 ? "" : " and sent again"));
  }
  return words;
}

std::string words_of_moment(const trace::RunHeader& header, const Moment& moment) {
  std::string words = fmt::format("{}: {}", name_of(header, moment.host), name(moment.what));
  if (moment.message) words += fmt::format(", message {}", moment.message.value);
  if (moment.code > 0) words += fmt::format(", {}", moment.code);
  if (!moment.text.empty()) words += fmt::format(" ({})", moment.text);
  return words;
}

std::string words_of_fault(const FaultSign& sign) {
  if (sign.until_ns < 0) return fmt::format("Fault: {}", sign.what);
  return fmt::format("Fault: {}, until {}", sign.what, short_time(sign.until_ns));
}

std::string percent(double share) {
  if (!(share > 0)) return "0 %";
  if (share < 0.001) return "< 0.1 %";
  if (share < 0.1) return fmt::format("{:.1f} %", share * 100);
  return fmt::format("{:.0f} %", share * 100);
}

std::string short_time(std::int64_t time_ns) {
  const bool is_negative = time_ns < 0;
  const double seconds = std::abs(static_cast<double>(time_ns)) / 1e9;
  std::string text;
  if (seconds < 1e-6) {
    text = fmt::format("{:.0f} ns", seconds * 1e9);
  } else if (seconds < 1e-3) {
    text = fmt::format("{:.3g} us", seconds * 1e6);
  } else if (seconds < 0.9995) {
    text = fmt::format("{:.3g} ms", seconds * 1e3);
  } else if (seconds < 60) {
    text = fmt::format("{:.3g} s", seconds);
  } else if (seconds < 3600) {
    const auto whole = static_cast<std::int64_t>(seconds);
    text = whole % 60 == 0 ? fmt::format("{} min", whole / 60)
                           : fmt::format("{} min {} s", whole / 60, whole % 60);
  } else {
    const auto minutes = static_cast<std::int64_t>(seconds / 60);
    text = minutes % 60 == 0 ? fmt::format("{} h", minutes / 60)
                             : fmt::format("{} h {} min", minutes / 60, minutes % 60);
  }
  return (is_negative ? "-" : "") + text;
}

std::string short_rate(std::int64_t rate_bps) {
  const auto rate = static_cast<double>(rate_bps);
  if (rate < 999.5) return fmt::format("{} bps", rate_bps);
  if (rate < 999.5e3) return fmt::format("{:.3g} kbps", rate / 1e3);
  if (rate < 999.5e6) return fmt::format("{:.3g} Mbps", rate / 1e6);
  return fmt::format("{:.3g} Gbps", rate / 1e9);
}

std::string short_count(std::int64_t count) {
  if (count < 10'000) return fmt::format("{}", count);
  if (count < 1'000'000) return fmt::format("{}k", count / 1000);
  return fmt::format("{:.1f}M", static_cast<double>(count) / 1e6);
}

}  // namespace mailroom::viz
