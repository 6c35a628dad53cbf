// SPDX-License-Identifier: GPL-2.0-only
// The floor that the whole program is measured against: bare ns-3, with none of our code, moves the same
// octets in the same turns as SMTP sessions of one message each.
//
//   floor --sessions N [--hosts H] [--shape pair|hub|line] [--size OCTETS] [--turns T] [--command OCTETS]
//         [--reply OCTETS] [--greeting OCTETS] [--mean-ms M] [--rate BPS] [--delay-us D] [--queue PACKETS]
//         [--msl S] [--hops K] [--client N,N,…] [--server N,N,…] [--questions N,N,… --answers N,N,…]
//         [--count-frames 1]
//
// A session: with --questions, so many datagrams one after the other, each of which the server answers;
// connection; greeting; T turns of command and reply (EHLO, MAIL, RCPT, DATA: 4); the message; its reply;
// QUIT and its reply; the server closes first, the client after it. Without --mean-ms each session begins
// when the one before has ended; with it, sessions begin as a Poisson process of that mean interval. Host i
// sends to host i + 1, in turn. Shapes: pair is two hosts, K links apart; hub and line are H hosts.
// --client and --server say turn by turn how many octets each end sends, the server's greeting first; they
// take the place of the options on sizes and turns. --questions and --answers are octets, too. Prints
// sessions, ns-3 events, simulated and CPU seconds of the run, set-up excluded; and with --count-frames how
// many frames went over the links, and their octets.
#include <ns3/drop-tail-queue.h>
#include <ns3/global-value.h>
#include <ns3/inet-socket-address.h>
#include <ns3/internet-stack-helper.h>
#include <ns3/ipv4-address-helper.h>
#include <ns3/ipv4-global-routing-helper.h>
#include <ns3/ipv4.h>
#include <ns3/node-container.h>
#include <ns3/packet.h>
#include <ns3/point-to-point-channel.h>
#include <ns3/point-to-point-net-device.h>
#include <ns3/random-variable-stream.h>
#include <ns3/simulator.h>
#include <ns3/socket.h>
#include <ns3/tcp-socket-factory.h>
#include <ns3/udp-socket-factory.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/bench/floor_settings.hpp"

namespace {

using namespace ns3;

struct Options {
  std::uint64_t sessions = 1000, hosts = 2, size = 2000, turns = 4, command = 30, reply = 40, greeting = 40;
  std::uint64_t rate = 100'000'000, delay_us = 1000, queue = 100, hops = 1;
  double mean_ms = 0, msl = static_cast<double>(mailroom::net::kTcp.max_segment_lifetime_ns) / 1e9;
  std::uint64_t count_frames = 0;
  std::vector<std::uint64_t> client, server;      // octets of each turn; empty: by the sizes above
  std::vector<std::uint64_t> questions, answers;  // octets of each datagram before the session
  std::string shape = "pair";
} g_options;

// One end of a session: waits for so many octets, sends so many, and so on. The server's script begins with a
// greeting.
struct Step {
  std::uint64_t wait, send;
};

class Peer {
 public:
  Peer(Ptr<Socket> socket, std::vector<Step> script, bool closes)
      : socket_(socket), script_(std::move(script)), closes_(closes) {
    socket_->SetRecvCallback(MakeCallback(&Peer::on_octets, this));
    socket_->SetSendCallback(MakeCallback(&Peer::on_room, this));
    socket_->SetCloseCallbacks(MakeCallback(&Peer::on_close, this), MakeCallback(&Peer::on_close, this));
  }
  ~Peer() {
    socket_->SetRecvCallback(MakeNullCallback<void, Ptr<Socket>>());
    socket_->SetSendCallback(MakeNullCallback<void, Ptr<Socket>, std::uint32_t>());
    socket_->SetCloseCallbacks(MakeNullCallback<void, Ptr<Socket>>(), MakeNullCallback<void, Ptr<Socket>>());
  }

  void advance() {
    push();
    while (rest_ == 0 && at_ < script_.size() && received_ >= script_[at_].wait) {
      received_ -= script_[at_].wait;
      rest_ = script_[at_++].send;
      push();
    }
    if (closes_ && rest_ == 0 && at_ == script_.size() && !closed_) {
      closed_ = true;
      socket_->Close();
    }
  }
  bool is_over() const { return over_; }
  std::function<void()> on_over;

