// SPDX-License-Identifier: GPL-2.0-only
#include "sim/agents/name_resolver.hpp"

#include <algorithm>
#include <utility>

#include "protocols/dns/framing.hpp"
#include "protocols/dns/message.hpp"
#include "sim/agents/directory.hpp"
#include "sim/agents/dns_server.hpp"
#include "sim/agents/dns_words.hpp"
#include "sim/agents/name_answers.hpp"

namespace mailroom::agents {

using dns::resolver::NoteKind;
using dns::resolver::Outcome;
using trace::Context;
using trace::ContextScope;
using trace::Kind;

namespace {

net::Endpoint server_at(dns::Ipv4 address) {
  return {{address}, kDnsPort};
}

bool is_failure(Outcome outcome) {
  return outcome == Outcome::failed || outcome == Outcome::timed_out;
}

NameAnswer::Status status_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::records:
      return NameAnswer::Status::found;
    case Outcome::no_data:
      return NameAnswer::Status::no_data;
    case Outcome::no_such_name:
      return NameAnswer::Status::no_name;
    default:
      return NameAnswer::Status::failed;
  }
}

}  // namespace

// One query over TCP.
class NameResolver::Exchange final : public net::ConnectionUser {
 public:
  Exchange(NameResolver& resolver, dns::resolver::Query query)
      : resolver_(resolver), query_(std::move(query)), rest_(dns::frame(query_.octets)) {
    connection_ = resolver.host_.network().connect(server_at(query_.server), *this);
  }

  // The resolver wants no more of it.
  void close() {
    if (was_answered_) {
      finish();
    } else {
      connection_->abort();
    }
  }
  bool was_answered() const { return was_answered_; }
  const net::Connection& connection() const { return *connection_; }

  void on_established() override {
    resolver_.record_query(query_, connection_.get());
    on_room();
  }
  void on_room() override { rest_.erase(0, connection_->send(rest_)); }
  void on_octets(std::string_view octets) override {
    deframer_.receive(octets);
    while (const auto message = deframer_.next()) {
      was_answered_ = true;
      resolver_.receive_tcp(query_.exchange, *message, *this);
    }
  }
  void on_peer_finished() override { finish(); }
  void on_ended(net::End end) override { resolver_.tcp_ended(query_.exchange, end, was_answered_); }

 private:
  void finish() {
    if (!std::exchange(has_finished_, true)) connection_->finish();
  }

  NameResolver& resolver_;
  const dns::resolver::Query query_;
  std::string rest_;  // of the query, to be sent
  std::unique_ptr<net::Connection> connection_;
  dns::Deframer deframer_;
  bool was_answered_ = false;
  bool has_finished_ = false;
};

NameResolver::NameResolver(net::Host& host, dns::ResolverOptions options, std::vector<dns::RootHint> hints)
    : host_(host), options_(std::move(options)), hints_(std::move(hints)), resolver_(fresh()) {}

dns::Resolver NameResolver::fresh() const {
  return {options_, hints_, [&host = host_] { return static_cast<std::uint32_t>(host.random("dns").next() >> 32); }};
}

void NameResolver::forget() {
  host_.cancel(clean_timer_);
  buried_.clear();
  exchanges_.clear();
  deadline_.reset();
  socket_.reset();
  askers_.clear();
  queries_.clear();
  resolver_ = fresh();
}

NameResolver::~NameResolver() {
  host_.cancel(clean_timer_);
}

void NameResolver::look_up(std::string_view name, RecordType type, Answered answered) {
  const auto wanted = dns::Name::parse(name);
  if (!wanted) {
    NameAnswer none;
    none.status = NameAnswer::Status::no_name;
    none.name = none.canonical = lower(name);
    return answered(none);
  }
  const QuestionId id = resolver_.ask(*wanted, type, host_.now_ns());
  Context asking = host_.recorder().context;
  asking.is_content = false;
  askers_.emplace(id, Asker{type, lower(name), std::move(answered), asking});
  const ContextScope scope(host_.recorder(), {});
  perform_all();
}

void NameResolver::on_datagram(net::Endpoint from, std::string_view octets) {
  const ContextScope scope(host_.recorder(), host_.recorder().context);
  record_response(from, octets, nullptr);
  resolver_.receive(octets, from.address.value, host_.now_ns());
  perform_all();
}

void NameResolver::on_port_unreachable(net::Address remote) {
  const ContextScope scope(host_.recorder(), host_.recorder().context);
  resolver_.refused(remote.value, host_.now_ns());
  perform_all();
}

