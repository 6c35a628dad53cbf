// SPDX-License-Identifier: GPL-2.0-only
// What floor does, over our network instead of bare ns-3, still without mail: the difference is the seam's.
//
//   turns [--sessions N] [--size OCTETS] [--hops K] [--level LEVEL]: sessions one after the other between two
//   hosts.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <deque>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "sim/net/ns3_network.hpp"

namespace {

using namespace mailroom;

class Nowhere final : public trace::Sink {
 public:
  std::uint64_t rows = 0;
  void write(trace::EventId, std::int64_t, trace::EventId, const trace::Event&) override { ++rows; }
  void write(const trace::Flight&) override { ++rows; }
  void write(const trace::Content&) override {}
  void write(trace::RecipientId, std::string_view) override {}
  void write_frame(trace::EventId, std::string_view) override {}
};

struct Step {
  std::size_t wait, send;
};

class Peer final : public net::ConnectionUser {
 public:
  Peer(trace::Recorder& recorder, std::vector<Step> script, bool closes)
      : recorder_(recorder), script_(std::move(script)), closes_(closes) {}
  std::unique_ptr<net::Connection> connection;
  bool is_over = false;
  std::function<void()> on_over;

  void advance() {
    push();
    while (rest_ == 0 && at_ < script_.size() && received_ >= script_[at_].wait) {
      received_ -= script_[at_].wait;
      rest_ = script_[at_++].send;
      push();
    }
    if (closes_ && rest_ == 0 && at_ == script_.size()) connection->finish();
  }
  void on_established() override {}
  void on_octets(std::string_view octets) override {
    received_ += octets.size();
    advance();
  }
  void on_room() override { advance(); }
  void on_peer_finished() override { connection->finish(); }
  void on_ended(net::End) override {
    is_over = true;
    if (on_over) on_over();
  }

 private:
  void push() {
    static const std::string kOctets(1 << 20, 'x');
    trace::Context context = recorder_.context;
    context.is_content = rest_ > 100;
    context.message.value = context.is_content ? 1 : 0;
    const trace::ContextScope scope(recorder_, context);
    while (rest_ > 0) {
      const std::size_t sent = connection->send(std::string_view(kOctets).substr(0, rest_));
      if (sent == 0) return;
      rest_ -= sent;
    }
  }

  trace::Recorder& recorder_;
  std::vector<Step> script_;
  std::size_t at_ = 0, received_ = 0, rest_ = 0;
  bool closes_;
};

}  // namespace

int main(int argc, char** argv) {
  std::size_t sessions = 1000, size = 2000, hops = 1;
  trace::Level level = trace::Level::mail;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string name = argv[i];
    if (name == "--sessions") sessions = std::strtoul(argv[i + 1], nullptr, 10);
    if (name == "--size") size = std::strtoul(argv[i + 1], nullptr, 10);
    if (name == "--hops") hops = std::strtoul(argv[i + 1], nullptr, 10);
    if (name == "--level") level = trace::level_named(argv[i + 1]).value_or(level);
  }
  topology::Graph graph;
  for (std::size_t i = 0; i <= hops; ++i) {
    topology::Node node;
    node.name = "h" + std::to_string(i);
    add_vertex(node, graph);
    if (i == 0) continue;
    topology::Link link;
    link.name = "l" + std::to_string(i);
    link.rate_bps = 100'000'000;
    link.delay_ns = 1'000'000;
    add_edge(i - 1, i, link, graph);
  }
  Nowhere sink;
  trace::Recorder recorder(sink, level);
  net::Ns3Network network(graph, recorder, {});
  net::Host& from = network.host("h0");
  net::Host& to = network.host("h" + std::to_string(hops));
  const std::vector<Step> client = {{40, 30}, {40, 30}, {40, 30}, {40, 30}, {40, size}, {40, 6}};
  const std::vector<Step> server = {{0, 40}, {30, 40}, {30, 40}, {30, 40}, {30, 40}, {size, 40}, {6, 40}};
  std::deque<Peer> clients, servers;
  const auto listener = to.network().listen(25, [&](std::unique_ptr<net::Connection> connection) {
    while (!servers.empty() && servers.front().is_over) servers.pop_front();
    Peer& peer = servers.emplace_back(recorder, server, true);
    peer.connection = std::move(connection);
    peer.connection->set_user(peer);
    peer.advance();
  });
  std::size_t begun = 0;
  std::function<void()> begin = [&] {
    ++begun;
    while (clients.size() > 1 && clients.front().is_over) clients.pop_front();
    Peer& peer = clients.emplace_back(recorder, client, false);
    peer.on_over = [&] {
      if (begun < sessions) from.after(0, begin);
    };
    peer.connection = from.network().connect({to.network().address(), 25}, peer);
  };
  from.after(0, begin);
  const std::clock_t before = std::clock();
  network.run();
  const double cpu_s = static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
  std::printf("{\"sessions\":%zu,\"events\":%llu,\"rows\":%llu,\"simulated_s\":%.3f,\"cpu_s\":%.4f}\n", begun,
              static_cast<unsigned long long>(network.event_count()),
              static_cast<unsigned long long>(sink.rows), static_cast<double>(network.now_ns()) / 1e9, cpu_s);
  clients.clear();
  servers.clear();
}
