// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/responsibility.hpp"

#include <fmt/format.h>

namespace mailroom::viz {

using trace::Copy;
using trace::CopyId;

std::vector<Owed> owed_of(const trace::World& world, trace::MessageId id, std::size_t most) {
  std::vector<Owed> all;
  const trace::Message* message = world.messages.find(id);
  if (message == nullptr) return all;
  for (const CopyId copy_id : message->copies) {
    if (all.size() >= most) break;
    const Copy* copy = world.copies.find(copy_id);
    if (copy == nullptr || !copy->open()) continue;
    Owed owed{.copy = copy_id, .host = copy->host, .recipient = copy->recipient, .since_ns = copy->created_ns};
    for (const CopyId child_id : copy->children) {
      const Copy* child = world.copies.find(child_id);
      if (child != nullptr && child->created && child->message == id && child->host != copy->host)
        owed.taken_as = child_id;
    }
    const Copy* parent = copy->parent ? world.copies.find(copy->parent) : nullptr;
    if (parent != nullptr && parent->open() && parent->message == id && parent->host != copy->host)
      owed.still_with = copy->parent;
    all.push_back(owed);
  }
  return all;
}

std::map<trace::HostId, HostOwes> owing_hosts(const std::vector<Owed>& owed) {
  std::map<trace::HostId, HostOwes> hosts;
  for (const Owed& one : owed) {
    HostOwes& host = hosts[one.host];
    ++host.copies;
    host.overlaps = host.overlaps || one.overlaps();
  }
  return hosts;
}

std::string overlap_words(const Owed& owed, const trace::World& world, const story::Names& names) {
  const Copy* receiver = world.copies.find(owed.taken_as ? owed.taken_as : owed.copy);
  const Copy* sender = world.copies.find(owed.still_with ? owed.still_with : owed.copy);
  if (!owed.overlaps() || receiver == nullptr || sender == nullptr) return {};
  const std::string to = names.host(receiver->host);
  const std::string from = names.host(sender->host);
  if (!receiver->open())
    return fmt::format("{} has taken it and dealt with it, but {} has not read the 250: {} still owes it, and will send it again.",
                       to, from, from);
  return fmt::format("{} and {} both owe it: {} has committed it, but {} has not read the 250 yet.", from, to, to, from);
}

}  // namespace mailroom::viz
