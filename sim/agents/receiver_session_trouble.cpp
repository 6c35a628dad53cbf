// SPDX-License-Identifier: GPL-2.0-only
// What a session does while something is wrong with the service (ServiceTrouble).
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "protocols/smtp/command.hpp"
#include "sim/agents/receiver_session.hpp"
#include "sim/agents/smtp_receiver.hpp"

namespace mailroom::agents {

namespace {

std::string_view words(const DialoguePoint& point) {
  switch (point.what) {
    case DialoguePoint::What::greeting:
      return "the connection";
    case DialoguePoint::What::command:
      return smtp::name(point.verb);
    case DialoguePoint::What::final_dot:
      return "the final dot";
  }
  std::unreachable();
}

}  // namespace

bool ReceiverSession::is_paused() const {
  return !over_ && (is_hung_ || held_back_.has_value());
}

void ReceiverSession::trouble_changed() {
  const ServiceTrouble& trouble = mta_.service_trouble();
  session_.ask_of_commands(!trouble.answers.empty());
  const bool was_hung = std::exchange(is_hung_, trouble.hung.has_value());
  trace::ContextScope scope(host_.recorder(), host_.recorder().context);
  if (is_hung_) {
    if (was_hung) return;
    connection_->disturb(*trouble.hung, "the service hangs");
    connection_->hold(true);
    if (!closing_) deadline_.set(std::nullopt);
    return;
  }
  if (was_hung) {
    if (!unbegun_) session_.rearm(host_.now_ns());
    if (held_back_ && pace_.pending() == 0) return say_held_back();
  }
  if (unbegun_) return begin();
  if (was_hung) perform_all();
}

// The greeting.
void ReceiverSession::begin() {
  std::optional<ReceiverGuard::Ruling> refusal = std::exchange(unbegun_, std::nullopt)->refusal;
  std::optional<smtp::Reply> words;
  if (refusal) {
    record_ruling(*refusal);
    if (session_.options().texts == smtp::TextProfile::modern) words = std::move(refusal->refusal);
  }
  smtp::Greeting greeting = refusal ? smtp::Greeting::not_available : smtp::Greeting::ready;
  if (!refusal) {
    words = trouble_at({.what = DialoguePoint::What::greeting});
    if (words) greeting = words->code == 421 ? smtp::Greeting::not_available : smtp::Greeting::refused;
  }
  session_.start(host_.now_ns(), greeting, std::move(words));
  perform_all();
}

void ReceiverSession::stop(trace::Blame blame) {
  trace::ContextScope scope(host_.recorder(), host_.recorder().context);
  connection_->disturb(blame, "the service stops");
  over_ = true;
  pace_.cancel();
  held_back_.reset();
  deadline_.set(std::nullopt);
  connection_->abort();
  if (!unbegun_) session_.connection_lost();
  // What was committed is ours, whether or not its 250 went out.
  if (unconfirmed_) committed_.push_back(*std::exchange(unconfirmed_, std::nullopt));
  record({.kind = trace::Kind::session_closed,
          .fault = blame.fault,
          .text = "the service stops",
          .because = blame.began});
  perform_all();
}

// True: the reply waits, and all that comes after it.
bool ReceiverSession::holds_back(smtp::ServerAction& action) {
  const auto& pace = mta_.service_trouble().pace;
  auto* const reply = std::get_if<smtp::SendReply>(&action);
  if (!pace || reply == nullptr || over_) return false;
  record_blamed(pace->blame, fmt::format("slow service: the reply waits {} ms", pace->delay_ns / 1'000'000), 0);
  connection_->disturb(pace->blame, "the service is slow");
  held_back_ = std::move(*reply);
  pace_.after(pace->delay_ns, [this] {
    if (!is_hung_) say_held_back();
  });
  return true;
}

void ReceiverSession::say_held_back() {
  trace::ContextScope scope(host_.recorder(), host_.recorder().context);
  const smtp::SendReply reply = *std::exchange(held_back_, std::nullopt);
  session_.rearm(host_.now_ns());
  perform(reply);
  perform_all();
}

void ReceiverSession::record_blamed(const trace::Blame& blame, std::string_view text, int code) {
  record({.kind = trace::Kind::policy_decided,
          .copy = host_.recorder().context.copy,
          .fault = blame.fault,
          .code = code,
          .text = text,
          .detail = R"({"rule":"fault"})",
          .because = blame.began});
}

// What is to be said there instead of our own reply, if anything is; recorded.
std::optional<smtp::Reply> ReceiverSession::trouble_at(const DialoguePoint& point) {
  for (const ServiceTrouble::Answer& answer : mta_.service_trouble().answers) {
    if (answer.point != point || (!answer.address.empty() && !is_about(answer.address, point))) continue;
    constexpr std::int64_t kBillion = 1'000'000'000;
    const bool is_certain = answer.share_per_billion >= kBillion;
    if (!is_certain && static_cast<std::int64_t>(host_.random(answer.name).below(kBillion)) >= answer.share_per_billion)
      continue;
    record_blamed(answer.blame, fmt::format("{}: {} is answered {}", answer.name, words(point), answer.code), answer.code);
    return trouble_reply(answer.code, point, mta_.config().hostname);
  }
  return std::nullopt;
}

// Whether the command in hand, or the transaction, names the address.
bool ReceiverSession::is_about(const std::string& address, const DialoguePoint& point) const {
  const std::string wanted = lower(address);
  const auto is_it = [&wanted](std::string_view path) { return lower(without_route(path)) == wanted; };
  const bool is_text = point.what == DialoguePoint::What::final_dot || point.verb == smtp::Verb::data ||
                       point.verb == smtp::Verb::bdat;
  if (is_text) return std::ranges::any_of(transaction_.recipients, is_it, &Arrival::Recipient::forward_path);
  const auto command = smtp::parse_command(command_.line, smtp::Utf8::accept);
  if (!command) return false;
  if (point.verb == smtp::Verb::mail || point.verb == smtp::Verb::rcpt) return is_it(smtp::mailbox(command->path));
  return lower(command->argument).find(wanted) != std::string::npos;
}

// The text as a relay that does not conform takes it over: the same message, and another content.
queue::Text ReceiverSession::mangled_text(std::string octets) {
  trace::Recorder& recorder = host_.recorder();
  const auto known = recorder.content_of(transaction_.message);
  const bool is_known = known && std::string_view(octets).ends_with(known->octets);
  std::string trace_fields = is_known ? octets.substr(0, octets.size() - known->octets.size()) : std::string();
  std::vector<const RelayTrouble::One*> done;
  for (std::size_t how = 0; how < kMangles; ++how) {
    const auto& trouble = mta_.relay_trouble().of[how];
    if (!trouble) continue;
    std::string after = mangled(octets, static_cast<Mangle>(how), trouble->limit);
    if (after != octets) done.push_back(&*trouble);
    octets = std::move(after);
  }
  if (octets.starts_with(trace_fields)) {
    octets.erase(0, trace_fields.size());
  } else {
    trace_fields.clear();
  }
  octets.shrink_to_fit();
  auto content = recorder.content(std::move(octets));
  const trace::MessageId message = transaction_.message ? transaction_.message : recorder.next_message(content);
  recorder.context.message = message;
  const std::string before = is_known ? fmt::format(R"({{"before":{}}})", known->id.value) : std::string();
  for (const RelayTrouble::One* const one : done) {
    record({.kind = trace::Kind::message_mangled,
            .fault = one->blame.fault,
            .content = content->id,
            .size = static_cast<std::int64_t>(content->octets.size()),
            .text = one->name,
            .detail = before,
            .because = one->blame.began});
  }
  return {message, std::move(trace_fields), std::move(content)};
}

void ReceiverSession::perform(const smtp::AskCommand& action) {
  if (auto reply = trouble_at({.verb = action.verb})) return answer(std::move(*reply));
  session_.proceed(host_.now_ns());
}

}  // namespace mailroom::agents
