// SPDX-License-Identifier: GPL-2.0-only
#include "sim/agents/exchanger_locator.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "protocols/smtp/path_parser.hpp"
#include "sim/scenario/routing.hpp"

namespace mailroom::agents {

namespace {

Unlocated for_good(int code, std::string enhanced_code, std::string text) {
  return {.is_permanent = true, .code = code, .enhanced_code = std::move(enhanced_code), .text = std::move(text)};
}

Unlocated for_now(std::string enhanced_code, std::string text) {
  return {.enhanced_code = std::move(enhanced_code), .text = std::move(text)};
}

}  // namespace

// One look-up under way.
struct ExchangerLocator::Search {
  NextHop next_hop;
  std::function<void(const Located&)> found;
  bool is_single = false;  // one host, of no preference: no MX was asked for, or there is none

  std::vector<MailExchanger> exchangers{};  // in the order of asking
  std::size_t next = 0;                     // of them
  std::uint16_t best = 0;                   // preference of all that the domain names
  struct Candidate {
    Exchanger exchanger;
    std::uint16_t preference;
  };
  std::vector<Candidate> candidates{};
  std::string left_out{};  // whom, and why
  bool is_self_among = false;
  std::uint16_t own_preference = 0;
  bool has_failed_for_now = false;  // some address could not be had