 private:
  void push() {
    static const std::vector<std::uint8_t> kOctets(1 << 20, 'x');
    while (rest_ > 0) {
      const auto size = static_cast<std::uint32_t>(
          std::min<std::uint64_t>({rest_, socket_->GetTxAvailable(), kOctets.size()}));
      if (size == 0) return;
      socket_->Send(Create<Packet>(kOctets.data(), size));
      rest_ -= size;
    }
  }
  void on_octets(Ptr<Socket> socket) {
    while (const Ptr<Packet> packet = socket->Recv()) {
      if (packet->GetSize() == 0) break;
      received_ += packet->GetSize();
    }
    advance();
  }
  void on_room(Ptr<Socket>, std::uint32_t) {
    if (rest_ > 0) advance();
  }
  void on_close(Ptr<Socket>) {
    if (over_) return;
    over_ = true;
    if (!closed_) {
      closed_ = true;
      socket_->Close();
    }
    if (on_over) Simulator::ScheduleNow(&Peer::tell, this);
  }
  void tell() { on_over(); }

  Ptr<Socket> socket_;
  std::vector<Step> script_;
  std::size_t at_ = 0;
  std::uint64_t received_ = 0, rest_ = 0;
  bool closes_, closed_ = false, over_ = false;
};

constexpr std::uint16_t kQuestionPort = 53;

// The number of a datagram is its first octet.
Ptr<Packet> datagram(std::uint8_t number, std::uint64_t size) {
  std::vector<std::uint8_t> octets(size, 'x');
  octets.front() = number;
  return Create<Packet>(octets.data(), static_cast<std::uint32_t>(size));
}

// Asks one question after the other, over a port of its own; then it calls on_over.
class Asker {
 public:
  Asker(Ptr<Node> node, Ipv4Address server)
      : socket_(Socket::CreateSocket(node, UdpSocketFactory::GetTypeId())), server_(server, kQuestionPort) {
    socket_->Bind();
    socket_->SetRecvCallback(MakeCallback(&Asker::on_answer, this));
  }
  ~Asker() { socket_->SetRecvCallback(MakeNullCallback<void, Ptr<Socket>>()); }

  void ask() {
    if (at_ == g_options.questions.size()) {
      over_ = true;
      socket_->Close();
      return on_over();
    }
    socket_->SendTo(datagram(static_cast<std::uint8_t>(at_), g_options.questions[at_]), 0, server_);
  }
  bool is_over() const { return over_; }
  std::function<void()> on_over;

 private:
  void on_answer(Ptr<Socket> socket) {
    while (socket->Recv() != nullptr) ++at_;
    ask();
  }

  Ptr<Socket> socket_;
  InetSocketAddress server_;
  std::size_t at_ = 0;
  bool over_ = false;
};

class Floor {
 public:
  void build();
  void run();

 private:
  void link(Ptr<Node> a, Ptr<Node> b);
  void on_frame(Ptr<const Packet> packet) {
    ++frames_;
    frame_octets_ += packet->GetSize();
  }
  void begin_session();
  void connect(Ptr<Node> from, Ipv4Address to);
  void answer(Ptr<Socket> socket);
  void accept(Ptr<Socket> socket, const Address&);
  std::vector<Step> client_script() const;
  std::vector<Step> server_script() const;

