// SPDX-License-Identifier: GPL-2.0-only
#include "viz/export/replay_data.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <unordered_map>

#include "sim/story/words.hpp"
#include "sim/trace/world.hpp"
#include "viz/draw/pen.hpp"
#include "viz/draw/theme.hpp"

namespace mailroom::viz {
namespace {

using Json = nlohmann::ordered_json;
using trace::Kind;
using trace::StoredEvent;

// Slots of a host, as in replay.js.
enum Slot : std::size_t { kQueue, kOpen, kMail, kDown, kFaults, kPerHost };
constexpr std::size_t kMostMarks = 2'000;

// All that the page shows of a moment, as numbers in a row.
class Slots {
 public:
  explicit Slots(const trace::RunHeader& header)
      : hosts_(header.hosts.size()), values_(hosts_ * kPerHost + header.links.size() + 3), links_(header.links.size()) {}

  // What is different after `event` from what it was, as [slot, before, after, …].
  Json take(trace::World& world, const StoredEvent& event) {
    const trace::HostId owner = owner_of(world, event);
    world.apply(event);
    Json changes = Json::array();
    for (const trace::HostId host : {event.host, owner})
      if (holds(host)) look_at(world, host, changes);
    if (event.kind == Kind::fault_began || event.kind == Kind::fault_ended) look_at_faults(world, changes);
    set(hosts_ * kPerHost + links_ + 0, ends(world, trace::CopyEnd::delivered), changes);
    set(hosts_ * kPerHost + links_ + 1, ends(world, trace::CopyEnd::bounced), changes);
    set(hosts_ * kPerHost + links_ + 2, ends(world, trace::CopyEnd::none), changes);
    return changes;
  }
  const std::vector<std::int64_t>& values() const { return values_; }

 private:
  static trace::HostId owner_of(const trace::World& world, const StoredEvent& event) {
    const trace::Copy* copy = world.copies.find(event.copy);
    return copy != nullptr ? copy->host : trace::HostId{};
  }
  static std::int64_t ends(const trace::World& world, trace::CopyEnd end) {
    return world.copies_by_end[static_cast<std::size_t>(end)];
  }
  bool holds(trace::HostId host) const {
    return host.value >= 1 && static_cast<std::size_t>(host.value) <= hosts_;
  }
  void set(std::size_t slot, std::int64_t value, Json& changes) {
    if (values_[slot] == value) return;
    changes.insert(changes.end(), {slot, values_[slot], value});
    values_[slot] = value;
  }
  void look_at(const trace::World& world, trace::HostId id, Json& changes) {
    const trace::HostState& host = world.host(id);
    const std::size_t first = static_cast<std::size_t>(id.value - 1) * kPerHost;
    std::int64_t mail = 0;
    for (const auto& [name, mailbox] : host.mailboxes) mail += mailbox.messages.size();
    set(first + kQueue, std::ssize(host.queue), changes);
    set(first + kOpen, host.open, changes);
    set(first + kMail, mail, changes);
    set(first + kDown, host.crashed ? 1 : 0, changes);
  }
  void look_at_faults(const trace::World& world, Json& changes) {
    std::vector<std::int64_t> of_hosts(hosts_);
    std::vector<std::int64_t> of_links(links_);
    world.faults.for_each([&](trace::FaultId, const trace::FaultState& fault) {
      if (!fault.in_force()) return;
      if (holds(fault.host)) ++of_hosts[static_cast<std::size_t>(fault.host.value - 1)];
      const auto link = static_cast<std::size_t>(fault.link.value);
      if (link >= 1 && link <= links_) ++of_links[link - 1];
    });
    for (std::size_t i = 0; i < hosts_; ++i) set(i * kPerHost + kFaults, of_hosts[i], changes);
    for (std::size_t i = 0; i < links_; ++i) set(hosts_ * kPerHost + i, of_links[i], changes);
  }

