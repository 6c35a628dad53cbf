// SPDX-License-Identifier: GPL-2.0-only
// Our set-up of the tree that setup_nix makes, and one connection from the first host to the last.
//
//   setup_ours [--hosts N] [--fan F]
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <vector>

#include "sim/net/ns3_network.hpp"

namespace {

using namespace mailroom;

class Nowhere final : public trace::Sink {
 public:
  void write(trace::EventId, std::int64_t, trace::EventId, const trace::Event&) override {}
  void write(const trace::Flight&) override {}
  void write(const trace::Content&) override {}
  void write(trace::RecipientId, std::string_view) override {}
  void write_frame(trace::EventId, std::string_view) override {}
};

class Caller final : public net::ConnectionUser {
 public:
  bool connected = false;
  void on_established() override { connected = true; }
  void on_octets(std::string_view) override {}
  void on_peer_finished() override {}
  void on_ended(net::End) override {}
};

topology::Graph tree(std::size_t hosts, std::size_t fan) {
  topology::Graph graph;
  const auto add = [&graph] {
    topology::Node node;
    node.name = "n" + std::to_string(num_vertices(graph));
    return add_vertex(node, graph);
  };
  for (std::size_t i = 0; i < hosts; ++i) add();
  for (std::size_t begin = 0, end = hosts; end - begin > 1;) {
    const std::size_t above = end;
    for (std::size_t i = begin; i < end; ++i) {
      const std::size_t router = above + (i - begin) / fan;
      if (router == num_vertices(graph)) add();
      topology::Link link;
      link.name = graph[i].name + "-" + graph[router].name;
      link.rate_bps = 100'000'000;
      link.delay_ns = 1'000'000;
      add_edge(i, router, link, graph);
    }
    begin = above;
    end = num_vertices(graph);
  }
  return graph;
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t hosts = 5000, fan = 20;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    if (name == "--hosts") hosts = std::strtoul(argv[i + 1], nullptr, 10);
    if (name == "--fan") fan = std::strtoul(argv[i + 1], nullptr, 10);
  }
  const std::clock_t before = std::clock();
  const topology::Graph graph = tree(hosts, fan);
  Nowhere sink;
  trace::Recorder recorder(sink, trace::Level::mail);
  net::Ns3Network network(graph, recorder, {});
  net::Host& last = network.host(trace::HostId{static_cast<std::int64_t>(hosts)});
  std::unique_ptr<net::Connection> accepted;
  const auto listener = last.network().listen(25, [](std::unique_ptr<net::Connection>) {});
  Caller caller;
  const auto connection =
      network.host(trace::HostId{1}).network().connect({last.network().address(), 25}, caller);
  network.run_until(1'000'000'000);
  const double cpu_s = static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
  std::printf("{\"nodes\":%zu,\"connected\":%s,\"cpu_s\":%.4f}\n", num_vertices(graph),
              caller.connected ? "true" : "false", cpu_s);
  return caller.connected ? 0 : 1;
}
