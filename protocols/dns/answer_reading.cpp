// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/dns/answer_reading.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace mailroom::dns {

namespace {

class Read {
 public:
  Read(const Message& message, const Question& question, const Name& zone)
      : message_(message), question_(question), zone_(zone) {
    out_.last = question.name;
  }

  AnswerReading run() {
    follow_aliases();
    for (const Record& record : message_.answers)
      if (record.owner == out_.last && is_wanted(record) && is_believed(record))
        out_.records.push_back(record);
    remember();
    decide();
    return std::move(out_);
  }

 private:
  bool is_believed(const Record& record) const {
    return record.cls == Class::in && record.owner.is_within(zone_);
  }
  bool is_wanted(const Record& record) const {
    return question_.type == Type::any || record.type() == question_.type;
  }

  void follow_aliases() {
    if (question_.type == Type::cname || question_.type == Type::any) return;
    std::set<Name> seen{out_.last};
    while (const Record* alias = alias_of(out_.last)) {
      out_.aliases.push_back(*alias);
      out_.last = std::get<Cname>(alias->data).target;
      if (!seen.insert(out_.last).second) return;
    }
  }

  const Record* alias_of(const Name& name) const {
    const auto found = std::ranges::find_if(message_.answers, [&](const Record& record) {
      return record.type() == Type::cname && record.owner == name && is_believed(record);
    });
    return found == message_.answers.end() ? nullptr : &*found;
  }

  // RFC 2181 §5.4.1. Of the answer section only what answers.
  void remember() {
    const bool aa = message_.is_authoritative;
    for (const Record& alias : out_.aliases) believe({alias}, aa ? Rank::authoritative_answer : Rank::answer);
    if (question_.type != Type::any) believe(out_.records, aa ? Rank::authoritative_answer : Rank::answer);
    believe_sets(message_.authority, aa ? Rank::authority : Rank::referral,
                 [](const Record& record) { return record.type() == Type::ns; });
    believe_sets(message_.additional, Rank::additional, [&](const Record& record) {
      return (record.type() == Type::a || record.type() == Type::aaaa) && is_named(record.owner);
    });
  }

  void believe(std::vector<Record> set, Rank rank) {
    if (!set.empty()) out_.to_cache.push_back({std::move(set), rank});
  }

  template <typename Wanted>
  void believe_sets(const std::vector<Record>& section, Rank rank, Wanted wanted) {
    std::map<std::pair<Name, Type>, std::vector<Record>> sets;
    for (const Record& record : section)
      if (is_believed(record) && wanted(record)) sets[{record.owner, record.type()}].push_back(record);
    for (auto& [key, set] : sets) believe(std::move(set), rank);
  }

  // Another record of the message names that host.
  bool is_named(const Name& host) const {
    const auto names_it = [&](const Record& record) {
      const Name* named = named_host(record.data);
      return named != nullptr && *named == host;
    };
    return std::ranges::any_of(out_.records, names_it) || std::ranges::any_of(message_.authority, names_it);
  }

  void decide() {
    using Kind = AnswerReading::Kind;
    if (!out_.records.empty()) {
      out_.kind = Kind::records;
      return;
    }
    const auto soa = std::ranges::find_if(message_.authority, [&](const Record& record) {
      return record.type() == Type::soa && is_believed(record) && out_.last.is_within(record.owner);
    });
    const bool has_soa = soa != message_.authority.end();
    // RFC 2308 §5: the smaller of the SOA's TTL and its MINIMUM.
    if (has_soa) out_.denial_ttl_s = std::min(soa->ttl_s, std::get<Soa>(soa->data).minimum_s);
    // What a server of this zone says about names in others is not looked at.
    const bool is_ours = out_.last.is_within(zone_);
    if (message_.rcode == Rcode::name_error && is_ours && (has_soa || message_.is_authoritative)) {
      out_.kind = Kind::no_such_name;
    } else if (!out_.aliases.empty() && !(has_soa && is_ours)) {
      out_.kind = Kind::alias;
    } else if (has_soa) {
      out_.kind = Kind::no_data;
    } else if (is_referral()) {
      out_.kind = Kind::referral;
    } else if (message_.is_authoritative && message_.rcode == Rcode::no_error) {
      out_.kind = Kind::no_data;
    } else if (out_.why.empty()) {
      out_.why = "it is no authority for " + zone_.absolute_text();
    }
  }

  bool is_referral() {
    for (const Record& record : message_.authority) {
      if (record.type() != Type::ns || record.cls != Class::in) continue;
      if (!record.owner.is_below(zone_) || !question_.name.is_within(record.owner)) {
        if (!message_.is_authoritative) out_.why = "it refers to " + record.owner.absolute_text();
        continue;
      }
      if (!out_.servers.empty() && record.owner != out_.zone) continue;
      out_.zone = record.owner;
      out_.servers.push_back(std::get<Ns>(record.data).server);
    }
    return !out_.servers.empty() && !message_.is_authoritative;
  }

  const Message& message_;
  const Question& question_;
  const Name& zone_;
  AnswerReading out_;
};

}  // namespace

AnswerReading read_answer(const Message& message, const Question& question, const Name& zone) {
  return Read(message, question, zone).run();
}

}  // namespace mailroom::dns
