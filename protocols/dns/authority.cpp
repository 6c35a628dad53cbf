// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/dns/authority.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace mailroom::dns {

namespace {

constexpr std::size_t kAliases = 16;  // that one answer follows

void append(std::vector<Record>& to, std::vector<Record> records) {
  for (Record& record : records) to.push_back(std::move(record));
}

}  // namespace

std::string_view name(ReplyKind kind) {
  constexpr std::string_view kNames[] = {"answer",  "referral",        "no_such_name", "no_data",
                                         "refused", "not_implemented", "format_error", "bad_version"};
  return kNames[std::to_underlying(kind)];
}

void Authority::add(Zone zone) {
  Name apex = zone.apex();
  zones_.insert_or_assign(std::move(apex), std::move(zone));
}

const Zone* Authority::zone_of(const Name& name) const {
  for (Name at = name;; at = at.parent()) {
    if (const auto found = zones_.find(at); found != zones_.end()) return &found->second;
    if (at.is_root()) return nullptr;
  }
}

struct Authority::Search {
  const Question& question;
  Name name;            // the question's, or what its aliases led to
  std::set<Name> seen;  // names that were looked up
  ServerReply& reply;
};

ServerReply Authority::answer(const Question& question) const {
  ServerReply reply;
  const bool is_transfer = question.type == Type::axfr || question.type == Type::ixfr;
  if (zone_of(question.name) == nullptr || question.cls != Class::in || is_transfer) {
    reply.kind = ReplyKind::refused;
    reply.message.rcode = Rcode::refused;
    return reply;
  }
  Search search{question, question.name, {}, reply};
  // RFC 1035 §4.1.1: AA is about the first name of the answer.
  reply.message.is_authoritative = true;
  while (step(search)) {
  }
  add_addresses(reply.message);
  return reply;
}

// RFC 1034 §4.3.2, steps 2 and 3. True: an alias was followed.
bool Authority::step(Search& search) const {
  const Zone* zone = zone_of(search.name);
  if (zone == nullptr || search.seen.size() >= kAliases || !search.seen.insert(search.name).second)
    return false;
  // 3b
  if (const auto cut = zone->cut_above(search.name)) {
    refer(search, *zone, *cut);
    return false;
  }
  const Zone::Node* node = zone->node(search.name);
  if (node == nullptr && !zone->exists(search.name)) {
    // 3c; RFC 4592 §3.3.1: the wildcard of the closest encloser, and of no other
    Name encloser = search.name;
    while (!zone->exists(encloser)) encloser = encloser.parent();
    if (const auto wildcard = encloser.child("*")) node = zone->node(*wildcard);
    if (node == nullptr) {
      deny(search, *zone, ReplyKind::no_such_name);
      return false;
    }
  }
  if (node == nullptr) {
    deny(search, *zone, ReplyKind::no_data);
    return false;
  }
  // 3a
  auto& answers = search.reply.message.answers;
  const Type type = search.question.type;
  search.reply.kind = ReplyKind::answer;
  if (type == Type::any) {
    for (const auto& [each, set] : *node) append(answers, records(search.name, set));
    return false;
  }
  if (const auto alias = node->find(Type::cname); alias != node->end() && type != Type::cname) {
    append(answers, records(search.name, alias->second));
    search.name = std::get<Cname>(alias->second.data.front()).target;
    return true;
  }
  if (const auto found = node->find(type); found != node->end()) {
    append(answers, records(search.name, found->second));
  } else {
    deny(search, *zone, ReplyKind::no_data);
  }
  return false;
}

void Authority::refer(Search& search, const Zone& zone, const Name& cut) const {
  search.reply.kind = ReplyKind::referral;
  if (search.reply.message.answers.empty()) search.reply.message.is_authoritative = false;
  append(search.reply.message.authority, records(cut, *zone.set(cut, Type::ns)));
}

// RFC 2308 §2, §3. After aliases the code is about the last name (RFC 6604 §3).
void Authority::deny(Search& search, const Zone& zone, ReplyKind kind) const {
  search.reply.kind = kind;
  if (kind == ReplyKind::no_such_name) search.reply.message.rcode = Rcode::name_error;
  if (auto soa = zone.negative_soa()) search.reply.message.authority.push_back(std::move(*soa));
}

// RFC 1034 §4.3.2 step 6: for the hosts of NS and MX records, from our data or glue.
void Authority::add_addresses(Message& message) const {
  std::set<Name> done;
  for (const auto* section : {&message.answers, &message.authority}) {
    for (const Record& record : *section) {
      const Name* host = named_host(record.data);
      const Zone* zone = host != nullptr ? zone_of(*host) : nullptr;
      if (zone == nullptr || !done.insert(*host).second) continue;
      for (const Type type : {Type::a, Type::aaaa})
        if (const RrSet* set = zone->set(*host, type)) append(message.additional, records(*host, *set));
    }
  }
}

ServerReply Authority::reply_to(const Message& query) const {
  ServerReply reply;
  const auto fail = [&](ReplyKind kind, Rcode rcode) {
    reply.kind = kind;
    reply.message.rcode = rcode;
  };
  // RFC 6891 §6.1.3
  if (options_.udp_octets > 0 && query.edns && query.edns->version != 0) {
    fail(ReplyKind::bad_version, Rcode::bad_version);
  } else if (query.opcode != Opcode::query) {
    fail(ReplyKind::not_implemented, Rcode::not_implemented);
  } else if (query.questions.size() != 1) {  // RFC 9619 §4
    fail(ReplyKind::format_error, Rcode::format_error);
  } else {
    reply = answer(query.questions.front());
  }
  if (query.questions.size() == 1) reply.message.questions = query.questions;
  if (options_.udp_octets > 0 && query.edns) reply.message.edns = Edns{options_.udp_octets};
  return reply;
}

std::optional<ServerReply> Authority::receive(std::string_view octets, Transport transport, const Amend& amend) const {
  const auto header = read_header(octets);
  // RFC 1035 §7.3 turned round: who answers answers may talk to itself for ever.
  if (!header || header->is_response) return std::nullopt;
  const auto query = read_message(octets);
  ServerReply reply;
  if (query) {
    reply = reply_to(*query);
  } else {
    reply.kind = header->opcode == Opcode::query ? ReplyKind::format_error : ReplyKind::not_implemented;
    reply.message.rcode = header->opcode == Opcode::query ? Rcode::format_error : Rcode::not_implemented;
  }
  reply.message.id = header->id;
  reply.message.is_response = true;
  reply.message.opcode = header->opcode;
  reply.message.recursion_desired = header->recursion_desired;
  reply.message.checking_disabled = header->checking_disabled;
  if (amend && query) amend(reply.message);
  std::size_t limit = kTcpOctets;
  if (transport == Transport::udp) {
    limit = kUdpOctets;
    // RFC 6891 §6.2.3: values below 512 count as 512.
    if (reply.message.edns && query)
      limit = std::clamp<std::size_t>(query->edns->udp_octets, kUdpOctets,
                                      std::max<std::size_t>(kUdpOctets, options_.udp_octets));
  }
  reply.octets = write_message(reply.message, limit);
  reply.truncated = read_header(reply.octets)->is_truncated;
  return reply;
}

}  // namespace mailroom::dns