  void leave_out(const MailExchanger& exchanger, std::string_view why) {
    if (!left_out.empty()) left_out += ", ";
    left_out += exchanger.exchange;
    if (!is_single) left_out += fmt::format(" ({})", exchanger.preference);
    left_out += ": ";
    left_out += why;
  }
};

ExchangerLocator::ExchangerLocator(net::Host& host, NameService& names, const Directory& directory,
                                   std::string_view hostname)
    : host_(host), names_(names), directory_(directory), hostname_(lower(hostname)) {}

void ExchangerLocator::locate(const NextHop& next_hop, std::function<void(const Located&)> found) {
  const auto search = std::make_shared<Search>(Search{.next_hop = next_hop, .found = std::move(found)});
  if (next_hop.kind == NextHop::Kind::host) {
    const Directory::Receiver* receiver = directory_.host(next_hop.name);
    if (receiver == nullptr)
      return fail(*search, for_good(550, "5.3.5", fmt::format("the next host {} is unknown", next_hop.name)));
    search->is_single = true;
    search->exchangers = {{0, receiver->hostname}};
    return ask_next(search);
  }
  if (const auto literal = literal_address(next_hop.name)) {
    search->is_single = true;
    if (*literal == host_.network().address())
      leave_out_self(*search, {0, next_hop.name});
    else
      search->candidates.push_back({{next_hop.name, {*literal, directory_.port_at(*literal)}}, 0});
    return finish(*search);
  }
  if (next_hop.name.starts_with('['))
    return fail(*search, for_good(550, "5.1.2", fmt::format("no way leads to {} here", next_hop.name)));
  if (!smtp::is_domain(next_hop.name))
    return fail(*search, for_good(550, "5.1.2", fmt::format("{} is no domain", next_hop.name)));
  names_.look_up(next_hop.name, RecordType::mx,
                 [this, search](const NameAnswer& answer) { take_exchangers(search, answer); });
}

void ExchangerLocator::take_exchangers(const Shared& search, const NameAnswer& answer) {
  const std::string& domain = search->next_hop.name;
  switch (answer.status) {
    case NameAnswer::Status::no_name:
      return fail(*search, for_good(550, "5.1.2", fmt::format("there is no domain {}", domain)));
    case NameAnswer::Status::failed:
      return fail(*search, for_now("4.4.3", fmt::format("the exchangers of {} could not be looked up: {}",
                                                        domain, answer.why)));
    case NameAnswer::Status::no_data:
      // The implicit MX: the host of that name. An alias stands for what it leads to.
      search->is_single = true;
      search->exchangers = {{0, answer.canonical}};
      break;
    case NameAnswer::Status::found:
      search->exchangers = answer.mail_exchangers;
      break;
  }
  std::vector<MailExchanger>& exchangers = search->exchangers;
  // RFC 7505 §3: the null MX stands alone.
  if (exchangers.size() == 1 && exchangers.front().exchange == ".")
    return fail(*search, for_good(556, "5.1.10", fmt::format("{} takes no mail (null MX)", domain)));
  std::ranges::stable_sort(exchangers, {}, &MailExchanger::preference);
  search->best = exchangers.front().preference;
  shuffle_equals(*search);
  const auto self = std::ranges::find(exchangers, hostname_, &MailExchanger::exchange);
  if (self != exchangers.end()) leave_out_self(*search, MailExchanger(*self));
  if (exchangers.size() > kMostExchangers) {
    search->leave_out(exchangers[kMostExchangers], fmt::format("the first {} are enough", kMostExchangers));
    exchangers.resize(kMostExchangers);
  }
  ask_next(search);
}

// RFC 5321 §5.1: spread the load over those of equal preference. No chance is asked where there is no choice.
void ExchangerLocator::shuffle_equals(Search& search) {
  std::vector<MailExchanger>& all = search.exchangers;
  for (auto begin = all.begin(); begin != all.end();) {
    const auto end = std::find_if(begin, all.end(), [&](const MailExchanger& other) {
      return other.preference != begin->preference;
    });
    for (auto left = end - begin; left > 1; --left) {
      const auto drawn = host_.random("mx").below(static_cast<std::uint64_t>(left));
      std::swap(begin[left - 1], begin[static_cast<std::ptrdiff_t>(drawn)]);
    }
    begin = end;
  }
}

// RFC 5321 §5.1: a host that is an exchanger itself must not hand the mail to one of equal or worse preference.
void ExchangerLocator::leave_out_self(Search& search, const MailExchanger& self) {
  search.is_self_among = true;
  search.own_preference = self.preference;
  search.leave_out(self, "this host itself, with all that are no better");
  const auto is_no_better = [own = self.preference](const auto& one) { return one.preference >= own; };
  std::erase_if(search.exchangers, is_no_better);
  std::erase_if(search.candidates, is_no_better);
}

void ExchangerLocator::ask_next(const Shared& search) {
  while (search->next < search->exchangers.size()) {
    const MailExchanger& asked = search->exchangers[search->next];
    if (asked.exchange == ".") {
      search->leave_out(asked, "a null MX beside others");
    } else if (scenario::network(asked.exchange)) {
      // RFC 5321 §5.1: the data of an MX record must be a domain name.
      search->leave_out(asked, "an address where a host's name must stand");
    } else if (!smtp::is_domain(asked.exchange)) {
      search->leave_out(asked, "no host's name");
    } else {
      return names_.look_up(asked.exchange, RecordType::a,
                            [this, search](const NameAnswer& answer) { take_addresses(search, answer); });
    }
    ++search->next;
  }
  finish(*search);
}

void ExchangerLocator::take_addresses(const Shared& search, const NameAnswer& answer) {
  const MailExchanger asked = search->exchangers[search->next++];
  switch (answer.status) {
    case NameAnswer::Status::no_name:
      search->leave_out(asked, "there is no such host");
      break;
    case NameAnswer::Status::no_data:
      search->leave_out(asked, "it has no address");
      break;
    case NameAnswer::Status::failed:
      search->has_failed_for_now = true;
      search->leave_out(asked, answer.why);
      break;
    case NameAnswer::Status::found:
      // By whatever name: who looks like another host may be us.
      if (std::ranges::find(answer.addresses, host_.network().address()) != answer.addresses.end()) {
        leave_out_self(*search, asked);
        return finish(*search);
      }
      for (const net::Address address : answer.addresses)
        search->candidates.push_back({{asked.exchange, {address, directory_.port_at(address)}}, asked.preference});
  }
  ask_next(search);
}

void ExchangerLocator::finish(Search& search) {
  if (!search.candidates.empty()) return succeed(search);
  const std::string& name = search.next_hop.name;
  const std::string reasons = search.left_out.empty() ? std::string() : " (" + search.left_out + ")";
  if (search.has_failed_for_now)
    return fail(search, for_now("4.4.3", fmt::format("no exchanger of {} has a known address{}", name, reasons)));
  if (search.is_self_among && search.own_preference == search.best)
    return fail(search, for_good(554, "5.4.6", fmt::format("mail for {} loops back to myself{}", name, reasons)));
  // Better ones are named, only that they cannot be found: that may be mended before the mail is too old.
  if (search.is_self_among)
    return fail(search, for_now("4.4.4", fmt::format("no better exchanger of {} than myself has an address{}",
                                                     name, reasons)));
  if (search.is_single)
    return fail(search, for_good(550, "5.4.4", fmt::format("{} has neither an exchanger nor an address", name)));
  fail(search, for_good(550, "5.4.4", fmt::format("no exchanger of {} has an address{}", name, reasons)));
}

void ExchangerLocator::succeed(Search& search) {
  std::vector<Exchanger> exchangers;
  std::string text = search.next_hop.name + ":";
  for (const Search::Candidate& candidate : search.candidates) {
    const Exchanger& exchanger = exchangers.emplace_back(candidate.exchanger);
    text += fmt::format("{} {} [{}]", exchangers.size() > 1 ? "," : "", exchanger.name,
                        to_string(exchanger.endpoint.address));
    if (!search.is_single) text += fmt::format(" ({})", candidate.preference);
  }
  if (!search.left_out.empty()) text += "; left out: " + search.left_out;
  trace::Recorder& recorder = host_.recorder();
  trace::ContextScope scope(recorder, recorder.context);
  recorder.context.event = recorder.record({.kind = trace::Kind::route_found,
                                            .host = host_.id(),
                                            .message = recorder.context.message,
                                            .value = static_cast<std::int64_t>(exchangers.size()),
                                            .text = text});
  search.found(exchangers);
}

void ExchangerLocator::fail(Search& search, Unlocated reason) {
  trace::Recorder& recorder = host_.recorder();
  trace::ContextScope scope(recorder, recorder.context);
  const std::string text = reason.enhanced_code + " " + reason.text;
  recorder.context.event = recorder.record({.kind = trace::Kind::route_failed,
                                            .host = host_.id(),
                                            .message = recorder.context.message,
                                            .code = reason.code,
                                            .text = text});
  search.found(std::unexpected(std::move(reason)));
}

}  // namespace mailroom::agents
