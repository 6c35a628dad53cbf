// SPDX-License-Identifier: GPL-2.0-only
#include "sim/net/ns3_builder.hpp"

#include <ns3/arp-cache.h>
#include <ns3/arp-l3-protocol.h>
#include <ns3/boolean.h>
#include <ns3/csma-channel.h>
#include <ns3/csma-net-device.h>
#include <ns3/drop-tail-queue.h>
#include <ns3/global-value.h>
#include <ns3/icmpv4-l4-protocol.h>
#include <ns3/ipv4-interface.h>
#include <ns3/ipv4-l3-protocol.h>
#include <ns3/rng-seed-manager.h>
#include <ns3/tcp-l4-protocol.h>
#include <ns3/traffic-control-layer.h>
#include <ns3/udp-l4-protocol.h>

#include <algorithm>
#include <cassert>

#include "sim/net/ns3_link.hpp"
#include "sim/net/ns3_pending.hpp"
#include "sim/net/ns3_routing.hpp"
#include "sim/net/ns3_settings.hpp"

namespace mailroom::net {
namespace {

using topology::Graph;

class Builder {
 public:
  Builder(Ns3World& world, const Graph& graph) : world_(world), graph_(graph) {}

  Ns3Wires build() {
    protocols_.resize(num_vertices(graph_));
    wires_.nodes.resize(num_vertices(graph_));
    wires_.ips.resize(num_vertices(graph_));
    near_lan_.resize(num_vertices(graph_));
    wires_.ends.resize(num_edges(graph_));
    for (auto [e, last] = edges(graph_); e != last; ++e) {
      const topology::Link& link = graph_[*e];
      assert(link.rate_bps > 0 && link.delay_ns >= 0 && link.queue_packets > 0);
      const std::size_t from = source(*e, graph_), to = target(*e, graph_);
      assert(!(graph_[from].is_lan && graph_[to].is_lan));
      if (graph_[from].is_lan) near_lan_[to] = true;
      if (graph_[to].is_lan) near_lan_[from] = true;
    }
    for (std::size_t v = 0; v < num_vertices(graph_); ++v) {
      if (!graph_[v].is_lan) make_node(v);
    }
    std::uint32_t index = 0;
    for (auto [e, last] = edges(graph_); e != last; ++e, ++index) {
      if (!graph_[source(*e, graph_)].is_lan && !graph_[target(*e, graph_)].is_lan) make_link(*e, index);
    }
    for (std::size_t v = 0; v < num_vertices(graph_); ++v) {
      if (graph_[v].is_lan) make_lan(v);
    }
    return std::move(wires_);
  }

 private:
  struct Protocols {
    ns3::Ptr<ns3::Ipv4L3Protocol> ipv4;
    ns3::Ptr<Ns3Routing> routing;
  };

  static trace::HostId host_id(std::size_t node) { return {static_cast<std::int64_t>(node) + 1}; }

  void make_node(std::size_t v) {
    const auto node = ns3::CreateObject<ns3::Node>();
    Protocols& protocols = protocols_[v];
    if (near_lan_[v]) node->AggregateObject(ns3::CreateObject<ns3::ArpL3Protocol>());
    protocols.ipv4 = ns3::CreateObject<ns3::Ipv4L3Protocol>();
    node->AggregateObject(protocols.ipv4);
    node->AggregateObject(ns3::CreateObject<ns3::Icmpv4L4Protocol>());
    protocols.routing = ns3::CreateObject<Ns3Routing>();
    protocols.routing->set_node(world_.routes, static_cast<Routes::Node>(v));
    protocols.ipv4->SetRoutingProtocol(protocols.routing);
    protocols.ipv4->SetDefaultTtl(kTimeToLive);
    node->AggregateObject(ns3::CreateObject<ns3::TrafficControlLayer>());
    const auto tcp = ns3::CreateObject<ns3::TcpL4Protocol>();
    node->AggregateObject(tcp);
    const Address own = world_.routes.address(static_cast<Routes::Node>(v));
    wires_.ips[v] = std::make_unique<Ns3Ip>(world_, own, protocols.ipv4, protocols.routing);
    tcp->SetDownTarget(ns3::MakeCallback(&Ns3Ip::send, wires_.ips[v].get()));
    node->AggregateObject(ns3::CreateObject<ns3::UdpL4Protocol>());
    wires_.nodes[v] = node;
  }

  // Gives a device its node, IP interface and port.
  Ns3Port& attach(const ns3::Ptr<ns3::NetDevice>& device, std::size_t v, std::uint32_t edge,
                  const Ns3Port::Place& place, Ns3Lan* lan) {
    wires_.nodes[v]->AddDevice(device);
    const Protocols& protocols = protocols_[v];
    const std::uint32_t interface = protocols.ipv4->AddInterface(device);
    const ns3::Ipv4Address address(world_.routes.address(static_cast<Routes::Node>(v)).value);
    protocols.ipv4->AddAddress(interface, ns3::Ipv4InterfaceAddress(address, ns3::Ipv4Mask::GetOnes()));
    protocols.ipv4->SetUp(interface);
    protocols.routing->add_device(edge, device);
    wires_.ports.push_back(std::make_unique<Ns3Port>(world_, place, lan));
    wires_.ends[edge].ports.push_back(wires_.ports.back().get());
    return *wires_.ports.back();
  }

