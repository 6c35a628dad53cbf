// SPDX-License-Identifier: GPL-2.0-only
#include "sim/agents/dns_server.hpp"

#include <algorithm>
#include <utility>

#include "protocols/dns/framing.hpp"
#include "sim/agents/dns_words.hpp"
#include "sim/net/deadline.hpp"

namespace mailroom::agents {

using trace::ContextScope;
using trace::Kind;

namespace {
// RFC 7766 §6.2.3: in the order of a few seconds.
constexpr std::int64_t kIdleTimeOutNs = 10'000'000'000;
}  // namespace

// One connection: questions in, answers out, in their order.
class DnsServer::Session final : public net::ConnectionUser {
 public:
  Session(DnsServer& server, std::unique_ptr<net::Connection> connection)
      : server_(server), connection_(std::move(connection)), deadline_(server.host_, [this] { expired(); }) {
    connection_->set_user(*this);
    wait();
  }

  void on_octets(std::string_view octets) override {
    deframer_.receive(octets);
    while (const auto question = deframer_.next()) {
      ContextScope scope(server_.host_.recorder(), server_.host_.recorder().context);
      if (const auto reply =
              server_.answer(connection_->remote(), *question, dns::Transport::tcp, connection_.get()))
        send(dns::frame(*reply));
    }
    wait();
  }
  void on_room() override {
    send({});
    if (peer_finished_ && rest_.empty()) connection_->finish();
  }
  void on_peer_finished() override {
    peer_finished_ = true;
    if (rest_.empty()) connection_->finish();
  }
  void on_ended(net::End) override { server_.over(*this); }

 private:
  void send(std::string octets) {
    rest_ += octets;
    rest_.erase(0, connection_->send(rest_));
  }
  void wait() { deadline_.set(server_.host_.now_ns() + kIdleTimeOutNs); }
  void expired() {
    connection_->abort();
    server_.over(*this);
  }

  DnsServer& server_;
  std::unique_ptr<net::Connection> connection_;
  net::Deadline deadline_;
  dns::Deframer deframer_;
  std::string rest_;  // for which there was no room
  bool peer_finished_ = false;
};

DnsServer::DnsServer(net::Host& host, std::vector<dns::Zone> zones, dns::AuthorityOptions options)
    : host_(host), authority_(options) {
  for (dns::Zone& zone : zones) authority_.add(std::move(zone));
}

DnsServer::~DnsServer() {
  host_.cancel(clean_timer_);
}

void DnsServer::start() {
  socket_ = host_.network().open_datagrams(kDnsPort, *this);
  listener_ = host_.network().listen(
      kDnsPort, [this](std::unique_ptr<net::Connection> connection) { accept(std::move(connection)); });
}

void DnsServer::accept(std::unique_ptr<net::Connection> connection) {
  sessions_.push_back(std::make_unique<Session>(*this, std::move(connection)));
}

void DnsServer::over(Session& session) {
  // It is still on the call stack: it goes when control is back with the network.
  if (finished_.empty()) clean_timer_ = host_.after(0, [this] { finished_.clear(); });
  const auto found = std::ranges::find(sessions_, &session, &std::unique_ptr<Session>::get);
  finished_.push_back(std::move(*found));
  sessions_.erase(found);
}

void DnsServer::on_datagram(net::Endpoint from, std::string_view octets) {
  ContextScope scope(host_.recorder(), host_.recorder().context);
  if (const auto reply = answer(from, octets, dns::Transport::udp, nullptr)) socket_->send(from, *reply);
}

std::optional<std::string> DnsServer::answer(net::Endpoint from, std::string_view octets,
                                             dns::Transport transport, const net::Connection* connection) {
  trace::Recorder& recorder = host_.recorder();
  const auto reply = authority_.receive(octets, transport);
  const char* const over = transport == dns::Transport::udp ? "udp" : "tcp";
  const auto record = [&](Kind kind, std::string_view text, std::string_view detail, std::size_t size) {
    trace::Event event{};
    event.kind = kind;
    event.host = host_.id();
    event.message = recorder.context.message;
    if (connection != nullptr) event.connection = connection->id(), event.session = connection->session();
    event.size = static_cast<std::int64_t>(size);
    event.text = text;
    event.detail = detail;
    recorder.context.event = recorder.record(event);
  };
  if (!recorder.keeps(Kind::query_received)) {
    recorder.skip();
    if (reply) recorder.skip();
    return reply ? std::optional(reply->octets) : std::nullopt;
  }
  record(Kind::query_received, reply ? question_words(reply->message) : "what is no question",
         JsonObject().text("from", to_string(from)).text("over", over).take(), octets.size());
  if (!reply) return std::nullopt;
  dns::Message said = reply->message;
  said.is_truncated = said.is_truncated || reply->truncated;
  record(
      Kind::response_sent, response_words(said),
      JsonObject().text("to", to_string(from)).text("over", over).flag("truncated", reply->truncated).take(),
      reply->octets.size());
  return reply->octets;
}

}  // namespace mailroom::agents
