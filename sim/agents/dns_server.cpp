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

  void stop(trace::Blame blame) { connection_->disturb(blame, "the name server stops"); }
  void on_octets(std::string_view octets) override {
    deframer_.receive(octets);
    while (const auto question = deframer_.next()) {
      if (const auto& hung = server_.trouble_.hung) connection_->disturb(*hung, "the name server hangs");
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
    : host_(host), options_(options), zones_(std::move(zones)), authority_(options) {
  rebuild();
}

DnsServer::~DnsServer() {
  host_.cancel(clean_timer_);
}

void DnsServer::start() {
  is_running_ = true;
  if (!trouble_.stopped) listen();
}

void DnsServer::listen() {
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
  const auto reply = answer(from, octets, dns::Transport::udp, nullptr);
  if (reply) socket_->send(from, *reply);
  else if (trouble_.hung) socket_->ignore(from, *trouble_.hung, "the name server hangs");
}

std::optional<std::string> DnsServer::answer(net::Endpoint from, std::string_view octets,
                                             dns::Transport transport, const net::Connection* connection) {
  trace::Recorder& recorder = host_.recorder();
  amended_.reset();
  auto reply = authority_.receive(octets, transport, [this](dns::Message& said) { amend(said); });
  if (trouble_.hung) reply.reset(), amended_ = trouble_.hung;
  const trace::Blame blame = amended_.value_or(trace::Blame{});
  const char* const over = transport == dns::Transport::udp ? "udp" : "tcp";
  const auto record = [&](Kind kind, std::string_view text, std::string_view detail, std::size_t size) {
    trace::Event event{};
    event.kind = kind;
    event.host = host_.id();
    event.message = recorder.context.message;
    if (kind == Kind::response_sent || trouble_.hung) event.fault = blame.fault, event.because = blame.began;
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

void DnsServer::trouble(const std::function<void(NameTrouble&)>& change) {
  const NameTrouble before = trouble_;
  change(trouble_);
  if (before.stale && !trouble_.stale) rebuild();
  if (trouble_.stopped && !before.stopped) {
    for (const auto& session : sessions_) session->stop(*trouble_.stopped);
    close();
    host_.network().blame_for_silence(kDnsPort, *trouble_.stopped);
  }
  if (!trouble_.stopped && before.stopped && is_running_) listen();
}

void DnsServer::close() {
  socket_.reset();
  listener_.reset();
  sessions_.clear();
}

void DnsServer::crash() {
  is_running_ = false;
  close();
  host_.cancel(clean_timer_);
  finished_.clear();
}

void DnsServer::restart() {
  start();
}

void DnsServer::replace(const dns::Name& apex, const std::string& called, dns::Record record) {
  changes_.push_back({apex, called, std::move(record)});
  if (!trouble_.stale) rebuild();
}

void DnsServer::restore(const std::string& called) {
  std::erase_if(changes_, [&called](const Change& one) { return one.called == called; });
  if (!trouble_.stale) rebuild();
}

std::optional<dns::Name> DnsServer::zone_of(const dns::Name& name) const {
  std::optional<dns::Name> deepest;
  for (const dns::Zone& zone : zones_)
    if (name.is_within(zone.apex()) && (!deepest || zone.apex().label_count() > deepest->label_count()))
      deepest = zone.apex();
  return deepest;
}

// What is served: the zones, with what has changed since.
void DnsServer::rebuild() {
  authority_ = dns::Authority(options_);
  for (const dns::Zone& zone : zones_) {
    dns::Zone now = zone;
    for (const Change& change : changes_) {
      if (change.apex != zone.apex()) continue;
      now.replace(change.record);
    }
    authority_.add(std::move(now));
  }
}

// What is wrong with the server makes another answer of it.
void DnsServer::amend(dns::Message& said) {
  if (said.questions.size() != 1) return;
  if (trouble_.fails) {
    said.rcode = trouble_.fails->rcode;
    said.is_authoritative = said.rcode == dns::Rcode::name_error;
    said.answers.clear();
    said.authority.clear();
    said.additional.clear();
    amended_ = trouble_.fails->blame;
    return;
  }
  for (const auto& [called, lie] : trouble_.lies) {
    const auto is_it = [&record = lie.record](const dns::Record& one) {
      return one.owner == record.owner && dns::type_of(one.data) == dns::type_of(record.data);
    };
    const bool is_asked =
        said.questions.front().name == lie.record.owner && said.questions.front().type == dns::type_of(lie.record.data);
    if (is_asked) {
      said.rcode = dns::Rcode::no_error;
      said.is_authoritative = true;
      said.answers = {lie.record};
      said.authority.clear();
      said.additional.clear();
      amended_ = lie.blame;
      continue;
    }
    for (std::vector<dns::Record>* const section : {&said.answers, &said.authority, &said.additional}) {
      const auto first = std::ranges::find_if(*section, is_it);
      if (first == section->end()) continue;
      *first = lie.record;
      section->erase(std::remove_if(std::next(first), section->end(), is_it), section->end());
      amended_ = lie.blame;
    }
  }
}

}  // namespace mailroom::agents
