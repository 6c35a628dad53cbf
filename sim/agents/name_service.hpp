// SPDX-License-Identifier: GPL-2.0-only
// Names, as a mail agent asks for them (RFC 1034 §5, RFC 5321 §5.1): one question, one answer, by whatever
// way the host resolves names: a resolver that asks name servers over the network (name_resolver.hpp), or a
// table that everybody has (static_names.hpp). The agent cannot tell which.
//
// Names are written as people write them, in lower case and without the dot at the end; the root is ".".
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/dns/codes.hpp"
#include "sim/net/network.hpp"
#include "sim/trace/ids.hpp"

namespace mailroom::agents {

using RecordType = dns::Type;

struct MailExchanger {
  std::uint16_t preference = 0;  // the lower, the sooner
  std::string exchange;          // "." in a null MX (RFC 7505)
  friend bool operator==(const MailExchanger&, const MailExchanger&) = default;
};

struct NameAnswer {
  enum class Status {
    found,    // there are records of the type
    no_data,  // the name exists, but has none of the type
    no_name,  // the name does not exist: NXDOMAIN (RFC 2308 §2.1)
    failed,   // nobody could or would say: SERVFAIL, time-out, a loop of CNAMEs. It may go another time
  };
  Status status = Status::failed;
  std::string name;       // as asked
  std::string canonical;  // whose records these are, at the end of the CNAMEs
  // Of a found answer, the one that the type asked for, in the order of the answer. Nobody has shuffled it.
  std::vector<net::Address> addresses;         // A
  std::vector<MailExchanger> mail_exchangers;  // MX
  std::vector<std::string>
      texts;  // NS, CNAME, PTR: names; TXT: its strings joined; others: as in a zone file
  // Of a failed answer.
  std::string why;           // for people: "no answer from 10.0.0.1"
  trace::EventId because{};  // evidence, if there is any
};

class NameService {
 public:
  virtual ~NameService() = default;
  using Answered = std::function<void(const NameAnswer&)>;

  // Calls `answered` exactly once, unless the service goes first: at once, before this returns, if the answer
  // is known here, under the context of the caller; else later, under a context whose event is the answer's
  // and whose message and copy are the caller's. The name must be one (protocols/smtp's Domain): what is none
  // does not exist.
  virtual void look_up(std::string_view name, RecordType type, Answered answered) = 0;
  // The host has crashed: what it knew, and who waits for an answer, are forgotten. Nobody is called.
  virtual void forget() {}
};

}  // namespace mailroom::agents
