// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/controller.hpp"

#include <fmt/format.h>

#include <cassert>

#include "sim/main/cli.hpp"

namespace mailroom::control {
namespace {

// Longer than any run: ten years.
constexpr std::int64_t kLongNs = 10LL * 365 * 24 * 3600 * 1'000'000'000;

}  // namespace

// A port of a simulated host where an outsider takes connections.
class Controller::Port {
 public:
  Port(Controller& controller, Name name, net::Host& host, std::uint16_t port)
      : controller_(controller), name_(name), host_(host) {
    listener_ = host.network().listen(port, [this](std::unique_ptr<net::Connection> connection) {
      take(std::move(connection));
    });
  }
  bool is_open() const { return listener_ != nullptr; }
  net::Host& host() const { return host_; }

 private:
  void take(std::unique_ptr<net::Connection> connection) {
    const Name name{name_.number, ++taken_};
    controller_.add(name, host_).take(std::move(connection));
    if (controller_.watcher_ != nullptr) controller_.watcher_->on_taken(name);
  }

  Controller& controller_;
  Name name_;
  net::Host& host_;
  std::uint32_t taken_ = 0;
  std::unique_ptr<net::Listener> listener_;
};

Controller::Controller(Simulation& simulation, const scenario::Scenario& scenario, trace::Recorder& recorder)
    : simulation_(simulation),
      recorder_(recorder),
      clock_(simulation.host(scenario.hosts.front().name)),
      faults_(scenario, simulation.faults()),
      targets_{&faults_} {
  const topology::Graph& graph = scenario.topology;
  for (const topology::Vertex vertex : boost::make_iterator_range(vertices(graph)))
    nodes_.emplace(graph[vertex].name, graph[vertex].is_lan);
}

Controller::~Controller() {
  stay(false);
}

void Controller::stay(bool on) {
  if (on == static_cast<bool>(staying_)) return;
  if (!on) {
    clock_.cancel(staying_);
    staying_ = {};
    return;
  }
  const trace::ContextScope scope(recorder_, {});
  staying_ = clock_.after(kLongNs, [this] { staying_ = {}; });
}

trace::SessionId Controller::session(Name name) const {
  const auto found = outsiders_.find(name);
  return found == outsiders_.end() ? trace::SessionId{} : found->second->session();
}

std::size_t Controller::waiting(Name name) const {
  const auto found = outsiders_.find(name);
  return found == outsiders_.end() ? 0 : found->second->waiting();
}

// All that belongs to the present instant comes before the line, and all that follows from the line after it: so a
// replay, which knows times only, has the same order.
void Controller::settle() {
  const bool stays = static_cast<bool>(staying_);
  stay(true);
  simulation_.run_until(simulation_.now_ns() + 1);
  stay(stays);
}

bool Controller::understands(std::string_view word) const {
  return is_verb(word) || target_of(word) != nullptr;
}

std::expected<void, std::string> Controller::apply(std::string_view text) {
  const auto line = parse(text);
  if (!line) return std::unexpected(line.error());
  return apply(*line);
}

std::expected<void, std::string> Controller::apply(const Line& line) {
  settle();
  if (auto wrong = objection(line)) return std::unexpected(std::move(*wrong));
  recorder_.set_time(simulation_.now_ns());
  const trace::ContextScope scope(recorder_, {});
  const std::string text = to_string(line);
  trace::Event event = about(line);
  event.text = text;
  recorder_.context.event = recorder_.record(event);
  obey(line);
  return {};
}

std::optional<std::string> Controller::objection_to_new(Name name) const {
  if (name.number > last_number_) return std::nullopt;
  return fmt::format("number {} was used before; the next that is free is {}", name.number, last_number_ + 1);
}

std::optional<std::string> Controller::objection_to_node(const std::string& host) const {
  const auto node = nodes_.find(host);
  if (node == nodes_.end()) {
    std::vector<std::string> names;
    for (const auto& [known, is_lan] : nodes_)
      if (!is_lan) names.push_back(known);
    const std::string_view meant = cli::nearest(host, names);
    return fmt::format("there is no host '{}'{}", host, meant.empty() ? "" : fmt::format("; did you mean '{}'?", meant));
  }
  if (node->second) return fmt::format("'{}' is a LAN segment, not a host", host);
  return std::nullopt;
}

std::optional<std::string> Controller::objection_to_unknown(Name name) const {
  if (outsiders_.contains(name)) return std::nullopt;
  if (name.number > last_number_) return fmt::format("there is no connection {}", to_string(name));
  return fmt::format("connection {} is not open", to_string(name));
}

ControlTarget* Controller::target_of(std::string_view text) const {
  for (ControlTarget* target : targets_)
    if (target->takes(first_word(text))) return target;
  return nullptr;
}

std::optional<std::string> Controller::objection(const Line& line) const {
  struct Objection {
    const Controller& own;
    std::optional<std::string> operator()(const Connect& l) const {
      if (auto wrong = own.objection_to_new(l.name)) return wrong;
      if (auto wrong = own.objection_to_node(l.from)) return wrong;
      return own.objection_to_node(l.to.host);
    }
    std::optional<std::string> operator()(const Listen& l) const {
      if (auto wrong = own.objection_to_new(l.name)) return wrong;
      if (auto wrong = own.objection_to_node(l.at.host)) return wrong;
      const auto probe = own.simulation_.host(l.at.host).network().listen(l.at.port, [](auto) {});
      if (probe == nullptr) return fmt::format("port {} of {} is taken", l.at.port, l.at.host);
      return std::nullopt;
    }
    std::optional<std::string> operator()(const Datagram& l) const {
      const auto known = own.datagrams_.find(l.name);
      if (known == own.datagrams_.end())
        if (auto wrong = own.objection_to_new(l.name)) return wrong;
      if (auto wrong = own.objection_to_node(l.from)) return wrong;
      if (known != own.datagrams_.end() && known->second->host().name() != l.from)
        return fmt::format("number {} sends datagrams from {}", l.name.number, known->second->host().name());
      return own.objection_to_node(l.to.host);
    }
    std::optional<std::string> operator()(const Type& l) const {
      if (auto wrong = own.objection_to_unknown(l.name)) return wrong;
      if (own.outsiders_.at(l.name)->is_finished())
        return fmt::format("what is typed into connection {} is finished", to_string(l.name));
      return std::nullopt;
    }
    std::optional<std::string> operator()(const Finish& l) const {
      if (own.ports_.contains(l.name) || own.datagrams_.contains(l.name)) return std::nullopt;
      return own.objection_to_unknown(l.name);
    }
    std::optional<std::string> operator()(const Reset& l) const { return own.objection_to_unknown(l.name); }
    std::optional<std::string> operator()(const Hold& l) const { return own.objection_to_unknown(l.name); }
    std::optional<std::string> operator()(const Other& l) const {
      const ControlTarget* target = own.target_of(l.text);
      if (target != nullptr) return target->objection(l.text);
      return fmt::format("'{}' is not understood; write connect, type, finish, reset, listen or datagram (docs/LIVE.md)",
                         first_word(l.text));
    }
  };
  return std::visit(Objection{*this}, line);
}

// Which host and connection a line is about.
trace::Event Controller::about(const Line& line) const {
  struct About {
    const Controller& own;
    trace::Event& event;
    void at(const std::string& host) const { event.host = own.simulation_.host(host).id(); }
    void of(Name name) const {
      if (const auto found = own.outsiders_.find(name); found != own.outsiders_.end()) {
        event.host = found->second->host().id();
        event.connection = found->second->connection();
      } else if (const auto port = own.ports_.find(name); port != own.ports_.end()) {
        event.host = port->second->host().id();
      } else if (const auto datagrams = own.datagrams_.find(name); datagrams != own.datagrams_.end()) {
        event.host = datagrams->second->host().id();
      }
    }
    void operator()(const Connect& l) const { at(l.from); }
    void operator()(const Listen& l) const { at(l.at.host); }
    void operator()(const Datagram& l) const { at(l.from); }
    void operator()(const Type& l) const { of(l.name); }
    void operator()(const Finish& l) const { of(l.name); }
    void operator()(const Reset& l) const { of(l.name); }
    void operator()(const Hold& l) const { of(l.name); }
    void operator()(const Other&) const {}
  };
  trace::Event event{.kind = trace::Kind::control_received};
  std::visit(About{*this, event}, line);
  return event;
}

void Controller::obey(const Line& line) {
  struct Obey {
    Controller& own;
    void operator()(const Connect& l) const { own.connect(l); }
    void operator()(const Listen& l) const { own.listen(l); }
    void operator()(const Datagram& l) const { own.send(l); }
    void operator()(const Type& l) const { own.outsiders_.at(l.name)->type(l.octets); }
    void operator()(const Finish& l) const { own.finish(l.name); }
    void operator()(const Reset& l) const { own.outsiders_.at(l.name)->reset(); }
    void operator()(const Hold& l) const { own.outsiders_.at(l.name)->hold(l.on); }
    void operator()(const Other& l) const { own.target_of(l.text)->obey(l.text); }
  };
  std::visit(Obey{*this}, line);
}

Outsider& Controller::add(Name name, net::Host& host) {
  auto outsider = std::make_unique<Outsider>(name, host, watcher_, [this](Name who, net::End how) { end(who, how); });
  return *outsiders_.emplace(name, std::move(outsider)).first->second;
}

void Controller::end(Name name, net::End end) {
  const auto found = outsiders_.find(name);
  assert(found != outsiders_.end());
  const std::unique_ptr<Outsider> going = std::move(found->second);
  outsiders_.erase(found);
  if (watcher_ != nullptr) watcher_->on_ended(name, end);
}

void Controller::connect(const Connect& line) {
  last_number_ = line.name.number;
  const net::Endpoint remote{simulation_.host(line.to.host).network().address(), line.to.port};
  add(line.name, simulation_.host(line.from)).connect(remote);
}

void Controller::listen(const Listen& line) {
  last_number_ = line.name.number;
  auto port = std::make_unique<Port>(*this, line.name, simulation_.host(line.at.host), line.at.port);
  assert(port->is_open());
  ports_.emplace(line.name, std::move(port));
}

void Controller::send(const Datagram& line) {
  auto known = datagrams_.find(line.name);
  if (known == datagrams_.end()) {
    last_number_ = line.name.number;
    auto made = std::make_unique<DatagramOutsider>(line.name, simulation_.host(line.from), watcher_);
    if (!made->is_open()) return;  // as if it had been lost
    known = datagrams_.emplace(line.name, std::move(made)).first;
  }
  known->second->send({simulation_.host(line.to.host).network().address(), line.to.port}, line.octets);
}

void Controller::finish(Name name) {
  if (datagrams_.erase(name) > 0 || ports_.erase(name) > 0) return;
  outsiders_.at(name)->finish();
}

}  // namespace mailroom::control
