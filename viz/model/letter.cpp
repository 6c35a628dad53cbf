// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/letter.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "protocols/dsn/content_type.hpp"
#include "protocols/message/date.hpp"
#include "protocols/message/header.hpp"
#include "protocols/message/received.hpp"
#include "sim/story/printable.hpp"
#include "sim/story/story.hpp"
#include "sim/story/words.hpp"

namespace mailroom::viz {
namespace {

using trace::Copy;
using trace::CopyId;
using trace::World;

constexpr int kMostDepth = 6;
constexpr std::size_t kMostParts = 60;
constexpr std::size_t kMostPaths = 200;
constexpr int kMostHops = 1000;
constexpr std::int64_t kLastSecond = 253'402'300'799;  // of the year 9999

template <class T>
using Read = std::expected<T, trace::FileError>;

// Whose trace is shown: the one that was asked for if it was delivered, else the first that is in a mailbox.
CopyId delivered_of(const World& world, const trace::Message& message, CopyId asked) {
  const auto is_delivered = [&](CopyId id) {
    const Copy* copy = world.copies.find(id);
    return copy != nullptr && copy->end == trace::CopyEnd::delivered;
  };
  if (asked) return is_delivered(asked) ? asked : CopyId{};
  for (const CopyId id : message.copies)
    if (is_delivered(id)) return id;
  return {};
}

const trace::MailboxMessage* stored(const World& world, CopyId id) {
  const Copy* copy = world.copies.find(id);
  if (copy == nullptr) return nullptr;
  const trace::HostState& host = world.host(copy->host);
  const auto mailbox = host.mailboxes.find(copy->mailbox);
  if (mailbox == host.mailboxes.end()) return nullptr;
  const trace::MailboxMessage* found = nullptr;
  mailbox->second.messages.for_each([&](trace::MailNumber, const trace::MailboxMessage& mail) {
    if (mail.copy == id && mail.appended) found = &mail;
  });
  return found;
}

trace::HostId host_called(const trace::RunHeader& header, std::string_view name) {
  for (std::size_t i = 0; i < header.hosts.size(); ++i) {
    const trace::HostRow& row = header.hosts[i];
    if ((!row.hostname.empty() && message::equal_ignoring_case(row.hostname, name)) ||
        message::equal_ignoring_case(row.name, name))
      return {static_cast<std::int64_t>(i) + 1};
  }
  return {};
}

TraceStep step_of(const message::Field& field, const trace::RunHeader& header) {
  TraceStep step;
  step.raw = story::printable_beginning(field.unfolded());
  const auto received = message::parse_received(field.value());
  if (!received) {
    step.problem = fmt::format("cannot be read: at octet {} not {}", received.error().offset, received.error().expected);
    return step;
  }
  step.from = story::printable_beginning(received->from);
  if (!received->from_tcp_info.empty())
    step.from += fmt::format("{}({})", step.from.empty() ? "" : " ", story::printable_beginning(received->from_tcp_info));
  step.by = story::printable_beginning(received->by);
  step.with = story::printable_beginning(received->with);
  step.id = story::printable_beginning(received->id);
  step.for_path = story::printable_beginning(received->for_path);
  // What is written has four digits for the year.
  if (received->date.unix_s >= 0 && received->date.unix_s <= kLastSecond)
    step.date = message::format_date_time(received->date.unix_s);
  step.host = host_called(header, received->by);
  return step;
}

void add_parts(std::string_view octets, int depth, std::vector<LetterPart>& parts) {
  if (parts.size() >= kMostParts || depth > kMostDepth) return;
  const message::Header header(octets);
  const dsn::ContentType type = dsn::content_type_of(header);
  parts.push_back({depth, story::printable_beginning(type.type), std::ssize(header.body())});
  const std::string* boundary = type.parameter("boundary");
  if (!type.type.starts_with("multipart/") || boundary == nullptr || boundary->empty()) return;
  for (const std::string_view part : dsn::parts_of(header.body(), *boundary)) add_parts(part, depth + 1, parts);
}

void read_header(Letter& letter, const trace::RunHeader& run) {
  const message::Header header(letter.octets);
  letter.header_bytes = std::ssize(header.fields_octets());
  letter.body_bytes = std::ssize(header.body());
  for (const message::Field& field : header.fields()) {
    if (field.is("Received")) {
      if (letter.trace.size() < kMostFields) letter.trace.push_back(step_of(field, run));
    } else if (field.is("Return-Path")) {
      letter.return_path = story::printable_beginning(field.unfolded());
    } else if (letter.fields.size() < kMostFields) {
      letter.fields.push_back({story::printable_beginning(field.name()), story::printable_beginning(field.unfolded())});
    }
  }
  // Each host writes its line in front of those before it.
  std::ranges::reverse(letter.trace);
  add_parts(letter.octets, 0, letter.parts);
}

}  // namespace

std::vector<trace::HostId> way_of(const World& world, CopyId id) {
  std::vector<trace::HostId> way;
  for (int i = 0; i < kMostHops && id; ++i) {
    const Copy* copy = world.copies.find(id);
    if (copy == nullptr || !copy->created) break;
    if (way.empty() || way.back() != copy->host) way.push_back(copy->host);
    id = copy->parent < id ? copy->parent : CopyId{};
  }
  std::ranges::reverse(way);
  return way;
}

Read<Letter> letter_of(trace::RunFileReader& reader, const World& world, trace::MessageId id, CopyId asked) {
  Letter letter;
  const trace::Message* message = world.messages.find(id);
  if (message == nullptr) return letter;
  if (const auto composed = message->composed ? reader.event(message->composed) : std::nullopt; !composed) {
    return std::unexpected(composed.error());
  } else if (*composed) {
    const auto from = story::detail_texts((*composed)->detail, "from");
    letter.has_envelope = !from.empty();
    if (!from.empty()) letter.reverse_path = story::printable_beginning(from.front());
    for (const std::string& path : story::detail_texts((*composed)->detail, "to")) {
      if (letter.forward_paths.size() >= kMostPaths) break;
      letter.forward_paths.push_back(story::printable_beginning(path));
    }
  }
  letter.shown = delivered_of(world, *message, asked);
  const trace::MailboxMessage* mail = letter.shown ? stored(world, letter.shown) : nullptr;
  if (mail == nullptr) letter.shown = {};
  if (mail != nullptr) {
    auto octets = story::octets_of(reader, *mail);
    if (!octets) return std::unexpected(std::move(octets.error()));
    letter.octets = std::move(*octets);
  } else if (message->content) {
    auto content = reader.content(message->content);
    if (!content) return std::unexpected(std::move(content.error()));
    if (*content) letter.octets = std::move(**content);
  }
  const CopyId of_way = asked ? asked : letter.shown ? letter.shown
                                : message->copies.empty() ? CopyId{}
                                                          : message->copies.back();
  letter.way = way_of(world, of_way);
  if (!letter.octets.empty()) read_header(letter, reader.header());
  return letter;
}

}  // namespace mailroom::viz