void NameResolver::receive_tcp(ExchangeId id, std::string_view message, const Exchange& exchange) {
  const ContextScope scope(host_.recorder(), host_.recorder().context);
  record_response(exchange.connection().remote(), message, &exchange.connection());
  resolver_.receive_tcp(id, message, host_.now_ns());
  perform_all();
}

void NameResolver::tcp_ended(ExchangeId id, net::End end, bool was_answered) {
  // It is still on the call stack: it goes when control is back with the network.
  if (auto exchange = exchanges_.extract(id)) {
    if (buried_.empty()) clean_timer_ = host_.after(0, [this] { buried_.clear(); });
    buried_.push_back(std::move(exchange.mapped()));
  }
  if (was_answered) return;
  resolver_.tcp_failed(id, net::name(end), host_.now_ns());
  perform_all();
}

void NameResolver::expire() {
  const ContextScope scope(host_.recorder(), {});
  resolver_.expire(host_.now_ns());
  perform_all();
}

void NameResolver::perform_all() {
  // Who is answered may ask again: what that leads to is done there and then, and is no part of this.
  std::vector<dns::resolver::Action> actions;
  while (auto action = resolver_.next_action()) actions.push_back(std::move(*action));
  ++turn_;
  if (!deadline_ && resolver_.lookups() > 0) deadline_.emplace(host_, [this] { expire(); });
  if (deadline_) deadline_->set(resolver_.deadline_ns());
  for (dns::resolver::Action& action : actions) std::visit([this](auto& one) { perform(one); }, action);
  if (resolver_.lookups() > 0) return;
  queries_.clear();
  socket_.reset();
  deadline_.reset();  // with its timer, which would keep the run going
}

void NameResolver::perform(dns::resolver::SendDatagram& action) {
  const ContextScope scope(host_.recorder(), context_for(action.query.question));
  if (!socket_) socket_ = host_.network().open_datagrams(0, *this);
  record_query(action.query, nullptr);
  if (socket_) socket_->send(server_at(action.query.server), action.query.octets);
}

void NameResolver::perform(dns::resolver::SendOverTcp& action) {
  const ContextScope scope(host_.recorder(), context_for(action.query.question));
  const ExchangeId id = action.query.exchange;
  exchanges_.emplace(id, std::make_unique<Exchange>(*this, std::move(action.query)));
}

void NameResolver::perform(dns::resolver::CloseTcp& action) {
  const auto found = exchanges_.find(action.exchange);
  if (found == exchanges_.end()) return;
  found->second->close();
  if (found->second->was_answered()) return;  // its end will be told
  if (buried_.empty()) clean_timer_ = host_.after(0, [this] { buried_.clear(); });
  buried_.push_back(std::move(found->second));
  exchanges_.erase(found);
}

void NameResolver::perform(dns::resolver::Note& action) {
  const auto asker = askers_.find(action.question);
  switch (action.kind) {
    case NoteKind::joined:
      if (asker != askers_.end()) ask_aloud(asker->second);
      return;
    case NoteKind::silent:
    case NoteKind::lame:
    case NoteKind::bad_answer:
    case NoteKind::tcp_failed:
    case NoteKind::refused:
    case NoteKind::no_address:
      break;
    default:
      return;  // responses tell of the others
  }
  ContextScope scope(host_.recorder(), context_for(action.question));
  trace::Event event{};
  event.kind = Kind::query_unanswered;
  event.text = action.text;
  const std::string detail = JsonObject()
                                 .text("question", question_words(action.name, action.type))
                                 .text("server", action.server == 0 ? "" : dns::ipv4_text(action.server))
                                 .text("zone", action.zone.text())
                                 .text("what", dns::resolver::name(action.kind))
                                 .take();
  event.detail = detail;
  const auto query = queries_.find({action.server, action.name, action.type});
  if (action.kind == NoteKind::silent) {
    if (query != queries_.end()) host_.recorder().context.event = query->second;
    if (socket_) event.because = socket_->disturbance(server_at(action.server));
  }
  const trace::EventId trouble = record(event);
  if (asker == askers_.end()) return;
  asker->second.trouble = trouble;
  asker->second.trouble_turn = turn_;
}

void NameResolver::perform(dns::resolver::Answered& action) {
  auto node = askers_.extract(action.question);
  Asker& asker = node.mapped();
  const bool is_remembered = action.from_cache && !asker.is_aloud && !is_failure(action.outcome);
  if (!is_remembered) ask_aloud(asker);
  NameAnswer answer;
  answer.status = status_of(action.outcome);
  answer.name = asker.name;
  answer.canonical = lower(action.canonical.text());
  for (const dns::Record& record : action.records) put(record.data, answer);
  if (is_failure(action.outcome)) {
    answer.why = action.text;
    answer.because = asker.trouble;
  }
  Context context = asker.context;
  if (!is_remembered) {
    if (asker.trouble_turn == turn_) {
      context.event = asker.trouble;
    } else if (host_.recorder().context.event) {
      context.event = host_.recorder().context.event;
    }
  }
  ContextScope scope(host_.recorder(), context);
  record_answer(asker, action, is_remembered);
  if (is_remembered) host_.recorder().context.event = asker.context.event;
  asker.answered(answer);
}

