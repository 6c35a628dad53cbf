// SPDX-License-Identifier: GPL-2.0-only
#include "sim/agents/directory.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "protocols/message/address.hpp"
#include "sim/scenario/routing.hpp"

namespace mailroom::agents {

std::string lower(std::string_view text) {
  std::string result(text);
  std::ranges::transform(result, result.begin(), [](char octet) {
    return octet >= 'A' && octet <= 'Z' ? static_cast<char>(octet - 'A' + 'a') : octet;
  });
  return result;
}

SplitAddress split_address(std::string_view address) {
  // The last @: a quoted local part may have others.
  const std::size_t at = address.rfind('@');
  if (at == std::string_view::npos) return {address, {}};
  return {address.substr(0, at), address.substr(at + 1)};
}

std::optional<net::Address> literal_address(std::string_view domain) {
  if (!domain.starts_with('[') || !domain.ends_with(']')) return std::nullopt;
  const auto network = scenario::network(domain.substr(1, domain.size() - 2));
  if (!network || domain.contains('/')) return std::nullopt;
  return net::Address{network->address};
}

std::string_view without_route(std::string_view forward_path) {
  while (forward_path.starts_with('@')) forward_path = without_first_hop(forward_path);
  return forward_path;
}

std::string_view first_hop_domain(std::string_view forward_path) {
  if (!forward_path.starts_with('@')) return split_address(forward_path).domain;
  return forward_path.substr(1, forward_path.find_first_of(",:") - 1);
}

std::string_view without_first_hop(std::string_view forward_path) {
  if (!forward_path.starts_with('@')) return forward_path;
  const std::size_t end = forward_path.find_first_of(",:");
  return end == std::string_view::npos ? std::string_view() : forward_path.substr(end + 1);
}

void Directory::add_host(std::string_view host, net::Endpoint smtp, std::string_view hostname) {
  hosts_.insert_or_assign(std::string(host), Receiver{std::string(host), smtp, lower(hostname)});
  ports_.insert_or_assign(smtp.address, smtp.port);
}

void Directory::add_domain(std::string_view domain, std::string_view host) {
  domains_.insert_or_assign(lower(domain), std::string(host));
}

void Directory::add_lists(const scenario::Host& host) {
  for (const scenario::MailingList& list : host.lists) {
    if (list.expand != scenario::MailingList::Expand::at_sender) continue;
    for (const std::string& domain : host.domains)
      lists_.insert_or_assign(message::quoted_local_part(list.name) + "@" + lower(domain), &list);
  }
}

const scenario::MailingList* Directory::list(std::string_view address) const {
  const auto found = lists_.find(address);
  return found == lists_.end() ? nullptr : found->second;
}

const Directory::Receiver* Directory::host(std::string_view name) const {
  const auto found = hosts_.find(name);
  return found == hosts_.end() ? nullptr : &found->second;
}

const Directory::Receiver* Directory::serving(std::string_view domain) const {
  const auto found = domains_.find(lower(domain));
  return found == domains_.end() ? nullptr : host(found->second);
}

std::uint16_t Directory::port_at(net::Address address) const {
  const auto found = ports_.find(address);
  return found == ports_.end() ? kSmtpPort : found->second;
}

void DirectoryLocator::locate(const NextHop& next_hop, std::function<void(const Located&)> found) {
  if (const auto literal = literal_address(next_hop.name))
    return found(std::vector{Exchanger{next_hop.name, {*literal, directory_.port_at(*literal)}}});
  const Directory::Receiver* receiver = next_hop.kind == NextHop::Kind::host
                                            ? directory_.host(next_hop.name)
                                            : directory_.serving(next_hop.name);
  if (receiver != nullptr) return found(std::vector{Exchanger{receiver->host, receiver->endpoint}});
  found(std::unexpected(Unlocated{.is_permanent = true,
                                  .code = 550,
                                  .enhanced_code = "5.1.2",
                                  .text = fmt::format("no host serves the domain {}", next_hop.name)}));
}

}  // namespace mailroom::agents
