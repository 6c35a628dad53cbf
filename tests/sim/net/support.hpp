// SPDX-License-Identifier: GPL-2.0-only
// What the tests of the network share: a sink that remembers, small topologies, and an agent that keeps a
// diary.
#pragma once

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "sim/net/ns3_network.hpp"
#include "sim/trace/recorder.hpp"
#include "topologies/graph.hpp"

namespace mailroom::net::test {

inline constexpr std::int64_t kMs = 1'000'000, kSecond = 1'000'000'000;

struct Row {
  trace::EventId id, cause, because;
  std::int64_t time_ns = 0;
  trace::Kind kind{};
  trace::HostId host;
  trace::LinkId link;
  trace::ConnectionId connection;
  std::int64_t size = 0, value = 0;
  std::string text;
  friend bool operator==(const Row&, const Row&) = default;
};

class RowSink final : public trace::Sink {
 public:
  std::vector<Row> rows;
  std::vector<trace::Flight> flights;
  std::map<trace::EventId, std::string> frames;

  void write(trace::EventId id, std::int64_t time_ns, trace::EventId cause, const trace::Event& e) override {
    rows.push_back({id, cause, e.because, time_ns, e.kind, e.host, e.link, e.connection, e.size.value_or(0),
                    e.value.value_or(0), std::string(e.text)});
  }
  void write(const trace::Flight& flight) override { flights.push_back(flight); }
  void write(const trace::Content&) override {}
  void write(trace::RecipientId, std::string_view) override {}
  void write_frame(trace::EventId frame, std::string_view octets) override { frames.emplace(frame, octets); }

  std::vector<Row> of(trace::Kind kind) const {
    std::vector<Row> found;
    for (const Row& row : rows) {
      if (row.kind == kind) found.push_back(row);
    }
    return found;
  }
  const Row* by_id(trace::EventId id) const {
    for (const Row& row : rows) {
      if (row.id == id) return &row;
    }
    return nullptr;
  }
};

struct Wire {
  std::int64_t rate_bps = 10'000'000;
  std::int64_t delay_ns = 10 * kMs;
  std::int64_t queue_packets = 100;
  std::int64_t loss_per_billion = 0;
};

inline topology::Vertex add_node(topology::Graph& graph, const std::string& name, bool is_lan = false) {
  topology::Node node;
  node.name = node.label = name;
  node.is_lan = is_lan;
  return add_vertex(node, graph);
}

inline void join(topology::Graph& graph, topology::Vertex a, topology::Vertex b, const Wire& wire = {}) {
  topology::Link link;
  link.name = graph[a].name + "-" + graph[b].name + "-" + std::to_string(num_edges(graph));
  link.rate_bps = wire.rate_bps;
  link.delay_ns = wire.delay_ns;
  link.queue_packets = wire.queue_packets;
  link.loss_per_billion = wire.loss_per_billion;
  add_edge(a, b, link, graph);
}

// h0 - h1 - … of so many nodes.
inline topology::Graph line(int nodes, const Wire& wire = {}) {
  topology::Graph graph;
  for (int i = 0; i < nodes; ++i) {
    const auto v = add_node(graph, "h" + std::to_string(i));
    if (i > 0) join(graph, v - 1, v, wire);
  }
  return graph;
}

// A network and all that it needs.
struct World {
  RowSink sink;
  trace::Recorder recorder;
  Ns3Network network;

  explicit World(const topology::Graph& graph, trace::Level level = trace::Level::full,
                 std::uint64_t seed = 1)
      : recorder(sink, level), network(graph, recorder, {.seed = seed, .hosts = {}}) {}
  Host& operator[](std::string_view name) { return network.host(name); }
  Endpoint at(std::string_view name, std::uint16_t port) {
    return {network.host(name).network().address(), port};
  }
};

// One end of a connection that writes down what happens and does what it is told to.
class Diarist : public ConnectionUser {
 public:
  struct Entry {
    std::int64_t time_ns;
    std::string what;  // "established", "octets", "room", "peer finished", or the name of the end
  };

  explicit Diarist(Host& host) : host_(host) {}

  void connect(Endpoint remote) { connection = host_.network().connect(remote, *this); }
  void take(std::unique_ptr<Connection> taken) {
    connection = std::move(taken);
    connection->set_user(*this);
    note("accepted");
    if (when_established) when_established();
  }
  // Listens, and takes the first connection.
  void listen(std::uint16_t port) {
    listener =
        host_.network().listen(port, [this](std::unique_ptr<Connection> taken) { take(std::move(taken)); });
  }

  // Sends all of it as room comes.
  void send_all(std::string octets) {
    rest += octets;
    push();
  }
  void push() {
    rest.erase(0, connection->send(rest));
    if (rest.empty() && finish_after) connection->finish();
  }

  void on_established() override {
    note("established");
    if (when_established) when_established();
  }
  void on_octets(std::string_view octets) override {
    note("octets");
    received += octets;
    pieces.emplace_back(host_.recorder().context, std::string(octets));
    if (when_octets) when_octets(octets);
  }
  void on_room() override {
    note("room");
    push();
  }
  void on_peer_finished() override {
    note("peer finished");
    if (when_peer_finished) when_peer_finished();
  }
  void on_ended(End e) override {
    note(std::string(name(e)));
    ended = true;
    end = e;
    ended_ns = host_.now_ns();
    if (when_ended) when_ended();
  }

  void note(std::string what) { diary.push_back({host_.now_ns(), std::move(what)}); }
  std::vector<std::string> words() const {
    std::vector<std::string> result;
    for (const Entry& entry : diary) {
      if (result.empty() || result.back() != entry.what) result.push_back(entry.what);
    }
    return result;
  }
  std::int64_t when(std::string_view what) const {
    for (const Entry& entry : diary) {
      if (entry.what == what) return entry.time_ns;
    }
    return -1;
  }

  std::unique_ptr<Connection> connection;
  std::unique_ptr<Listener> listener;
  std::function<void()> when_established, when_peer_finished, when_ended;
  std::function<void(std::string_view)> when_octets;
  std::string received, rest;
  std::vector<std::pair<trace::Context, std::string>> pieces;
  std::vector<Entry> diary;
  bool finish_after = false;
  bool ended = false;
  End end = End::closed;
  std::int64_t ended_ns = -1;

 private:
  Host& host_;
};

// Octets that tell where they belong.
inline std::string pattern(std::size_t size, std::uint64_t salt = 0) {
  std::string octets(size, '\0');
  Random random(7 + salt, "pattern", "test");
  for (char& c : octets) c = static_cast<char>(random.next());
  return octets;
}

// Runs a simulation in a process of its own, for tests that need several, and gives back what it returned.
inline std::string in_own_process(const std::function<std::string()>& run) {
  int ends[2];
  EXPECT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    const std::string all = run();
    for (std::size_t at = 0; at < all.size();) {
      const ssize_t written = write(ends[1], all.data() + at, all.size() - at);
      if (written <= 0) _exit(2);
      at += static_cast<std::size_t>(written);
    }
    _exit(testing::Test::HasFailure() ? 1 : 0);
  }
  ::close(ends[1]);
  std::string result;
  char buffer[65536];
  for (ssize_t got = 0; (got = read(ends[0], buffer, sizeof buffer)) > 0;)
    result.append(buffer, static_cast<std::size_t>(got));
  ::close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  return result;
}

}  // namespace mailroom::net::test