void NameResolver::ask_aloud(Asker& asker) {
  if (std::exchange(asker.is_aloud, true)) return;
  const ContextScope scope(host_.recorder(), asker.context);
  const std::string text = name(asker.type) + " " + asker.name;
  trace::Event event{};
  event.kind = Kind::name_asked;
  event.text = text;
  asker.context.event = record(event);
}

Context NameResolver::context_for(QuestionId question) {
  Context context = host_.recorder().context;
  const auto asker = askers_.find(question);
  if (asker == askers_.end()) return context;
  ask_aloud(asker->second);
  if (asker->second.trouble_turn == turn_) {
    context.event = asker->second.trouble;
  } else if (!context.event) {
    context.event = asker->second.context.event;
  }
  context.message = asker->second.context.message;
  context.copy = asker->second.context.copy;
  return context;
}

trace::EventId NameResolver::record(trace::Event event) {
  event.host = host_.id();
  event.message = host_.recorder().context.message;
  event.copy = host_.recorder().context.copy;
  return host_.recorder().record(event);
}

// Leaves the context at the query.
void NameResolver::record_query(const dns::resolver::Query& query, const net::Connection* connection) {
  trace::Recorder& recorder = host_.recorder();
  if (recorder.keeps(Kind::query_sent)) {
    const std::string text = question_words(query.name, query.type);
    const std::string detail = JsonObject()
                                   .text("server", dns::ipv4_text(query.server))
                                   .text("name", query.server_name.is_root() ? "" : query.server_name.text())
                                   .text("zone", query.zone.text())
                                   .text("why", dns::resolver::name(query.why))
                                   .text("over", connection == nullptr ? "udp" : "tcp")
                                   .take();
    trace::Event event{};
    event.kind = Kind::query_sent;
    event.size = static_cast<std::int64_t>(query.octets.size());
    event.text = text;
    event.detail = detail;
    if (connection != nullptr) event.connection = connection->id(), event.session = connection->session();
    recorder.context.event = record(event);
  } else {
    recorder.skip();
  }
  queries_.insert_or_assign({query.server, query.name, query.type}, recorder.context.event);
}

// Leaves the context at the response.
void NameResolver::record_response(net::Endpoint server, std::string_view octets,
                                   const net::Connection* connection) {
  trace::Recorder& recorder = host_.recorder();
  if (!recorder.keeps(Kind::response_received)) return recorder.skip();
  const auto message = dns::read_message(octets);
  const std::string text = message ? response_words(*message) : "what is no DNS message";
  const std::string detail = JsonObject().text("server", net::to_string(server.address)).take();
  trace::Event event{};
  event.kind = Kind::response_received;
  event.size = static_cast<std::int64_t>(octets.size());
  event.text = text;
  event.detail = detail;
  if (connection != nullptr) event.connection = connection->id(), event.session = connection->session();
  recorder.context.event = record(event);
}

// Leaves the context at the answer.
void NameResolver::record_answer(const Asker& asker, const dns::resolver::Answered& action,
                                 bool is_remembered) {
  trace::Recorder& recorder = host_.recorder();
  trace::Event event{};
  event.kind = is_remembered ? Kind::name_remembered : Kind::name_answered;
  if (!recorder.keeps(event.kind)) return recorder.skip();
  const std::string question = name(asker.type) + " " + asker.name;
  std::string text = question;
  if (action.outcome == Outcome::records) {
    text += ": " + record_words(action.records);
  } else if (action.outcome == Outcome::no_such_name) {
    text += " does not exist (NXDOMAIN)";
  } else if (action.outcome == Outcome::no_data) {
    text += ": there are no such records";
  } else {
    text += ": " + action.text;
  }
  const std::string detail = JsonObject()
                                 .text("question", question)
                                 .text("outcome", dns::resolver::name(action.outcome))
                                 .text("canonical", action.canonical.text())
                                 .records("aliases", action.aliases)
                                 .records("records", action.records)
                                 .take();
  event.text = text;
  event.detail = detail;
  if (!action.records.empty()) event.value = std::ranges::min(action.records, {}, &dns::Record::ttl_s).ttl_s;
  if (is_failure(action.outcome)) event.because = asker.trouble;
  recorder.context.event = record(event);
}

}  // namespace mailroom::agents
