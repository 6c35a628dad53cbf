// SPDX-License-Identifier: GPL-2.0-only
#include "sim/agents/receiver_session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "protocols/message/header.hpp"
#include "sim/agents/smtp_receiver.hpp"
#include "sim/agents/smtp_text.hpp"

namespace mailroom::agents {

namespace {

// How long the other side may take to close after our 221.
constexpr std::int64_t kLingerNs = 120 * scenario::kSecond;

}  // namespace

ReceiverSession::ReceiverSession(SmtpReceiver& receiver, std::unique_ptr<net::Connection> connection,
                                 Service service, Ended ended)
    : receiver_(receiver),
      mta_(receiver.mta()),
      host_(mta_.host()),
      connection_(std::move(connection)),
      ended_(std::move(ended)),
      session_(receiver.options(service)),
      deadline_(host_, [this] { expire(); }),
      pace_(host_) {
  connection_->set_user(*this);
}

ReceiverSession::~ReceiverSession() {
  receiver_.guard().disconnected(connection_->remote().address);
}

void ReceiverSession::start(std::optional<ReceiverGuard::Ruling> refusal) {
  record({.kind = trace::Kind::session_opened, .text = "SMTP receiver"});
  unbegun_ = Unbegun{std::move(refusal)};
  trouble_changed();
}

void ReceiverSession::on_octets(std::string_view octets) {
  // What the sender said under is kept (its copy becomes the parent of ours), but our replies are no message
  // text.
  trace::Context heard = host_.recorder().context;
  heard.is_content = false;
  trace::ContextScope scope(host_.recorder(), heard);
  if (unbegun_) return;  // it ended before the service could attend to it
  pieces_.push_back({session_.octets_received(), heard});
  session_.receive(octets, host_.now_ns());
  perform_all();
}

void ReceiverSession::on_room() {
  const bool all_sent = outbox_.flush(*connection_, host_.recorder());
  connection_->hold(!all_sent || is_paused());
  if (all_sent && closing_) close();
}

void ReceiverSession::on_peer_finished() {
  trace::ContextScope scope(host_.recorder(), host_.recorder().context);
  session_.peer_finished(host_.now_ns());
  perform_all();
}

void ReceiverSession::on_ended(net::End end) {
  trace::ContextScope scope(host_.recorder(), host_.recorder().context);
  over_ = true;
  pace_.cancel();
  held_back_.reset();
  if (!unbegun_) session_.connection_lost();
  if (unconfirmed_) committed_.push_back(*std::exchange(unconfirmed_, std::nullopt));
  perform_all();
  record({.kind = trace::Kind::session_closed, .text = net::name(end)});
  ended_();
}

void ReceiverSession::expire() {
  if (closing_) {  // the other side never closed
    connection_->abort();
    record({.kind = trace::Kind::session_closed, .text = "closed without the other side"});
    return ended_();
  }
  session_.expire(host_.now_ns());
  perform_all();
}

void ReceiverSession::perform_all() {
  performing_ = true;
  while (!is_paused()) {
    auto action = session_.next_action();
    if (!action) break;
    follow_input();
    if (holds_back(*action)) break;
    std::visit([this](const auto& known) { perform(known); }, *action);
  }
  performing_ = false;
  if (!over_) {
    const bool all_sent = outbox_.flush(*connection_, host_.recorder());
    connection_->hold(!all_sent || is_paused());  // who does not read our replies is not read
    if (!closing_) deadline_.set(is_paused() ? std::nullopt : session_.deadline_ns());
    if (closing_ && all_sent) close();
    if (closing_ && !all_sent) deadline_.set(host_.now_ns() + kLingerNs);
  }
  for (const queue::EntryId id : std::exchange(committed_, {})) mta_.dispatch(id);
}

// What waited in the session is obeyed under the context under which it came, whatever made it go on.
void ReceiverSession::follow_input() {
  for (; !pieces_.empty() && pieces_.front().begin < session_.octets_obeyed(); pieces_.pop_front())
    host_.recorder().context = pieces_.front().context;
}

void ReceiverSession::close() {
  if (std::exchange(finished_, true)) return;
  connection_->finish();
  deadline_.set(host_.now_ns() + kLingerNs);
}

void ReceiverSession::record(trace::Event event) {
  event.host = host_.id();
  event.connection = connection_->id();
  event.session = connection_->session();
  event.message = host_.recorder().context.message;
  const trace::EventId recorded = host_.recorder().record(event);
  host_.recorder().context.event = recorded;
}

void ReceiverSession::answer(smtp::Reply reply, std::int64_t delay_ns) {
  session_.answer(std::move(reply), host_.now_ns(), delay_ns);
}

trace::EventId ReceiverSession::record_ruling(const ReceiverGuard::Ruling& ruling) {
  record({.kind = trace::Kind::policy_decided,
          .copy = host_.recorder().context.copy,
          .fault = ruling.fault,
          .code = ruling.refusal ? ruling.refusal->code : 0,
          .text = ruling.text,
          .detail = ruling.detail,
          .because = ruling.because});
  return host_.recorder().context.event;
}

void ReceiverSession::refuse(ReceiverGuard::Ruling ruling) {
  record_ruling(ruling);
  answer(std::move(*ruling.refusal), ruling.delay_ns);
}

void ReceiverSession::perform(const smtp::CommandReceived& action) {
  record({.kind = trace::Kind::command_received, .text = action.line});
  command_ = action;
}

void ReceiverSession::perform(const smtp::SendReply& action) {
  trace::Recorder& recorder = host_.recorder();
  // Several replies may answer one command each: the next one's cause is its command, not this reply.
  trace::ContextScope scope(recorder, recorder.context);
  if (recorder.keeps(trace::Kind::reply_sent)) {
    const std::string text = text_of(action.reply);
    record({.kind = trace::Kind::reply_sent,
            .code = action.reply.code,
            .value = static_cast<std::int64_t>(session_.state()),
            .text = text});
  } else {
    recorder.skip();
  }
  outbox_.push(action.wire, recorder.context);
  // Nothing is said between a commit and its 250.
  if (unconfirmed_) committed_.push_back(*std::exchange(unconfirmed_, std::nullopt));
}

void ReceiverSession::perform(const smtp::PhaseEntered& action) {
  record({.kind = trace::Kind::session_phase_entered, .text = name(action.phase)});
}

smtp::Reply ReceiverSession::answer_recipient(const smtp::Path& path) {
  const std::string_view domain = smtp::first_hop(path);
  if (path.route.empty() && mta_.router().is_local(domain)) {
    smtp::Reply reply = mta_.local().verify(path.local_part, transaction_.declared_bytes);
    if (const auto blame = is_positive(reply) ? std::nullopt : mta_.local().blame(path.local_part))
      record_blamed(*blame, fmt::format("the address {}: {}", smtp::mailbox(path), reply.lines.front()), reply.code);
    return as_declared(std::move(reply));
  }
  return answer_relay(domain);
}

// RFC 6531 §3.7.4.2: a new address beyond US-ASCII is told only who has declared SMTPUTF8.
smtp::Reply ReceiverSession::as_declared(smtp::Reply reply) const {
  if (transaction_.smtputf8 || std::ranges::all_of(reply.lines, smtp::is_ascii)) return reply;
  return session_.say(is_positive(reply) ? smtp::Say::will_forward : smtp::Say::user_not_local);
}

// Mail that does not end here.
smtp::Reply ReceiverSession::answer_relay(std::string_view domain) {
  const RelayPermission::Request request{.domain = domain,
                                         .client = connection_->remote().address,
                                         .is_authenticated = !session_.authenticated().empty()};
  const auto because = mta_.relay().permits(request);
  if (!because) return refusal(RelayPermission::refusal(request));
  const Route route = mta_.router().route(domain);
  if (const auto* none = std::get_if<NoRoute>(&route); none != nullptr && none->is_by_table) {
    smtp::Reply reply = refusal(none->reason);
    reply.enhanced = smtp::parse_enhanced_code(none->enhanced_code);
    return reply;
  }
  if (*because == RelayPermission::Because::open && mta_.relay().first_stranger()) {
    record({.kind = trace::Kind::relay_misused,
            .text = fmt::format("{} toward {}", to_string(request.client), domain)});
  }
  return session_.say(smtp::Say::recipient_ok);
}

// 550 for a reason of policy; the lecture's hosts don't say which.
smtp::Reply ReceiverSession::refusal(std::string text) const {
  smtp::Reply reply = session_.say(smtp::Say::relay_denied);
  if (session_.options().texts == smtp::TextProfile::modern) reply.lines = {std::move(text)};
  return reply;
}

// Whoever proved who they are, and hosts that we relay for whatever the domain.
bool ReceiverSession::is_known_client() const {
  if (!session_.authenticated().empty()) return true;
  const RelayPermission::Request request{.domain = {}, .client = connection_->remote().address};
  return mta_.relay().permits(request) == RelayPermission::Because::client;
}

// What the greylist says of a recipient that the host would take.
smtp::Reply ReceiverSession::greylisted(const smtp::Path& path, smtp::Reply reply) {
  auto ruling = receiver_.guard().greylist({.client = connection_->remote().address,
                                            .sender = smtp::mailbox(transaction_.reverse_path),
                                            .recipient = smtp::mailbox(path),
                                            .is_known = is_known_client()});
  if (!ruling) return reply;
  receiver_.guard().greylisted(record_ruling(*ruling));
  return ruling->refusal ? std::move(*ruling->refusal) : std::move(reply);
}

void ReceiverSession::perform(const smtp::AskRecipient& action) {
  auto ruling = receiver_.guard().recipient(connection_->remote().address, ++transaction_.asked);
  if (ruling && ruling->refusal) return refuse(std::move(*ruling));
  if (ruling) record_ruling(*ruling);
  answer(judge_recipient(action), ruling ? ruling->delay_ns : 0);
}

smtp::Reply ReceiverSession::judge_recipient(const smtp::AskRecipient& action) {
  const bool takes_routes = mta_.config().smtp.on_source_routes() != scenario::SourceRoutes::refuse;
  if (!action.forward_path.route.empty() && !takes_routes) {
    return refusal(fmt::format("No source routes here: say RCPT TO:<{}> without the hosts before it",
                               smtp::mailbox(action.forward_path)));
  }
  // RFC 821 §3.6: a relay takes its own name off the route.
  smtp::Path path = action.forward_path;
  const std::size_t hops = path.route.size();
  if (hops > 0) {
    const std::string head = path.route.front();
    if (mta_.is_called(head)) path = smtp::shrunk_forward_path(std::move(path), head);
  }
  smtp::Reply reply = answer_recipient(path);
  if (is_positive(reply)) reply = greylisted(path, std::move(reply));
  if (is_positive(reply)) {
    // And puts it into the way back: once, however many recipients come by us.
    if (path.route.size() < hops && !std::exchange(transaction_.has_grown, true)) {
      transaction_.reverse_path = smtp::grown_reverse_path(transaction_.reverse_path, mta_.config().hostname);
    }
    queue::Asked asked;
    if (action.parameters.any()) asked = std::make_shared<const smtp::RcptParameters>(action.parameters);
    transaction_.recipients.push_back({path_text(path), host_.recorder().context.copy, std::move(asked)});
  }
  return reply;
}

void ReceiverSession::perform(const smtp::AskData&) {
  // Of DATA the host was asked before it was obeyed.
  if (command_.verb == smtp::Verb::bdat)
    if (auto reply = trouble_at({.verb = smtp::Verb::bdat})) return answer(std::move(*reply));
  if (host_.disk().free_bytes() <= 0) return refuse(receiver_.guard().no_room(1));
  answer(session_.say(smtp::Say::start_mail_input));
}

void ReceiverSession::perform(const smtp::ContentReceived& action) {
  transaction_.octets += action.octets;
}

queue::Text ReceiverSession::text_of_transaction() {
  trace::Recorder& recorder = host_.recorder();
  std::string octets = std::move(transaction_.octets);
  if (!mta_.relay_trouble().is_none()) return mangled_text(std::move(octets));
  // A message of ours comes as its content behind the trace fields of the hosts so far: share the content.
  if (const auto known = recorder.content_of(transaction_.message)) {
    if (std::string_view(octets).ends_with(known->octets)) {
      // A string of its own: the old one has room for the whole message.
      std::string trace_fields(octets, 0, octets.size() - known->octets.size());
      return {transaction_.message, std::move(trace_fields), known};
    }
  }
  // Otherwise (from outside, or changed on the way) all of it is content.
  octets.shrink_to_fit();  // it grew piece by piece
  auto content = recorder.content(std::move(octets));
  const trace::MessageId message =
      transaction_.message ? transaction_.message : recorder.next_message(content);
  return {message, {}, std::move(content)};
}

message::Received ReceiverSession::received_field() const {
  message::Received received{.from = session_.client_domain(),
                             .from_tcp_info = fmt::format("[{}]", to_string(connection_->remote().address)),
                             .by = mta_.config().hostname,
                             .with = std::string(session_.protocol())};
  // RFC 5321 §7.2: naming one of several recipients would tell the others of a blind copy.
  if (transaction_.recipients.size() == 1) received.for_path = transaction_.recipients.front().forward_path;
  received.date.unix_s = host_.unix_time_s();
  return received;
}

void ReceiverSession::perform(const smtp::AskMessage& action) {
  record({.kind = trace::Kind::content_received, .size = action.size_octets});
  if (auto reply = trouble_at({.what = DialoguePoint::What::final_dot})) {
    transaction_ = {};
    return answer(std::move(*reply));
  }
  if (action.has_bare_line_end) {
    const bool is_kept = mta_.config().smtp.bare_line_end == scenario::SmtpPolicy::BareLineEnd::keep;
    record({.kind = trace::Kind::policy_decided,
            .text = fmt::format("bare-line-ends: a CR or LF that stands alone is sent on as {}",
                                is_kept ? "it is" : "a blank")});
  }
  if (message::received_count(message::Header(transaction_.octets)) >
      static_cast<std::size_t>(mta_.config().smtp.hop_limit)) {
    transaction_ = {};
    return answer(session_.say(smtp::Say::loop_detected));
  }
  Arrival arrival{.reverse_path = path_text(transaction_.reverse_path),
                  .recipients = std::move(transaction_.recipients),
                  .text = {},
                  .eight_bit = action.has_eighth_bit,
                  .smtputf8 = transaction_.smtputf8,
                  .ret = transaction_.ret,
                  .envelope_id = std::move(transaction_.envelope_id),
                  .received = {}};
  transaction_.recipients = arrival.recipients;
  arrival.received = received_field();
  arrival.text = text_of_transaction();
  if (!mta_.relay_trouble().is_none()) arrival.eight_bit = smtp::has_eighth_bit(arrival.text.content->octets);
  transaction_ = {};
  // It is ours whether or not there is still a client to tell.
  const Taken taken =
      mta_.commit(std::move(arrival), [&mta = mta_, session = alive_.watch(this)](queue::EntryId id) {
        ReceiverSession* const still_here = session();
        if (still_here == nullptr || still_here->over_) return mta.dispatch(id);
        still_here->accept(id);
      });
  if (!taken) refuse(receiver_.guard().no_room(action.size_octets, taken.error()));
}

void ReceiverSession::accept(queue::EntryId id) {
  unconfirmed_ = id;
  smtp::Reply reply = session_.say(smtp::Say::message_accepted);
  if (session_.options().texts == smtp::TextProfile::modern) {
    reply.lines.back() += fmt::format(", queued as {}", queue::queue_id(id));
  }
  answer(std::move(reply), service_time_ns());
  if (!performing_) perform_all();
}

// How long the receiver works on a message before it confirms it.
std::int64_t ReceiverSession::service_time_ns() {
  const scenario::Receiving& receiving = mta_.config().smtp.receiving;
  if (!receiving.service_is_exponential || receiving.service_time_ns == 0) return receiving.service_time_ns;
  return host_.random("service time").exponential_ns(receiving.service_time_ns);
}

// A reply that is held back. Why a host's own answer is, is recorded already.
void ReceiverSession::perform(const smtp::Wait& action) {
  if (action.why == smtp::Delay::host) return;
  const std::string text = fmt::format("{}: the reply waits {} ms", name(action.why),
                                       (action.until_ns - host_.now_ns()) / 1'000'000);
  record({.kind = trace::Kind::policy_decided, .text = text});
}

void ReceiverSession::perform(const smtp::TransactionReset&) {
  transaction_ = {};
}

void ReceiverSession::perform(const smtp::TimedOut& action) {
  record({.kind = trace::Kind::timer_expired, .text = name(action.which)});
}

void ReceiverSession::perform(const smtp::LimitReached& action) {
  record_ruling(receiver_.guard().limit_reached(action, session_.errors()));
}

void ReceiverSession::perform(const smtp::Close&) {
  closing_ = true;
}

}  // namespace mailroom::agents
