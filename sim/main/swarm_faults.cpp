// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/swarm_faults.hpp"

#include <fmt/format.h>

#include "sim/faults/parse.hpp"

namespace mailroom::swarm {

namespace {

std::string value_of(std::string_view slot, Dice& dice, const Ground& ground) {
  if (slot == "<node>") return dice.pick(ground.nodes);
  if (slot == "<host>") return dice.pick(ground.hosts);
  if (slot == "<receiver>" || slot == "<name-server>") return dice.pick(ground.receivers);
  if (slot == "<nodes>") return dice.pick(ground.nodes);
  if (slot == "<link>") return ground.links.empty() ? "" : dice.pick(ground.links);
  if (slot == "<address>") return dice.pick(ground.addresses);
  if (slot == "<rate>") return dice.one_of({"2400bps", "64kbps", "1Mbps"});
  if (slot == "<time>") return dice.one_of({"5ms", "300ms", "3s", "40s", "10m"});
  if (slot == "<share>") return dice.one_of({"1%", "10%", "40%", "100%"});
  if (slot == "<count>") return dice.one_of({"2", "8", "80"});
  if (slot == "<size>") return dice.one_of({"100", "2kB"});
  if (slot == "<code>") return dice.one_of({"421", "450", "451", "451", "451", "452", "550", "552", "554"});
  if (slot == "<point>") return dice.one_of({"greeting", "EHLO", "MAIL", "RCPT", "DATA", "final dot"});
  const std::string& host = dice.pick(ground.receivers);
  return fmt::format("\"{}.example. 60 IN MX 10 {}.{}.example.\"", host, dice.pick(ground.receivers), host);
}

// The form with its values.
std::string what_of(const faults::KindInfo& kind, Dice& dice, const Ground& ground) {
  std::string said;
  std::string_view form = kind.form;
  bool is_left_out = false;
  while (!form.empty()) {
    const std::size_t end = std::min(form.find(' '), form.size());
    std::string_view word = form.substr(0, end);
    form.remove_prefix(std::min(end + 1, form.size()));
    if (word.starts_with('[')) {
      word.remove_prefix(1);
      is_left_out = dice.chance(600);
    }
    const bool is_last = word.ends_with(']');
    if (is_last) word.remove_suffix(1);
    if (!is_left_out) (said += said.empty() ? "" : " ") += word.starts_with('<') ? value_of(word, dice, ground) : std::string(word);
    if (is_last) is_left_out = false;
  }
  return said;
}

std::string condition_of(Dice& dice, const Ground& ground) {
  const std::string act = dice.one_of({"connects", "sends", "receives", "sends", "receives", "commits", "delivers", "defers"});
  std::string said = fmt::format("{} {} {}", dice.chance(300) ? "whenever" : "when", dice.pick(ground.hosts), act);
  if (act == "sends" || act == "receives")
    said += " " + dice.one_of({"EHLO", "MAIL", "RCPT", "DATA", "final dot", "final dot", "QUIT", "250", "354"});
  if (dice.chance(300)) said += dice.one_of({", 1ms later,", ", 40ms later,", ", 2s later,"});
  return said;
}

// A crash in the moment that matters: between the final dot and its 250.
std::string crash_behind_the_dot(Dice& dice, const Ground& ground) {
  const std::string& host = dice.pick(ground.receivers);
  return fmt::format("host {0} out of operation {2} {0} receives the final dot, {1} later, for {3}", host,
                     dice.one_of({"0s", "1ms", "40ms"}), dice.one_of({"when", "whenever"}), dice.one_of({"3s", "2m", "1h"}));
}

std::string time_of(Dice& dice, bool is_lasting) {
  const std::string lasts = is_lasting ? " for " + dice.one_of({"100ms", "5s", "1m", "20m", "3h"}) : std::string();
  switch (dice.between(0, 3)) {
    case 0:
      return fmt::format("at 0s{}", lasts);
    case 1:
      return fmt::format("at {}ms{}", dice.between(1, 5000), lasts);
    case 2:
      return fmt::format("at {}s{}", dice.between(1, 600), lasts);
    default:
      if (!is_lasting) return fmt::format("every {}s", dice.between(30, 600));
      return fmt::format("randomly every {}s for {}s", dice.between(5, 600), dice.between(1, 100));
  }
}

}  // namespace

std::string fault_sentence(Dice& dice, const Ground& ground, bool is_conditional, std::set<std::string>& slots) {
  const faults::KindInfo& kind = faults::info(static_cast<faults::Kind>(dice.between(0, faults::kKindCount - 1)));
  if (kind.form.starts_with("dns") && !ground.has_name_servers) return {};
  if (kind.form.find("<link>") != std::string_view::npos && ground.links.empty()) return {};
  std::string said = what_of(kind, dice, ground);
  if (is_conditional && dice.chance(100)) {
    said = crash_behind_the_dot(dice, ground);
  } else if (is_conditional) {
    said += " " + condition_of(dice, ground);
    if (kind.is_lasting) said += " for " + dice.one_of({"50ms", "3s", "2m", "1h"});
  } else {
    said += " " + time_of(dice, kind.is_lasting);
  }
  const auto fault = faults::parse(said);
  if (!fault || !slots.insert(faults::slot(*fault)).second) return {};
  const bool is_of_itself = fault->nodes.size() == 2 && fault->nodes[0] == fault->nodes[1];
  const bool is_of_nobody = !fault->addresses.empty() && (fault->point == "greeting" || fault->point == "EHLO");
  // A host that crashes whenever it does something, and does it again as soon as it runs, does nothing else for ever.
  const bool is_endless = fault->kind == faults::Kind::host_out_of_operation && fault->when.is_repeated &&
                          fault->when.lasts_ns < 1'200'000'000'000;
  return is_of_itself || is_of_nobody || is_endless ? std::string() : said;
}

}  // namespace mailroom::swarm
