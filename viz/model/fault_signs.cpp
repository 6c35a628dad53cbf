// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/fault_signs.hpp"

#include <nlohmann/json.hpp>
#include <utility>

namespace mailroom::viz {

namespace {

using Shape = FaultSign::Shape;

bool starts_with_any(std::string_view text, std::initializer_list<std::string_view> beginnings) {
  for (const std::string_view beginning : beginnings) {
    if (text.starts_with(beginning)) return true;
  }
  return false;
}

template <class Id>
std::vector<Id> numbers(const nlohmann::json& json, const char* key) {
  std::vector<Id> ids;
  const auto found = json.find(key);
  if (found == json.end() || !found->is_array()) return ids;
  for (const auto& value : *found) {
    if (value.is_number_integer()) ids.push_back({value.template get<std::int64_t>()});
  }
  return ids;
}

FaultSign sign_of(trace::FaultId id, const trace::FaultState& fault, const std::string& detail) {
  FaultSign sign{.fault = id, .what = fault.what, .until_ns = fault.until_ns};
  // A fault of a host names its links too: they are not what is broken.
  if (fault.host) {
    sign.hosts.push_back(fault.host);
  } else if (fault.link) {
    sign.links.push_back(fault.link);
  }
  const auto json = nlohmann::json::parse(detail, nullptr, false);
  if (!json.is_object()) return sign;
  const auto kind = json.find("kind");
  if (kind != json.end() && kind->is_string()) sign.shape = shape_of(kind->get<std::string>());
  if (!fault.host && !fault.link) {
    if (auto links = numbers<trace::LinkId>(json, "links"); !links.empty() && sign.shape == Shape::down) {
      sign.links = std::move(links);
    } else {
      sign.hosts = numbers<trace::HostId>(json, "hosts");
    }
  }
  return sign;
}

}  // namespace

FaultSign::Shape shape_of(std::string_view kind) {
  if (starts_with_any(kind, {"link_down", "partition", "tcp_cut"})) return Shape::down;
  if (starts_with_any(kind, {"link_slow", "link_delayed", "smtp_slow"})) return Shape::slow;
  if (starts_with_any(kind, {"link_"})) return Shape::losing;
  if (starts_with_any(kind, {"disk_", "mailbox_", "spool_"})) return Shape::disk;
  if (starts_with_any(kind, {"clock_"})) return Shape::clock;
  if (starts_with_any(kind, {"dns_"})) return Shape::names;
  if (starts_with_any(kind, {"relay_"})) return Shape::relay;
  if (starts_with_any(kind, {"address_", "smtp_answers"})) return Shape::answer;
  return Shape::host;
}

const std::vector<FaultSign>& FaultSigns::in_force(trace::RunFileReader& reader, const trace::World& world,
                                                   const Hides& hides) {
  now_.clear();
  world.faults.for_each([&](trace::FaultId id, const trace::FaultState& fault) {
    if (!fault.in_force()) return;
    auto found = known_.find(fault.began);
    if (found == known_.end()) {
      Known known;
      if (auto began = reader.event(fault.began); began && *began) known.began = std::move(**began);
      known.sign = sign_of(id, fault, known.began.detail);
      found = known_.emplace(fault.began, std::move(known)).first;
    }
    if (!hides || !hides(found->second.began)) now_.push_back(found->second.sign);
  });
  return now_;
}

}  // namespace mailroom::viz