  std::size_t hosts_;
  std::vector<std::int64_t> values_;
  std::size_t links_;
};

// Where hosts are drawn: as the run file says, those without a place on a circle.
Json hosts_of(const trace::RunHeader& header) {
  Json hosts = Json::array();
  for (std::size_t i = 0; i < header.hosts.size(); ++i) {
    const trace::HostRow& row = header.hosts[i];
    const double turn = 6.283185307179586 * static_cast<double>(i) / static_cast<double>(header.hosts.size());
    const auto place = [](const std::optional<double>& value, double otherwise) {
      return std::round((value && std::isfinite(*value) ? *value : otherwise) * 1e4) / 1e4;
    };
    hosts.push_back({{"name", printable(row.name)},
                     {"label", printable(row.label)},
                     {"role", trace::name(row.role)},
                     {"address", printable(row.address)},
                     {"x", place(row.x, 0.5 + 0.4 * std::cos(turn))},
                     {"y", place(row.y, 0.5 + 0.4 * std::sin(turn))}});
  }
  return hosts;
}

// What stands on the ladder's line: the octets of a dialogue as they are, else the sentence.
std::string line_of(const StoredEvent& event, const std::string& sentence) {
  switch (event.kind) {
    case Kind::command_sent:
    case Kind::command_received:
      return printable(event.text);
    case Kind::reply_sent:
    case Kind::reply_received:
      return printable(fmt::format("{} {}", event.code, std::string_view(event.text).substr(0, event.text.find('\n'))));
    default:
      return sentence;
  }
}

// The mark on the timeline that an event makes: its sign and the name of its colour in style.css.
std::optional<std::pair<const char*, const char*>> mark_of(Kind kind) {
  switch (kind) {
    case Kind::copy_delivered: return std::pair("o", "positive");
    case Kind::copy_deferred: return std::pair("~", "transient");
    case Kind::copy_bounced: return std::pair("x", "permanent");
    case Kind::copy_destroyed:
    case Kind::copy_discarded: return std::pair("x", "permanent");
    case Kind::fault_began:
    case Kind::host_crashed: return std::pair("F", "fault");
    default: return std::nullopt;
  }
}

class Maker {
 public:
  Maker(trace::RunFileReader& reader, const HtmlOptions& options)
      : reader_(reader), options_(options), names_(reader), slots_(reader.header()) {}

  std::expected<Json, trace::FileError> make();

 private:
  std::expected<void, trace::FileError> choose();
  std::expected<void, trace::FileError> read_events();
  std::expected<void, trace::FileError> read_flights();
  std::expected<void, trace::FileError> read_messages();
  void take(const StoredEvent& event);
  trace::HostId peer_of(const StoredEvent& event) const;
  std::string note() const;

