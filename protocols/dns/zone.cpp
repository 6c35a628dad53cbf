// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/dns/zone.hpp"

#include <algorithm>

#include "protocols/dns/ascii.hpp"

namespace mailroom::dns {

namespace {

// The same for equal data only: names compare without case (RFC 4343), texts and octets with it.
std::string key_of(const Rdata& data) {
  std::string key = text(data);
  if (!std::holds_alternative<Txt>(data) && !std::holds_alternative<Opaque>(data))
    std::ranges::transform(key, key.begin(), ascii::lower);
  return key;
}

}  // namespace

void Zone::add(Record record) {
  if (!record.owner.is_within(apex_) || record.cls != Class::in) {
    outside_.push_back(std::move(record));
    return;
  }
  RrSet& set = nodes_[record.owner][record.type()];
  if (!set.data.empty() && set.ttl_s != record.ttl_s) set.ttls_differed = true;
  set.ttl_s = set.data.empty() ? record.ttl_s : std::min(set.ttl_s, record.ttl_s);
  if (is_known(record.owner, set, record.data)) return;
  set.data.push_back(std::move(record.data));
}

void Zone::replace(Record record) {
  if (const auto node = nodes_.find(record.owner); node != nodes_.end()) node->second.erase(record.type());
  known_.erase({record.owner, record.type()});
  add(std::move(record));
}

bool Zone::is_known(const Name& owner, const RrSet& set, const Rdata& data) {
  if (set.data.size() < kFew) return std::ranges::find(set.data, data) != set.data.end();
  std::set<std::string>& known = known_[{owner, type_of(data)}];
  if (known.empty())
    for (const Rdata& one : set.data) known.insert(key_of(one));
  return !known.insert(key_of(data)).second;
}

const Zone::Node* Zone::node(const Name& name) const {
  const auto found = nodes_.find(name);
  return found == nodes_.end() ? nullptr : &found->second;
}

const RrSet* Zone::set(const Name& name, Type type) const {
  const Node* node = this->node(name);
  if (node == nullptr) return nullptr;
  const auto found = node->find(type);
  return found == node->end() ? nullptr : &found->second;
}

bool Zone::exists(const Name& name) const {
  if (name == apex_) return true;
  // In canonical order, what is below a name follows it at once.
  const auto found = nodes_.lower_bound(name);
  return found != nodes_.end() && found->first.is_within(name);
}

std::optional<Name> Zone::cut_above(const Name& name) const {
  std::optional<Name> cut;
  for (Name at = name; at.is_below(apex_); at = at.parent())
    if (set(at, Type::ns) != nullptr) cut = at;
  return cut;
}

std::optional<Record> Zone::negative_soa() const {
  const RrSet* soa = set(apex_, Type::soa);
  if (soa == nullptr) return std::nullopt;
  const std::uint32_t minimum_s = std::get<Soa>(soa->data.front()).minimum_s;
  return Record{apex_, Class::in, std::min(soa->ttl_s, minimum_s), soa->data.front()};
}

std::vector<Record> records(const Name& owner, const RrSet& set) {
  std::vector<Record> out;
  for (const Rdata& data : set.data) out.push_back({owner, Class::in, set.ttl_s, data});
  return out;
}

}  // namespace mailroom::dns
