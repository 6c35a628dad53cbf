// SPDX-License-Identifier: GPL-2.0-only
// The user agent of a host: composes messages, derives the envelope from the header, and hands them to the
// outgoing queue of its host, from where the SMTP sender submits them (or, on a mail host, delivers them).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/agents/mta.hpp"
#include "sim/scenario/scenario.hpp"

namespace mailroom::agents {

class UserAgent {
 public:
  // `mta` is that of the user agent's host and must outlive it.
  explicit UserAgent(Mta& mta) : mta_(mta) {}

  // Makes the message of a traffic entry, which must outlive the agent, and submits it. `to` may be empty if the message is a file: then the
  // recipients come from its header. False: there is no recipient, so that no message was made; or no room
  // for it on the disk (recorded after message.composed), so that it was not submitted.
  // While the host is out of operation nobody can write there: it is made when the host runs again, with the date of
  // then, and the answer is true.
  bool send(const scenario::Traffic& traffic, const std::string& from, const std::vector<std::string>& to);
  // The host runs again.
  void resume();

 private:
  struct Letter {
    std::string octets;      // canonical: CRLF, ends with CRLF
    std::string message_id;  // as in its header
    std::vector<std::string> recipients;
  };
  Letter compose(const scenario::Traffic& traffic, const std::string& from,
                 const std::vector<std::string>& to);
  static Letter read(const scenario::Traffic& traffic, const std::vector<std::string>& to);

  Mta& mta_;
  std::int64_t composed_ = 0;
  struct Wish {
    const scenario::Traffic* traffic;
    std::string from;
    std::vector<std::string> to;
  };
  std::vector<Wish> wishes_;  // what somebody wanted to write meanwhile, in its order
};

}  // namespace mailroom::agents
