// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/fault_ground.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace mailroom::viz {

namespace {

using nlohmann::json;

// The strings of a list; nothing if it is no list.
std::vector<std::string> texts_of(const json& list) {
  std::vector<std::string> texts;
  if (!list.is_array()) return texts;
  for (const json& one : list)
    if (one.is_string()) texts.push_back(one.get<std::string>());
  return texts;
}

void add_mail_host(const trace::HostRow& row, const json& detail, FaultGround& ground) {
  ground.mail_hosts.push_back(row.name);
  if (detail.contains("receiver_port")) ground.receivers.push_back(row.name);
  const auto domains = texts_of(detail.value("domains", json::array()));
  for (const std::string& domain : domains) ground.domain_hosts.emplace_back(domain, row.name);
  ground.domains.insert(ground.domains.end(), domains.begin(), domains.end());
  const auto users = detail.find("users");
  if (users == detail.end() || !users->is_array() || domains.empty()) return;
  for (const json& user : *users) {
    if (ground.addresses.size() >= FaultGround::kMostAddresses) return;
    const auto name = user.is_object() ? user.find("name") : user.end();
    if (!user.is_object() || name == user.end() || !name->is_string()) continue;
    ground.addresses.push_back(name->get<std::string>() + "@" + domains.front());
  }
}

}  // namespace

FaultGround ground_of(const trace::RunHeader& header) {
  FaultGround ground;
  for (const trace::HostRow& row : header.hosts) {
    if (row.role == trace::HostRow::Role::lan) continue;
    ground.nodes.push_back(row.name);
    json detail = json::parse(row.detail, nullptr, false);
    if (!detail.is_object()) detail = json::object();
    if (detail.contains("zones")) ground.name_servers.push_back(row.name);
    if (row.role == trace::HostRow::Role::host) add_mail_host(row, detail, ground);
  }
  const auto is_lan = [&header](trace::HostId id) {
    const auto index = static_cast<std::size_t>(id.value - 1);
    return index < header.hosts.size() && header.hosts[index].role == trace::HostRow::Role::lan;
  };
  for (const trace::LinkRow& row : header.links) {
    ground.links.push_back(row.name);
    if (!is_lan(row.from) && !is_lan(row.to)) ground.wires.push_back(row.name);
  }
  return ground;
}

std::string FaultGround::host_of(std::string_view address) const {
  const std::size_t at = address.rfind('@');
  if (at == std::string_view::npos) return {};
  const auto found = std::ranges::find(domain_hosts, address.substr(at + 1), &std::pair<std::string, std::string>::first);
  return found == domain_hosts.end() ? std::string() : found->second;
}

std::vector<std::string> FaultGround::addresses_of(std::string_view host) const {
  std::vector<std::string> found;
  for (const std::string& address : addresses)
    if (host_of(address) == host) found.push_back(address);
  return found;
}

}  // namespace mailroom::viz
