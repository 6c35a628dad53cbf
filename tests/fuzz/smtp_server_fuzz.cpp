// SPDX-License-Identifier: GPL-2.0-only
// libFuzzer program: octets from a client into a ServerSession. The first octet chooses options and how the
// input is cut.
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <variant>

#include "protocols/smtp/server_session.hpp"

namespace {

using namespace mailroom::smtp;

struct Host {
  ServerSession& session;
  int open_transactions = 0;
  int closes = 0;
  int commands = 0;
  std::int64_t spooled = 0;

  void answer(Say say) { session.answer(session.say(say), 0); }
  void perform(AskCommand& a) {
    if (++commands % 3 == 0 && a.verb != Verb::unknown) return session.answer(reply(451, "not now"), 0);
    session.proceed(0);
  }
  void perform(AskSender&) {
    ++open_transactions;
    answer(Say::sender_ok);
  }
  void perform(AskRecipient& a) {
    answer(a.forward_path.local_part.starts_with("no") ? Say::no_such_user : Say::recipient_ok);
  }
  void perform(AskData&) {
    spooled = 0;
    answer(Say::start_mail_input);
  }
  void perform(ContentReceived& a) { spooled += static_cast<std::int64_t>(a.octets.size()); }
  void perform(AskMessage& a) {
    if (a.size_octets != spooled) std::abort();
    --open_transactions;
    answer(Say::message_accepted);
  }
  void perform(AskVerify&) { answer(Say::cannot_verify); }
  void perform(AskExpand&) { answer(Say::not_implemented); }
  void perform(AskChallenge&) { session.answer(reply(334, "<1@mx.example>"), 0); }
  void perform(AskCredentials& a) {
    answer(accepts(a.claim, "secret") ? Say::authenticated : Say::bad_credentials);
  }
  void perform(AskTurn&) { answer(Say::turn_started); }
  void perform(TransactionReset&) { --open_transactions; }
  void perform(Close&) { ++closes; }
  template <class Other>
  void perform(Other&) {}

  void drain() {
    while (auto action = session.next_action()) std::visit([this](auto& a) { perform(a); }, *action);
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const unsigned choice = size > 0 ? data[0] : 0;
  std::string_view octets(reinterpret_cast<const char*>(data), size);
  ServerOptions options =
      choice & 1 ? ServerOptions::rfc821("mx.example", EighthBit::refuse) : ServerOptions{};
  options.domain = "mx.example";
  options.verify = options.expand = Query::ask;
  options.offered.auth = options.extended ? AuthMechanisms::all() : AuthMechanisms{};
  options.offered.etrn = options.extended;
  options.errors.sleep_ns = 0;
  options.size_limit_octets = choice & 2 ? 100 : 0;
  options.bare_line_end = choice & 4 ? BareLineEnd::refuse : BareLineEnd::keep;
  ServerSession session(options);
  session.ask_of_commands(size > 1 && (data[1] & 1) != 0);
  Host host{session};
  session.start(0, Greeting::ready);
  host.drain();
  const std::size_t piece = 1 + (choice >> 3);
  for (std::size_t at = 0; at < octets.size(); at += piece) {
    session.receive(octets.substr(at, piece), 0);
    host.drain();
  }
  session.peer_finished(0);
  host.drain();
  if (!session.ended() || host.closes != 1 || host.open_transactions != 0) std::abort();
  return 0;
}