  static void set_queue(const ns3::Ptr<ns3::CsmaNetDevice>& device, const topology::Link& link) {
    const auto queue = ns3::CreateObject<ns3::DropTailQueue<ns3::Packet>>();
    const auto packets = static_cast<std::uint32_t>(std::min<std::int64_t>(link.queue_packets, 0x7fffffff));
    queue->SetMaxSize(ns3::QueueSize(ns3::PACKETS, packets));
    device->SetQueue(queue);
  }

  static void set_loss(const ns3::Ptr<ns3::CsmaNetDevice>& device, Ns3Port& port) {
    const auto model = ns3::CreateObject<Ns3Loss>();
    model->set_port(port);
    device->SetReceiveErrorModel(model);
  }

  Ns3Port::Place place(std::uint32_t edge, const topology::Link& link, std::size_t self,
                       int direction) const {
    Ns3Port::Place place;
    place.link = {std::int64_t{edge} + 1};
    place.self = host_id(self);
    place.direction = direction;
    place.link_name = link.name;
    place.loss_per_billion = static_cast<std::uint64_t>(std::max<std::int64_t>(link.loss_per_billion, 0));
    return place;
  }

  void make_link(topology::Edge e, std::uint32_t index) {
    const topology::Link& link = graph_[e];
    const std::size_t ends[2] = {source(e, graph_), target(e, graph_)};
    ns3::Ptr<Ns3Link> devices[2];
    Ns3Port* ports[2] = {};
    for (int i = 0; i < 2; ++i) {
      devices[i] = ns3::CreateObject<Ns3Link>();
      Ns3Port::Place at = place(index, link, ends[i], i);
      at.peer = host_id(ends[1 - i]);
      ports[i] = &attach(devices[i], ends[i], index, at, nullptr);
    }
    for (int i = 0; i < 2; ++i) {
      devices[i]->connect(*devices[1 - i], {link.rate_bps, link.delay_ns, link.queue_packets}, *ports[i],
                          *wires_.ips[ends[i]]);
      wires_.ends[index].links.push_back(ns3::PeekPointer(devices[i]));
    }
    ports[0]->set_peer(*ports[1]);
    ports[1]->set_peer(*ports[0]);
  }

  void make_lan(std::size_t lan) {
    struct Attachment {
      topology::Edge edge;
      std::uint32_t index;
      std::size_t station;
      int direction;
    };
    std::vector<Attachment> attachments;
    std::int64_t rate_bps = 0, delay_ns = 0;
    std::uint32_t index = 0;
    for (auto [e, last] = edges(graph_); e != last; ++e, ++index) {
      const std::size_t from = source(*e, graph_), to = target(*e, graph_);
      if (from != lan && to != lan) continue;
      attachments.push_back({*e, index, from == lan ? to : from, from == lan ? 1 : 0});
      const topology::Link& link = graph_[*e];
      rate_bps = rate_bps == 0 ? link.rate_bps : std::min(rate_bps, link.rate_bps);
      delay_ns = std::max(delay_ns, link.delay_ns);
    }
    if (attachments.empty()) return;
    const auto channel = ns3::CreateObject<ns3::CsmaChannel>();
    channel->SetAttribute("DataRate",
                          ns3::DataRateValue(ns3::DataRate(static_cast<std::uint64_t>(rate_bps))));
    channel->SetAttribute("Delay", ns3::TimeValue(ns3::NanoSeconds(delay_ns)));
    // Everyone's addresses are known to everyone from the beginning, so that no ARP is spoken.
    const auto neighbours = ns3::CreateObject<ns3::ArpCache>();
    wires_.lans.push_back(std::make_unique<Ns3Lan>());
    for (const Attachment& a : attachments) {
      const auto device = ns3::CreateObject<ns3::CsmaNetDevice>();
      const Ns3Port::Place at = place(a.index, graph_[a.edge], a.station, a.direction);
      device->SetAddress(Ns3Port::mac_of(at.self, at.link));
      set_queue(device, graph_[a.edge]);
      Ns3Port& port = attach(device, a.station, a.index, at, wires_.lans.back().get());
      port.watch(device, protocols_[a.station].ipv4);
      device->Attach(channel);
      device->AssignStreams(
          static_cast<std::int64_t>(Random(world_.seed, at.link_name, "backoff").next() >> 2));
      set_loss(device, port);
      const ns3::Ptr<ns3::Ipv4L3Protocol>& ipv4 = protocols_[a.station].ipv4;
      ipv4->GetInterface(static_cast<std::uint32_t>(ipv4->GetInterfaceForDevice(device)))
          ->SetArpCache(neighbours);
      const Address address = world_.routes.address(static_cast<Routes::Node>(a.station));
      ns3::ArpCache::Entry* const entry = neighbours->Add(ns3::Ipv4Address(address.value));
      entry->SetMacAddress(device->GetAddress());
      entry->MarkPermanent();
    }
  }

  Ns3World& world_;
  const Graph& graph_;
  Ns3Wires wires_;
  std::vector<Protocols> protocols_;
  std::vector<bool> near_lan_;
};

}  // namespace

void ns3_prepare(std::uint64_t seed, bool with_checksums) {
  ns3::RngSeedManager::SetSeed(1);
  ns3::RngSeedManager::SetRun(seed);
  ns3::GlobalValue::Bind("ChecksumEnabled", ns3::BooleanValue(with_checksums));
  Ns3Pending::install();
}

Ns3Wires ns3_build(Ns3World& world, const topology::Graph& graph) {
  return Builder(world, graph).build();
}

}  // namespace mailroom::net