  trace::RunFileReader& reader_;
  HtmlOptions options_;
  story::Names names_;
  trace::World world_;
  Slots slots_;
  Json data_;
  std::int64_t end_ns_ = 0;      // of what is in the page
  std::int64_t in_range_ = 0;    // events that could be in it
  std::int64_t left_out_ = 0;
  trace::Level level_ = trace::Level::packets;  // events above it are left out
  bool is_cut_ = false;
  std::vector<std::pair<trace::MessageId, StoredEvent>> composed_;
};

// Frames first, then the dialogue are left out of a run that is too long; then its end.
std::expected<void, trace::FileError> Maker::choose() {
  const auto last_ns = reader_.last_time_ns();
  if (!last_ns) return std::unexpected(last_ns.error());
  end_ns_ = std::max<std::int64_t>(std::min(options_.until_ns.value_or(*last_ns), *last_ns), 0);
  options_.from_ns = std::clamp<std::int64_t>(options_.from_ns, 0, end_ns_);
  std::array<std::int64_t, 4> counts{};
  std::vector<std::int64_t> times_of_mail;  // of the first that fit
  const auto read = reader_.for_each({.from_ns = options_.from_ns, .until_ns = end_ns_}, [&](const StoredEvent& event) {
    const trace::Level level = info(event.kind).level;
    for (auto i = static_cast<std::size_t>(level); i < counts.size(); ++i) ++counts[i];
    if (level <= trace::Level::mail && std::ssize(times_of_mail) <= options_.max_events)
      times_of_mail.push_back(event.time_ns);
    return true;
  });
  if (!read) return read;
  in_range_ = counts.back();
  for (const trace::Level level : {trace::Level::packets, trace::Level::full, trace::Level::mail}) {
    level_ = level;
    if (counts[static_cast<std::size_t>(level)] <= options_.max_events) return {};
  }
  is_cut_ = true;
  // Whole moments only, so that the last one is as it was.
  end_ns_ = std::max(times_of_mail[static_cast<std::size_t>(options_.max_events)] - 1, options_.from_ns);
  return {};
}

trace::HostId Maker::peer_of(const StoredEvent& event) const {
  if (const trace::SessionState* session = world_.sessions.find(event.session)) {
    if (session->sender.host == event.host) return session->receiver.host;
    if (session->receiver.host == event.host) return session->sender.host;
  }
  if (const trace::ConnectionState* connection = world_.connections.find(event.connection)) {
    if (connection->from == event.host) return connection->to;
    if (connection->to == event.host) return connection->from;
  }
  return {};
}

void Maker::take(const StoredEvent& event) {
  Json changes = slots_.take(world_, event);
  if (event.kind == Kind::message_composed) composed_.emplace_back(event.message, event);
  if (event.time_ns < options_.from_ns) {
    data_["start"]["event"] = event.id.value;
    return;
  }
  // What is not shown can still change what is.
  if (info(event.kind).level > level_) {
    ++left_out_;
    if (changes.empty()) return;
  }
  const std::string sentence = printable(story::sentence(names_, event));
  std::string line = line_of(event, sentence);
  const bool is_sent = event.kind == Kind::command_sent || event.kind == Kind::reply_sent ||
                       event.kind == Kind::content_sent || event.kind == Kind::connection_opened;
  // An arrow is drawn once, where it begins; its arrival is a dot.
  const trace::HostId peer = is_sent ? peer_of(event) : trace::HostId{};
  data_["events"].push_back({event.id.value, event.time_ns, static_cast<int>(event.kind), event.host.value, peer.value,
                             event.session.value, event.message.value, event.code, event.cause.value, sentence, line,
                             std::move(changes)});
  const auto mark = mark_of(event.kind);
  if (mark && data_["marks"].size() < kMostMarks) data_["marks"].push_back({event.time_ns, mark->first, mark->second});
}

std::expected<void, trace::FileError> Maker::read_events() {
  data_["start"] = {{"time_ns", options_.from_ns}, {"event", 0}, {"slots", slots_.values()}};
  data_["events"] = Json::array();
  data_["marks"] = Json::array();
  // A piece at a time, because sentences read more about each event.
  trace::EventQuery query = {.until_ns = end_ns_, .limit = 1000};
  bool has_begun = false;
  while (true) {
    const auto events = reader_.events(query);
    if (!events) return std::unexpected(events.error());
    for (const StoredEvent& event : *events) {
      if (!has_begun && event.time_ns >= options_.from_ns) {
        data_["start"]["slots"] = slots_.values();
        has_begun = true;
      }
      take(event);
    }
    if (std::ssize(*events) < query.limit) break;
    query.after = events->back().id;
  }
  if (!has_begun) data_["start"]["slots"] = slots_.values();
  if (names_.failure()) return std::unexpected(*names_.failure());
  const auto notes = reader_.notes();
  if (!notes) return std::unexpected(notes.error());
  for (const trace::Note& note : *notes)
    if (note.time_ns && *note.time_ns >= options_.from_ns && *note.time_ns <= end_ns_)
      data_["marks"].push_back({*note.time_ns, "#", "mark"});
  std::stable_sort(data_["marks"].begin(), data_["marks"].end(),
                   [](const Json& a, const Json& b) { return a[0].get<std::int64_t>() < b[0].get<std::int64_t>(); });
  return {};
}

std::expected<void, trace::FileError> Maker::read_flights() {
  Json flights = Json::array();
  const auto read = reader_.for_each_flight([&](const trace::Flight& flight) {
    const bool is_lost = flight.last_bit_in_ns < 0;
    const trace::LinkRow* link = reader_.link(flight.link);
    const std::int64_t until_ns =
        is_lost ? flight.first_bit_out_ns + (link != nullptr ? link->delay_ns : 0) : flight.last_bit_in_ns;
    if (until_ns < options_.from_ns || flight.first_bit_out_ns > end_ns_) return true;
    flights.push_back({flight.message.value, flight.link.value, flight.from.value, flight.to.value,
                       flight.first_bit_out_ns, until_ns, is_lost ? 1 : 0});
    return std::ssize(flights) < options_.max_events;
  });
  if (!read) return read;
  data_["flights"] = std::move(flights);
  return {};
}

std::expected<void, trace::FileError> Maker::read_messages() {
  const auto recipients = reader_.recipients();
  if (!recipients) return std::unexpected(recipients.error());
  std::unordered_map<trace::MessageId, Json> to;
  world_.copies.for_each([&](trace::CopyId, const trace::Copy& copy) {
    if (!copy.created || copy.parent) return;
    const auto index = static_cast<std::size_t>(copy.recipient.value);
    Json& list = to[copy.message];
    if (index >= 1 && index <= recipients->size() && list.size() < 200)
      list.push_back(printable((*recipients)[index - 1]));
  });
  Json messages = Json::object();
  std::int64_t room = options_.max_octets_of_texts;
  for (const auto& [id, event] : composed_) {
    const Json detail = Json::parse(event.detail, nullptr, false);
    const bool has_from = detail.is_object() && detail.contains("from") && detail["from"].is_string();
    Json message = {{"from", has_from ? printable(detail["from"].get<std::string>()) : std::string()},
                    {"to", to.contains(id) ? to[id] : Json::array()},
                    {"time_ns", event.time_ns},
                    {"host", event.host.value},
                    {"size", event.size.value_or(0)},
                    {"message_id", printable(event.text)}};
    const std::int64_t most = std::min(room, options_.max_octets_of_a_text);
    if (most > 0 && event.content) {
      const auto content = reader_.content(event.content);
      if (!content) return std::unexpected(content.error());
      if (*content) {
        const std::string_view shown = std::string_view(**content).substr(0, static_cast<std::size_t>(most));
        room -= std::ssize(shown);
        std::string lines;
        for (std::size_t at = 0; at <= shown.size();) {
          const std::size_t end = std::min(shown.find('\n', at), shown.size());
          std::string_view line = shown.substr(at, end - at);
          if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
          lines += printable(line);
          if (end < shown.size()) lines += '\n';
          at = end + 1;
        }
        message["text"] = lines;
        if (shown.size() < (*content)->size()) message["cut"] = (*content)->size() - shown.size();
      }
    }
    messages[std::to_string(id.value)] = std::move(message);
  }
  data_["messages"] = std::move(messages);
  return {};
}

std::string Maker::note() const {
  std::string text;
  if (level_ == trace::Level::full && left_out_ > 0) text = "Frames and TCP segments are left out of this page.";
  if (level_ == trace::Level::mail && left_out_ > 0)
    text = "The dialogues are left out of this page, because the run is long.";
  if (is_cut_)
    text += fmt::format("{}It ends at {:.3f} s, after the first {} events of {}. For another part, export again with "
                        "--from and --to.",
                        text.empty() ? "" : " ", static_cast<double>(end_ns_) / 1e9, data_["events"].size(), in_range_);
  return text;
}

std::expected<Json, trace::FileError> Maker::make() {
  const trace::RunHeader& header = reader_.header();
  if (const auto done = choose(); !done) return std::unexpected(done.error());
  data_["title"] = printable(header.scenario_name);
  data_["about"] = fmt::format("seed {}, recorded at '{}'", header.seed, trace::name(header.level));
  data_["note"] = "";
  data_["end_ns"] = end_ns_;
  data_["hosts"] = hosts_of(header);
  data_["links"] = Json::array();
  for (const trace::LinkRow& link : header.links)
    data_["links"].push_back({{"name", printable(link.name)}, {"from", link.from.value}, {"to", link.to.value}});
  data_["kinds"] = Json::array();
  for (const trace::KindInfo& kind : trace::kKinds) data_["kinds"].push_back(kind.name);
  data_["categories"] = {{"positive", name(Category::positive)},
                         {"intermediate", name(Category::intermediate)},
                         {"transient", name(Category::transient)},
                         {"permanent", name(Category::permanent)}};
  for (const auto step : {&Maker::read_events, &Maker::read_flights, &Maker::read_messages})
    if (const auto done = (this->*step)(); !done) return std::unexpected(done.error());
  data_["note"] = note();
  return std::move(data_);
}

}  // namespace

std::expected<Json, trace::FileError> replay_data(trace::RunFileReader& reader, const HtmlOptions& options) {
  return Maker(reader, options).make();
}

}  // namespace mailroom::viz
