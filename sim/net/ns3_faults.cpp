// SPDX-License-Identifier: GPL-2.0-only
#include "sim/net/ns3_faults.hpp"

#include "sim/net/ns3_link.hpp"
#include "sim/net/ns3_socket.hpp"

namespace mailroom::net {

void Ns3Faults::change(trace::LinkId link, const std::function<void(LinkTrouble&)>& change) {
  LinkTrouble& trouble = troubles_[link];
  change(trouble);
  const Ns3Wires::Ends& ends = wires_.ends.at(static_cast<std::size_t>(link.value - 1));
  for (Ns3Port* const port : ends.ports) port->afflict(trouble);
  for (Ns3Link* const one : ends.links) one->trouble_changed();
}

// By their numbers, so that what follows has one order.
std::vector<std::shared_ptr<Conversation>> Ns3Faults::found(const Ns3Network::Connections& which) const {
  std::vector<std::shared_ptr<Conversation>> found;
  for (auto& conversation : world_.conversations.all()) {
    const trace::HostId* const hosts = conversation->hosts;
    const bool is_between = (hosts[0] == which.one && hosts[1] == which.other) ||
                            (hosts[0] == which.other && hosts[1] == which.one);
    if (is_between && conversation->sockets > 0 && (!which.only || conversation->id == which.only))
      found.push_back(std::move(conversation));
  }
  return found;
}

void Ns3Faults::cut(const Ns3Network::Connections& which, trace::Blame blame) {
  for (const auto& conversation : found(which)) {
    if (conversation->cut) continue;
    conversation->cut = blame;
    ++world_.cuts;
  }
}

void Ns3Faults::mend(trace::FaultId fault) {
  for (const auto& conversation : world_.conversations.all()) {
    if (!conversation->cut || conversation->cut->fault != fault) continue;
    conversation->cut.reset();
    --world_.cuts;
  }
}

void Ns3Faults::reset(const Ns3Network::Connections& which, trace::Blame blame) {
  for (const auto& conversation : found(which)) {
    if (!conversation->disturbance) {
      trace::Event hit{};
      hit.kind = trace::Kind::connection_disturbed;
      hit.host = conversation->hosts[0];
      hit.connection = conversation->id;
      hit.session = conversation->session;
      hit.fault = blame.fault;
      hit.text = "reset";
      hit.because = blame.began;
      conversation->disturbance = world_.recorder.record(hit);
    }
    for (int side = 0; side < 2; ++side)
      if (Ns3Socket* const socket = conversation->receivers[side]) socket->be_reset();
  }
}

}  // namespace mailroom::net
