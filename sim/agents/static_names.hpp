// SPDX-License-Identifier: GPL-2.0-only
// A table of names that everybody has, as the host table was before there was DNS (RFC 952): every look-up is
// answered at once, no packet moves, nothing expires and nothing fails.
#pragma once

#include <map>

#include "protocols/dns/record.hpp"
#include "sim/agents/name_service.hpp"

namespace mailroom::agents {

class StaticNames final : public NameService {
 public:
  void add(std::string_view name, const dns::Rdata& data);

  void look_up(std::string_view name, RecordType type, Answered answered) override;

 private:
  struct Entry {
    std::vector<net::Address> addresses;
    std::vector<MailExchanger> mail_exchangers;
    std::map<RecordType, std::vector<std::string>> texts;
  };
  Entry& make(std::string_view name);
  const Entry* find(const std::string& name) const;  // of a wildcard, if it has none of its own

  std::map<std::string, Entry, std::less<>>
      entries_;  // by name in lower case; also those that names stand under
};

}  // namespace mailroom::agents
