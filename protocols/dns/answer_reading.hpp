// SPDX-License-Identifier: GPL-2.0-only
// What an answer of a zone's server means to a resolver (RFC 1034 §5.3.3 step 4, RFC 2308 §2). Only what lies
// within the zone that the server was asked as a server of is looked at: the rest is hearsay.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocols/dns/cache.hpp"
#include "protocols/dns/message.hpp"

namespace mailroom::dns {

struct AnswerReading {
  enum class Kind : std::uint8_t {
    records,       // aliases, and the records at their end
    alias,         // aliases; what is at their end is to be asked elsewhere
    no_such_name,  // perhaps after aliases
    no_data,
    referral,  // to `zone`, deeper than the one asked
    lame,      // it knows nothing, or refers to itself or upward (RFC 1912 §2.8)
  };
  Kind kind = Kind::lame;
  std::vector<Record> aliases;  // CNAMEs, each the owner of the next
  Name last;                    // what the question's name comes to
  std::vector<Record> records;  // of `last`
  std::optional<std::uint32_t>
      denial_ttl_s;           // how long a denial may be believed; none: no SOA came, not at all
  Name zone;                  // of a referral
  std::vector<Name> servers;  // of it
  std::string why;            // of lame

  struct Believed {
    std::vector<Record> set;
    Rank rank;
  };
  std::vector<Believed> to_cache;  // what else may be remembered: each set of records, glue included
};

// `message` answers `question`; its RCODE is NOERROR or NXDOMAIN; `zone` is what its server was asked as a
// server of.
AnswerReading read_answer(const Message& message, const Question& question, const Name& zone);

}  // namespace mailroom::dns
