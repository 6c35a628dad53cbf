// SPDX-License-Identifier: GPL-2.0-only
// What our set-up is measured against: bare ns-3 sets up a tree of routers with nix-vector routing, IPv6 and
// queue discs off, and carries one connection from the first host to the last, because nix-vectors are made
// on demand.
//
//   setup_nix [--hosts N] [--fan F]: N hosts, F to a router, F routers to a router above, up to one.
#include <ns3/internet-stack-helper.h>
#include <ns3/ipv4-address-helper.h>
#include <ns3/ipv4.h>
#include <ns3/nix-vector-helper.h>
#include <ns3/node-container.h>
#include <ns3/point-to-point-helper.h>
#include <ns3/simulator.h>
#include <ns3/socket.h>
#include <ns3/tcp-socket-factory.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include "tests/bench/floor_settings.hpp"

namespace {

using namespace ns3;

// Parents of a tree whose first `hosts` nodes are leaves; the root has none (-1).
std::vector<long> tree(std::size_t hosts, std::size_t fan) {
  std::vector<long> parent(hosts, -1);
  for (std::size_t begin = 0, end = hosts; end - begin > 1;) {
    const std::size_t above = end;
    for (std::size_t i = begin; i < end; ++i) {
      const std::size_t router = above + (i - begin) / fan;
      if (router == parent.size()) parent.push_back(-1);
      parent[i] = static_cast<long>(router);
    }
    begin = above;
    end = parent.size();
  }
  return parent;
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t hosts = 5000, fan = 20;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    if (name == "--hosts") hosts = std::strtoul(argv[i + 1], nullptr, 10);
    if (name == "--fan") fan = std::strtoul(argv[i + 1], nullptr, 10);
  }
  mailroom::bench::set_tcp(static_cast<double>(mailroom::net::kTcp.max_segment_lifetime_ns) / 1e9);
  const std::clock_t before = std::clock();
  const std::vector<long> parent = tree(hosts, fan);
  NodeContainer nodes(static_cast<std::uint32_t>(parent.size()));
  InternetStackHelper stack;
  const Ipv4NixVectorHelper nix;
  stack.SetRoutingHelper(nix);
  stack.SetIpv6StackInstall(false);
  stack.Install(nodes);
  PointToPointHelper link;
  link.DisableFlowControl();  // no queue discs
  link.SetDeviceAttribute("DataRate", StringValue("100Mbps"));
  link.SetChannelAttribute("Delay", StringValue("1ms"));
  Ipv4AddressHelper addresses("10.0.0.0", "255.255.255.252");
  for (std::size_t i = 0; i < parent.size(); ++i) {
    if (parent[i] < 0) continue;
    const NetDeviceContainer devices = link.Install(nodes.Get(static_cast<std::uint32_t>(i)),
                                                    nodes.Get(static_cast<std::uint32_t>(parent[i])));
    for (std::uint32_t end = 0; end < 2; ++end) {
      const Ptr<Ipv4> ipv4 = devices.Get(end)->GetNode()->GetObject<Ipv4>();
      const std::uint32_t interface = ipv4->AddInterface(devices.Get(end));
      ipv4->AddAddress(interface, Ipv4InterfaceAddress(addresses.NewAddress(), Ipv4Mask("255.255.255.252")));
      ipv4->SetUp(interface);
    }
    addresses.NewNetwork();
  }
  const auto last = static_cast<std::uint32_t>(hosts - 1);
  const Ptr<Socket> listener = Socket::CreateSocket(nodes.Get(last), TcpSocketFactory::GetTypeId());
  listener->Bind(InetSocketAddress(Ipv4Address::GetAny(), 25));
  listener->Listen();
  const Ptr<Socket> socket = Socket::CreateSocket(nodes.Get(0), TcpSocketFactory::GetTypeId());
  bool connected = false;
  socket->SetConnectCallback(MakeCallback(+[](bool* flag, Ptr<Socket>) { *flag = true; }).Bind(&connected),
                             MakeNullCallback<void, Ptr<Socket>>());
  const Ipv4Address to = nodes.Get(last)->GetObject<Ipv4>()->GetAddress(1, 0).GetLocal();
  Simulator::Schedule(Seconds(0), [&] { socket->Connect(InetSocketAddress(to, 25)); });
  Simulator::Stop(Seconds(1));
  Simulator::Run();
  const double cpu_s = static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
  std::printf("{\"nodes\":%zu,\"connected\":%s,\"cpu_s\":%.4f}\n", parent.size(),
              connected ? "true" : "false", cpu_s);
  Simulator::Destroy();
  return connected ? 0 : 1;
}
