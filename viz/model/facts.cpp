// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/facts.hpp"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

#include "viz/model/text_match.hpp"

namespace mailroom::viz {
namespace {

using trace::Kind;
using trace::StoredEvent;
using Json = nlohmann::json;

// A hash of its own, not std::hash: the same on every platform.
std::uint64_t mailbox_key(trace::HostId host, std::string_view mailbox) {
  std::uint64_t key = 0xcbf29ce484222325U ^ static_cast<std::uint64_t>(host.value);
  for (const char c : mailbox) key = (key ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return key;
}

// Ascending, each once. False if it was there.
template <class Value>
bool insert_sorted(std::vector<Value>& values, Value value) {
  const auto at = std::ranges::lower_bound(values, value);
  if (at != values.end() && *at == value) return false;
  values.insert(at, value);
  return true;
}

}  // namespace

Facts::Facts(const trace::RunHeader& header) {
  auto names = std::make_shared<Names>(Names{.hosts = header.hosts, .links = header.links});
  const auto give = [&](const std::string& name, std::size_t index) {
    if (!name.empty())
      names->host_by_name.try_emplace(folded(name), trace::HostId{static_cast<std::int64_t>(index) + 1});
  };
  for (std::size_t i = 0; i < header.hosts.size(); ++i) give(header.hosts[i].name, i);
  for (std::size_t i = 0; i < header.hosts.size(); ++i) {
    give(header.hosts[i].hostname, i);
    give(header.hosts[i].label, i);
  }
  names_ = std::move(names);
}

void Facts::learn(const StoredEvent& event) {
  last_event_ = std::max(last_event_, event.id);
  switch (event.kind) {
    case Kind::message_composed: {
      if (!messages_.holds(event.message)) return;
      Message& message = messages_.edit(event.message);
      message.message_id = event.text;
      message.host = event.host;
      const Json detail = Json::parse(event.detail, nullptr, false);
      if (!detail.is_object()) return;
      if (const auto from = detail.find("from"); from != detail.end() && from->is_string())
        message.from = from->get<std::string>();
      if (const auto about = detail.find("notifies"); about != detail.end()) {
        message.is_notification = true;
        if (about->is_number_integer()) message.notifies = {about->get<std::int64_t>()};
      }
      return;
    }
    case Kind::copy_created: {
      if (copies_.holds(event.copy)) {
        Copy& copy = copies_.edit(event.copy);
        copy.message = event.message;
        copy.recipient = event.recipient;
      }
      if (messages_.holds(event.message) && event.recipient)
        insert_sorted(messages_.edit(event.message).recipients, event.recipient);
      return;
    }
    case Kind::copy_delivered: {
      if (!messages_.holds(event.message)) return;
      const std::uint64_t key = mailbox_key(event.host, event.text);
      if (!insert_sorted(messages_.edit(event.message).mailboxes, key) && copies_.holds(event.copy))
        copies_.edit(event.copy).is_duplicate = true;
      return;
    }
    case Kind::connection_opened: {
      if (!connections_.holds(event.connection)) return;
      Connection& connection = connections_.edit(event.connection);
      connection.from = event.host;
      if (!connection.to) connection.to = host_named(event.text);
      return;
    }
    case Kind::connection_established: {
      if (!connections_.holds(event.connection)) return;
      Connection& connection = connections_.edit(event.connection);
      // Both ends report it; the one that did not ask for it is where it leads.
      if (connection.from && event.host != connection.from) connection.to = event.host;
      return;
    }
    default:
      return;
  }
}

void Facts::add_recipients(const std::vector<std::string>& forward_paths) {
  for (auto i = static_cast<std::size_t>(recipients_.size()); i < forward_paths.size(); ++i)
    recipients_.append(forward_paths[i]);
}

const Facts::Message* Facts::message(trace::MessageId id) const {
  return messages_.find(id);
}

const Facts::Copy* Facts::copy(trace::CopyId id) const {
  return copies_.find(id);
}

const Facts::Connection* Facts::connection(trace::ConnectionId id) const {
  return connections_.find(id);
}

const std::string* Facts::recipient(trace::RecipientId id) const {
  return recipients_.find(id);
}

trace::HostId Facts::host_named(std::string_view name) const {
  const auto found = names_->host_by_name.find(folded(name));
  return found == names_->host_by_name.end() ? trace::HostId{} : found->second;
}

std::expected<bool, trace::FileError> read_facts(trace::RunFileReader& reader, Facts& facts,
                                                 std::int64_t most) {
  trace::EventQuery query;
  query.after = facts.last_event();
  query.kinds.assign(std::begin(kFactKinds), std::end(kFactKinds));
  query.limit = most;
  std::int64_t count = 0;
  const auto read = reader.for_each(query, [&](const StoredEvent& event) {
    facts.learn(event);
    ++count;
    return true;
  });
  if (!read) return std::unexpected(read.error());
  if (count >= most) return true;
  if (count == 0 && facts.recipient_count() > 0) return false;  // nothing new
  auto recipients = reader.recipients();
  if (!recipients) return std::unexpected(recipients.error());
  facts.add_recipients(*recipients);
  return false;
}

}  // namespace mailroom::viz
