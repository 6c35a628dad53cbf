// SPDX-License-Identifier: GPL-2.0-only
#include "sim/agents/name_answers.hpp"

#include "sim/agents/directory.hpp"

namespace mailroom::agents {
namespace {

struct Put {
  NameAnswer& answer;
  const dns::Rdata& whole;

  void operator()(const dns::A& a) const { answer.addresses.push_back({a.address}); }
  void operator()(const dns::Mx& mx) const {
    answer.mail_exchangers.push_back({mx.preference, lower(mx.exchange.text())});
  }
  void operator()(const dns::Ns& ns) const { name(ns.server); }
  void operator()(const dns::Cname& cname) const { name(cname.target); }
  void operator()(const dns::Ptr& ptr) const { name(ptr.target); }
  void operator()(const dns::Txt& txt) const {
    std::string& text = answer.texts.emplace_back();
    for (const std::string& piece : txt.strings) text += piece;
  }
  template <class Other>
  void operator()(const Other&) const {
    answer.texts.push_back(dns::text(whole));
  }
  void name(const dns::Name& host) const { answer.texts.push_back(lower(host.text())); }
};

}  // namespace

void put(const dns::Rdata& data, NameAnswer& answer) {
  std::visit(Put{answer, data}, data);
}

}  // namespace mailroom::agents