  NodeContainer nodes_;
  std::vector<Ptr<Node>> hosts_;
  std::list<Peer> clients_, servers_;
  std::list<Asker> askers_;
  std::uint64_t begun_ = 0, ended_ = 0;
  Ipv4AddressHelper addresses_{"10.0.0.0", "255.255.255.252"};
  Ptr<ExponentialRandomVariable> pause_;
  std::uint64_t frames_ = 0, frame_octets_ = 0;
};

void Floor::link(Ptr<Node> a, Ptr<Node> b) {
  const auto channel = CreateObject<PointToPointChannel>();
  channel->SetAttribute("Delay", TimeValue(MicroSeconds(g_options.delay_us)));
  NetDeviceContainer devices;
  for (const Ptr<Node>& node : {a, b}) {
    const auto device = CreateObject<PointToPointNetDevice>();
    device->SetDataRate(DataRate(g_options.rate));
    const auto queue = CreateObject<DropTailQueue<Packet>>();
    queue->SetMaxSize(QueueSize(PACKETS, static_cast<std::uint32_t>(g_options.queue)));
    device->SetQueue(queue);
    node->AddDevice(device);
    device->Attach(channel);
    devices.Add(device);
    if (g_options.count_frames != 0)
      device->TraceConnectWithoutContext("PhyTxBegin", MakeCallback(&Floor::on_frame, this));
    const Ptr<Ipv4> ipv4 = node->GetObject<Ipv4>();
    // As Ipv4AddressHelper::Assign does it, but without its queue discs.
    ipv4->AddInterface(device);
  }
  for (std::uint32_t i = 0; i < 2; ++i) {
    const Ptr<Ipv4> ipv4 = devices.Get(i)->GetNode()->GetObject<Ipv4>();
    const auto interface = static_cast<std::uint32_t>(ipv4->GetInterfaceForDevice(devices.Get(i)));
    ipv4->AddAddress(interface, Ipv4InterfaceAddress(addresses_.NewAddress(), Ipv4Mask("255.255.255.252")));
    ipv4->SetUp(interface);
  }
  addresses_.NewNetwork();
}

void Floor::build() {
  const bool is_pair = g_options.shape == "pair";
  const std::uint64_t hosts = is_pair ? 2 : g_options.hosts;
  const std::uint64_t routers = is_pair ? g_options.hops - 1 : g_options.shape == "hub" ? 1 : 0;
  nodes_.Create(static_cast<std::uint32_t>(hosts + routers));
  InternetStackHelper stack;
  stack.SetIpv6StackInstall(false);
  stack.Install(nodes_);
  const auto node = [this](std::uint64_t i) { return nodes_.Get(static_cast<std::uint32_t>(i)); };
  for (std::uint64_t i = 0; i < hosts; ++i) hosts_.push_back(node(i));
  if (is_pair) {
    Ptr<Node> last = node(0);
    for (std::uint64_t i = 0; i < routers; ++i) {
      link(last, node(2 + i));
      last = node(2 + i);
    }
    link(last, node(1));
  } else if (g_options.shape == "hub") {
    for (std::uint64_t i = 0; i < hosts; ++i) link(node(i), node(hosts));
  } else {
    for (std::uint64_t i = 1; i < hosts; ++i) link(node(i - 1), node(i));
  }
  Ipv4GlobalRoutingHelper::PopulateRoutingTables();
  for (const Ptr<Node>& host : hosts_) {
    const Ptr<Socket> listener = Socket::CreateSocket(host, TcpSocketFactory::GetTypeId());
    listener->Bind(InetSocketAddress(Ipv4Address::GetAny(), 25));
    listener->Listen();
    listener->SetAcceptCallback(MakeNullCallback<bool, Ptr<Socket>, const Address&>(),
                                MakeCallback(&Floor::accept, this));
    if (g_options.questions.empty()) continue;
    const Ptr<Socket> answering = Socket::CreateSocket(host, UdpSocketFactory::GetTypeId());
    answering->Bind(InetSocketAddress(Ipv4Address::GetAny(), kQuestionPort));
    answering->SetRecvCallback(MakeCallback(&Floor::answer, this));
  }
  if (g_options.mean_ms > 0) {
    pause_ = CreateObject<ExponentialRandomVariable>();
    pause_->SetAttribute("Mean", DoubleValue(g_options.mean_ms / 1000));
    pause_->SetStream(1);
  }
}

std::vector<Step> Floor::client_script() const {
  std::vector<Step> script;
  for (std::size_t i = 0; i < g_options.client.size(); ++i)
    script.push_back({g_options.server[i], g_options.client[i]});
  return script;
}

std::vector<Step> Floor::server_script() const {
  std::vector<Step> script = {{0, g_options.server[0]}};
  for (std::size_t i = 0; i < g_options.client.size(); ++i)
    script.push_back({g_options.client[i], g_options.server[i + 1]});
  return script;
}

void Floor::begin_session() {
  const std::uint64_t number = begun_++;
  while (!clients_.empty() && clients_.front().is_over()) clients_.pop_front();
  while (!servers_.empty() && servers_.front().is_over()) servers_.pop_front();
  const Ptr<Node> from = hosts_[number % hosts_.size()];
  const Ipv4Address to = hosts_[(number + 1) % hosts_.size()]->GetObject<Ipv4>()->GetAddress(1, 0).GetLocal();
  if (g_options.questions.empty()) {
    connect(from, to);
  } else {
    while (!askers_.empty() && askers_.front().is_over()) askers_.pop_front();
    askers_.emplace_back(from, to);
    askers_.back().on_over = [this, from, to] { connect(from, to); };
    askers_.back().ask();
  }
  if (pause_ && begun_ < g_options.sessions) {
    Simulator::Schedule(Seconds(pause_->GetValue()), &Floor::begin_session, this);
  }
}

void Floor::answer(Ptr<Socket> socket) {
  Address from;
  while (const Ptr<Packet> question = socket->RecvFrom(from)) {
    std::uint8_t number = 0;
    question->CopyData(&number, 1);
    socket->SendTo(datagram(number, g_options.answers[number]), 0, from);
  }
}

void Floor::connect(Ptr<Node> from, Ipv4Address to) {
  const Ptr<Socket> socket = Socket::CreateSocket(from, TcpSocketFactory::GetTypeId());
  clients_.emplace_back(socket, client_script(), false);
  clients_.back().on_over = [this] {
    ++ended_;
    if (!pause_ && begun_ < g_options.sessions) begin_session();
  };
  socket->Connect(InetSocketAddress(to, 25));
}

void Floor::accept(Ptr<Socket> socket, const Address&) {
  servers_.emplace_back(socket, server_script(), true);
  servers_.back().advance();
}

void Floor::run() {
  Simulator::Schedule(Seconds(0), &Floor::begin_session, this);
  const std::clock_t before = std::clock();
  Simulator::Run();
  const double cpu_s = static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
  std::printf("{\"sessions\":%llu,\"events\":%llu,\"simulated_s\":%.3f,\"cpu_s\":%.4f}\n",
              static_cast<unsigned long long>(ended_),
              static_cast<unsigned long long>(Simulator::GetEventCount()), Simulator::Now().GetSeconds(),
              cpu_s);
  if (g_options.count_frames != 0)
    std::printf("{\"frames\":%llu,\"octets\":%llu}\n", static_cast<unsigned long long>(frames_),
                static_cast<unsigned long long>(frame_octets_));
  if (ended_ != g_options.sessions) std::exit(1);
}

std::vector<std::uint64_t> numbers_of(const char* text) {
  std::vector<std::uint64_t> numbers;
  for (char* end = nullptr; *text != 0; text = *end == ',' ? end + 1 : end) {
    numbers.push_back(std::strtoull(text, &end, 10));
    if (end == text) return {};
  }
  return numbers;
}

// The turns that the options on sizes describe.
void make_turns() {
  g_options.client.assign(g_options.turns, g_options.command);
  g_options.server.assign(g_options.turns + 1, g_options.reply);
  g_options.server[0] = g_options.greeting;
  g_options.client.insert(g_options.client.end(), {g_options.size, 6});  // the message, QUIT
  g_options.server.insert(g_options.server.end(), 2, g_options.reply);
}

int usage(const char* what) {
  std::fprintf(stderr, "floor: %s; the options are in the file's head\n", what);
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  const std::map<std::string, std::uint64_t*> numbers = {{"--sessions", &g_options.sessions},
                                                         {"--hosts", &g_options.hosts},
                                                         {"--size", &g_options.size},
                                                         {"--turns", &g_options.turns},
                                                         {"--command", &g_options.command},
                                                         {"--reply", &g_options.reply},
                                                         {"--rate", &g_options.rate},
                                                         {"--delay-us", &g_options.delay_us},
                                                         {"--queue", &g_options.queue},
                                                         {"--hops", &g_options.hops},
                                                         {"--count-frames", &g_options.count_frames},
                                                         {"--greeting", &g_options.greeting}};
  for (int i = 1; i < argc; i += 2) {
    const std::string name = argv[i];
    if (i + 1 == argc) return usage("an option has no value");
    if (const auto number = numbers.find(name); number != numbers.end()) {
      *number->second = std::strtoull(argv[i + 1], nullptr, 10);
    } else if (name == "--mean-ms") {
      g_options.mean_ms = std::strtod(argv[i + 1], nullptr);
    } else if (name == "--msl") {
      g_options.msl = std::strtod(argv[i + 1], nullptr);
    } else if (name == "--client") {
      g_options.client = numbers_of(argv[i + 1]);
    } else if (name == "--server") {
      g_options.server = numbers_of(argv[i + 1]);
    } else if (name == "--questions") {
      g_options.questions = numbers_of(argv[i + 1]);
    } else if (name == "--answers") {
      g_options.answers = numbers_of(argv[i + 1]);
    } else if (name == "--shape") {
      g_options.shape = argv[i + 1];
    } else {
      return usage("unknown option");
    }
  }
  if (g_options.shape != "pair" && g_options.shape != "hub" && g_options.shape != "line")
    return usage("unknown shape");
  if (g_options.turns == 0 || g_options.hosts < 2 || g_options.hops == 0)
    return usage("a number is too small");
  if (g_options.client.empty()) make_turns();
  if (g_options.server.size() != g_options.client.size() + 1)
    return usage("the server says one thing more than the client: its greeting");
  if (g_options.answers.size() != g_options.questions.size())
    return usage("as many answers as questions are wanted");
  mailroom::bench::set_tcp(g_options.msl);
  // The quickest of ns-3's own lists of events for this load.
  GlobalValue::Bind("SchedulerType", StringValue("ns3::PriorityQueueScheduler"));
  {
    Floor floor;
    floor.build();
    floor.run();
    Simulator::Destroy();
  }
}
