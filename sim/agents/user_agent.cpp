// SPDX-License-Identifier: GPL-2.0-only
#include "sim/agents/user_agent.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "protocols/message/compose.hpp"
#include "protocols/message/message_id.hpp"
#include "protocols/message/utf8.hpp"
#include "protocols/smtp/content_decoder.hpp"
#include "sim/agents/detail_text.hpp"

namespace mailroom::agents {

namespace {

// What a Message-ID has of the name of a traffic entry: RFC 5322 §2.1.1 would have lines of at most 78 characters.
constexpr std::size_t kNameOctets = 40;

message::Mailbox mailbox_of(const std::string& address) {
  if (auto parsed = message::parse_addr_spec(address)) return std::move(*parsed);
  const SplitAddress split = split_address(address);
  return {.local_part = std::string(split.local_part), .domain = std::string(split.domain)};
}

std::string detail_of(const scenario::Traffic& traffic, const std::string& from, const std::vector<std::string>& to) {
  std::string detail = R"({"from":)";
  append_json(detail, from);
  detail += R"(,"to":[)";
  for (const std::string& recipient : to) {
    if (detail.back() != '[') detail += ',';
    append_json(detail, recipient);
  }
  detail += R"(],"traffic":)";
  append_json(detail, traffic.name);
  if (traffic.forged.contains(from)) detail += R"(,"forged":true)";
  detail += '}';
  return detail;
}

}  // namespace

UserAgent::Letter UserAgent::compose(const scenario::Traffic& traffic, const std::string& from,
                                     const std::vector<std::string>& to) {
  net::Host& host = mta_.host();
  // The number alone is unique; the name, which may be a long list of addresses, is for people.
  const std::string unique =
      fmt::format("{}.{}", ++composed_, std::string_view(traffic.name).substr(0, kNameOctets));
  std::string message_id = message::make_message_id(unique, mta_.config().hostname);
  message::Draft draft{.subject = traffic.subject,
                       .text = traffic.text,
                       .unix_s = host.unix_time_s(),
                       .message_id = message_id};
  // A notification has a null reverse-path, but still an author.
  draft.from.push_back(mailbox_of(from.empty() ? "postmaster@" + mta_.config().hostname : from));
  for (const std::string& address : to) draft.to.emplace_back(mailbox_of(std::string(without_route(address))));
  if (traffic.size_bytes) {
    const auto size = static_cast<std::size_t>(*traffic.size_bytes);
    return {message::compose_to_size(std::move(draft), size, host.random(traffic.name).next()), message_id, to};
  }
  return {message::compose(draft), std::move(message_id), to};
}

void UserAgent::resume() {
  for (const Wish& wish : std::exchange(wishes_, {})) send(*wish.traffic, wish.from, wish.to);
}

UserAgent::Letter UserAgent::read(const scenario::Traffic& traffic, const std::vector<std::string>& to) {
  Letter letter{message::canonical(*traffic.eml, message::FinalLineEnd::ensure), {}, to};
  const message::Header header(letter.octets);
  if (const message::Field* id = header.find("Message-ID")) letter.message_id = id->unfolded();
  if (to.empty()) letter.recipients = message::envelope_of(header).forward_paths;
  return letter;
}

bool UserAgent::send(const scenario::Traffic& traffic, const std::string& from,
                     const std::vector<std::string>& to) {
  if (!mta_.is_running()) {
    wishes_.push_back({&traffic, from, to});
    return true;
  }
  Letter letter = traffic.eml ? read(traffic, to) : compose(traffic, from, to);
  if (letter.recipients.empty()) return false;
  trace::Recorder& recorder = mta_.host().recorder();
  const bool eight_bit = smtp::has_eighth_bit(letter.octets);
  // RFC 6531 §3.2: where an address or the header has characters beyond US-ASCII.
  const bool needs_smtputf8 =
      mta_.config().smtp.extended &&
      (!message::is_ascii(from) || !std::ranges::all_of(letter.recipients, message::is_ascii) ||
       (eight_bit && message::has_utf8_header(letter.octets)));
  letter.octets.shrink_to_fit();  // held for as long as anyone holds the message
  auto content = recorder.content(std::move(letter.octets));
  const trace::MessageId message = recorder.next_message(content);
  const std::string detail = detail_of(traffic, from, letter.recipients);
  const trace::EventId composed =
      recorder.record({.kind = trace::Kind::message_composed,
                       .host = mta_.host().id(),
                       .message = message,
                       .fault = mta_.host().skew() ? mta_.host().skew()->blame.fault : trace::FaultId{},
                       .content = content->id,
                       .size = static_cast<std::int64_t>(content->octets.size()),
                       .value = static_cast<std::int64_t>(letter.recipients.size()),
                       .text = letter.message_id,
                       .detail = detail,
                       .because = mta_.host().skew() ? mta_.host().skew()->blame.began : trace::EventId{}});
  trace::ContextScope scope(recorder, {composed, message, {}});
  Arrival arrival{.reverse_path = from,
                  .text = {message, {}, std::move(content)},
                  .eight_bit = eight_bit,
                  .smtputf8 = needs_smtputf8,
                  .ret = traffic.ret,
                  .envelope_id = traffic.envelope_id};
  for (std::string& recipient : letter.recipients) {
    // RFC 3461 §4.2: the first to send it says for whom it was.
    queue::Asked asked;
    if (traffic.notify)
      asked = std::make_shared<const smtp::RcptParameters>(
          smtp::RcptParameters{traffic.notify, smtp::original_recipient(recipient)});
    arrival.recipients.push_back({std::move(recipient), {}, std::move(asked)});
  }
  return mta_.commit(std::move(arrival), [&mta = mta_](queue::EntryId id) { mta.dispatch(id); }).has_value();
}

}  // namespace mailroom::agents
