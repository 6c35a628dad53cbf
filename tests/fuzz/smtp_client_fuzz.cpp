// SPDX-License-Identifier: GPL-2.0-only
// libFuzzer program: octets from a server into a ClientSession with two transactions. The first octet chooses
// options and how the input is cut.
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <variant>

#include "protocols/smtp/client_session.hpp"

namespace {

using namespace mailroom::smtp;

struct Host {
  ClientSession& session;
  int left = 2;
  int begun = 0;
  int outcomes = 0;
  int endings = 0;

  void perform(client::Ready&) {
    if (left-- == 0) return session.quit(0);
    ++begun;
    Transaction transaction;
    transaction.reverse_path = {{}, "a", "c.example"};
    transaction.forward_paths = {{{}, "b", "mx.example"}, {{"r.example"}, "c", "mx.example"}};
    transaction.content = content_of(".x\r\n");
    session.transact(std::move(transaction), 0);
  }
  void perform(client::ContentWanted&) {
    while (!session.take_content(3, 0).empty()) {
    }
  }
  void perform(client::TransactionEnded& a) {
    ++outcomes;
    for (const auto& recipient : a.recipients)
      if (recipient.verdict == client::Verdict::accepted && !a.confirmed) std::abort();
  }
  void perform(client::Ended&) { ++endings; }
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
  octets.remove_prefix(size > 0 ? 1 : 0);
  ClientOptions options = choice & 1 ? ClientOptions::lecture("c.example") : ClientOptions{};
  options.domain = "c.example";
  options.chunking = (choice & 4) != 0;
  options.chunk_octets = 2;
  if (choice & 8) options.credentials = Credentials{"user", "secret"};
  ClientSession session(options);
  Host host{session};
  session.start(0);
  const std::size_t piece = 1 + (choice >> 1);
  for (std::size_t at = 0; at < octets.size(); at += piece) {
    session.receive(octets.substr(at, piece), 0);
    host.drain();
  }
  if (choice & 2) session.peer_finished(0);
  host.drain();
  session.connection_lost("reset");
  host.drain();
  if (!session.ended() || host.endings != 1 || host.outcomes != host.begun) std::abort();
  return 0;
}
