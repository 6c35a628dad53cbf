// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/host_facts.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace mailroom::viz {

namespace {

// Mailboxes that are counted one by one.
constexpr std::int64_t kMostMailboxes = 1000;

void read_detail(const std::string& detail, NodeFacts& facts, bool& takes_mail) {
  if (detail.empty()) return;
  const auto json = nlohmann::json::parse(detail, nullptr, false);
  if (!json.is_object()) return;
  if (const auto found = json.find("domains"); found != json.end() && found->is_array()) {
    for (const auto& domain : *found) {
      if (domain.is_string()) facts.domains.push_back(domain.get<std::string>());
    }
  }
  if (const auto found = json.find("users"); found != json.end() && found->is_array()) {
    facts.users = static_cast<std::int64_t>(found->size());
  }
  if (const auto found = json.find("zones"); found != json.end() && found->is_array()) {
    facts.serves_names = !found->empty();
  }
  if (const auto found = json.find("submit_to"); found != json.end() && found->is_string()) {
    facts.submits_to = found->get<std::string>();
  }
  takes_mail = json.contains("receiver_port") || !facts.domains.empty();
}

void count_copies(const trace::World& world, const trace::HostState& host, std::int64_t time_ns,
                  std::int64_t limit, NodeLoad& load) {
  std::int64_t looked_at = 0;
  for (const auto& [key, entry_id] : host.queue) {
    if (looked_at >= limit) break;
    const trace::QueueEntry* entry = world.queue_entries.find(entry_id);
    if (entry == nullptr) continue;
    for (const trace::CopyId copy_id : entry->copies) {
      if (looked_at >= limit) break;
      ++looked_at;
      const trace::Copy* copy = world.copies.find(copy_id);
      if (copy == nullptr || !copy->open()) continue;
      if (entry->waits == trace::QueueEntry::Waits::held) {
        ++load.held;
      } else if (copy->deferrals > 0 && copy->next_try_ns > time_ns) {
        ++load.deferred;
      } else {
        ++load.active;
      }
    }
  }
  for (const auto& [message, copy_id] : host.unqueued) {
    if (looked_at++ >= limit) break;
    const trace::Copy* copy = world.copies.find(copy_id);
    if (copy == nullptr || !copy->open()) continue;
    ++(copy->deferrals > 0 && copy->next_try_ns > time_ns ? load.deferred : load.active);
  }
}

// What was not looked at is taken to be like what was.
void scale_up(NodeLoad& load) {
  const std::int64_t counted = load.active + load.deferred + load.held;
  const std::int64_t missing = load.in_hand - counted;
  if (missing <= 0) return;
  if (counted == 0) {
    load.active = load.in_hand;
    return;
  }
  const auto part = [&](std::int64_t of) {
    return static_cast<std::int64_t>(static_cast<double>(of) / static_cast<double>(counted) *
                                     static_cast<double>(load.in_hand));
  };
  load.deferred = part(load.deferred);
  load.held = part(load.held);
  load.active = load.in_hand - load.deferred - load.held;
}

}  // namespace

std::string_view name(NodeRole role) {
  switch (role) {
    case NodeRole::mail_host:
      return "mail host";
    case NodeRole::name_server:
      return "name server";
    case NodeRole::user_agents:
      return "user agents";
    case NodeRole::router:
      return "router";
    case NodeRole::lan:
      return "LAN segment";
  }
  return "";
}

std::vector<NodeFacts> facts_of(const trace::RunHeader& header) {
  std::vector<NodeFacts> all;
  all.reserve(header.hosts.size());
  for (const trace::HostRow& row : header.hosts) {
    NodeFacts facts;
    bool takes_mail = false;
    read_detail(row.detail, facts, takes_mail);
    switch (row.role) {
      case trace::HostRow::Role::router:
        facts.role = NodeRole::router;
        break;
      case trace::HostRow::Role::lan:
        facts.role = NodeRole::lan;
        break;
      case trace::HostRow::Role::host:
        facts.role = takes_mail           ? NodeRole::mail_host
                     : facts.serves_names ? NodeRole::name_server
                     : row.detail.empty() ? NodeRole::mail_host
                                          : NodeRole::user_agents;
        break;
    }
    all.push_back(std::move(facts));
  }
  return all;
}

NodeLoad load_of(const trace::World& world, trace::HostId id, const trace::HostRow& row, std::int64_t time_ns,
                 std::int64_t limit) {
  NodeLoad load;
  const trace::HostState& host = world.host(id);
  load.in_hand = host.open;
  load.is_crashed = static_cast<bool>(host.crashed);
  if (row.disk_bytes > 0) {
    load.disk_share =
        std::clamp(static_cast<double>(host.disk_used_bytes) / static_cast<double>(row.disk_bytes), 0.0, 1.0);
  }
  for (const auto& [name, mailbox] : host.mailboxes) {
    if (load.mailboxes++ >= kMostMailboxes) break;
    load.mails += mailbox.messages.size();
  }
  if (load.in_hand > 0) {
    count_copies(world, host, time_ns, limit, load);
    scale_up(load);
  }
  return load;
}

}  // namespace mailroom::viz
