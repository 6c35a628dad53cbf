// SPDX-License-Identifier: GPL-2.0-only
// Forms of faults: what stands between the words of the table, filled in.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "sim/faults/parse.hpp"
#include "topologies/units.hpp"
#include "viz/model/fault_menu.hpp"

namespace mailroom::viz {

namespace {

using faults::Kind;
using Of = FaultPlace::Of;
using Texts = std::vector<std::string>;

struct SlotWords {
  std::string_view slot, label, hint;
};
constexpr SlotWords kSlots[] = {
    {"<node>", "Host", "a host or router"},
    {"<host>", "Host", "a mail host"},
    {"<receiver>", "Receiver", "a host with an SMTP receiver"},
    {"<name-server>", "Name server", "a host that serves zones"},
    {"<nodes>", "One side", "hosts, with commas between them"},
    {"<link>", "Link", "its name, or its ends: a -- b"},
    {"<address>", "Address", "bob@south.example"},
    {"<code>", "Reply code", "4yz or 5yz"},
    {"<count>", "Count", "a number from 1"},
    {"<share>", "Share", "5% or 0.05"},
    {"<point>", "Reply to", "a command, greeting or final dot"},
    {"<record>", "Record", "a line of a master file, in quotes"},
    {"<time>", "Time", "300ms, 5s, 1m30s, 2h"},
    {"<rate>", "Rate", "64kbps, 10Mbps"},
    {"<size>", "Size", "2kB, 1MB"},
};

FaultField field_of(std::string_view slot) {
  const auto words = std::ranges::find(kSlots, slot, &SlotWords::slot);
  return {.slot = words->slot, .label = words->label, .hint = words->hint};
}

// What a value is likely to be, in the form of this kind; the first is the default.
Texts likely(Kind kind, std::string_view slot, const FaultGround& ground) {
  if (slot == "<node>") return ground.nodes;
  if (slot == "<host>") return ground.mail_hosts;
  if (slot == "<receiver>") return ground.receivers;
  if (slot == "<name-server>") return ground.name_servers;
  if (slot == "<nodes>") return ground.nodes;
  if (slot == "<address>") return ground.addresses;
  if (slot == "<code>") return {"451", "421", "450", "452", "550", "552", "554"};
  if (slot == "<rate>") return {"9600bps", "64kbps", "1Mbps"};
  if (slot == "<size>") return {"1kB", "10kB"};
  if (slot == "<point>") return {"RCPT", "greeting", "EHLO", "HELO", "AUTH", "MAIL", "DATA", "final dot", "QUIT"};
  if (slot == "<link>") {
    const bool is_any = kind == Kind::link_down || kind == Kind::link_losing || kind == Kind::link_losing_in_bursts ||
                        kind == Kind::link_corrupting;
    return is_any ? ground.links : ground.wires;
  }
  if (slot == "<share>") return kind == Kind::spool_corrupted ? Texts{"50%", "10%", "100%"} : Texts{"5%", "1%", "20%", "50%"};
  if (slot == "<count>") return kind == Kind::relay_wraps ? Texts{"72", "80", "998"} : Texts{"4", "10"};
  if (slot == "<time>") {
    if (kind == Kind::clock_ahead || kind == Kind::clock_behind) return {"1h", "1d"};
    if (kind == Kind::smtp_slow) return {"10s", "1m", "6m"};
    if (kind == Kind::disk_slow) return {"500ms", "5s"};
    return {"300ms", "50ms", "2s"};
  }
  if (slot == "<record>" && !ground.domains.empty()) {
    Texts records;
    for (const std::string& host : ground.mail_hosts)
      records.push_back(fmt::format("\"{0}. 300 IN MX 10 {1}.{0}.\"", ground.domains.front(), host));
    return records;
  }
  return {};
}

void put_first(Texts& list, const std::string& value) {
  std::erase(list, value);
  list.insert(list.begin(), value);
}

// Narrows the likely values to what the person has pointed at. `before`: the fields that stand in front.
void aim(FaultField& field, Kind kind, const FaultPlace& place, const std::vector<FaultField>& before,
         const FaultGround& ground) {
  const bool is_host_slot = field.slot == "<node>" || field.slot == "<host>" || field.slot == "<receiver>" ||
                            field.slot == "<name-server>" || field.slot == "<nodes>";
  const bool is_second = std::ranges::any_of(before, [&field](const FaultField& one) { return one.slot == field.slot; });
  if (is_host_slot && is_second) {
    // The other end of a TCP connection.
    if (place.of == Of::conversation) put_first(field.choices, place.other);
    else field.choices = ground.mail_hosts;
    std::erase(field.choices, before.front().value);
  } else if (is_host_slot && place.of == Of::host) {
    put_first(field.choices, place.name);
  } else if (is_host_slot && place.of == Of::conversation) {
    put_first(field.choices, field.slot == "<node>" ? place.name : place.other);
  } else if (is_host_slot && place.of == Of::address) {
    put_first(field.choices, ground.host_of(place.name));
  } else if (is_host_slot && faults::info(kind).form.starts_with("tcp")) {
    field.choices = ground.mail_hosts;
  } else if (field.slot == "<link>" && place.of == Of::link) {
    put_first(field.choices, place.name);
  } else if (field.slot == "<address>" && place.of == Of::address && !is_second) {
    put_first(field.choices, place.name);
  } else if (field.slot == "<address>" && place.of == Of::host && !is_second && kind != Kind::smtp_answers) {
    if (Texts own = ground.addresses_of(place.name); !own.empty()) field.choices = std::move(own);
  } else if (field.slot == "<record>" && place.of == Of::host && !field.choices.empty()) {
    return;
  } else if (field.slot == "<address>" && is_second) {
    // Where somebody has moved to: not where they were.
    const std::string& old = before.back().value;
    put_first(field.choices, "new." + old);
  }
}

std::string default_of(const FaultField& field, const FaultGround& ground) {
  if (!field.choices.empty()) return field.choices.front();
  if (field.slot == "<address>" && !ground.domains.empty()) return "postmaster@" + ground.domains.front();
  if (field.slot == "<record>") return "\"south.example. 300 IN MX 10 mx2.south.example.\"";
  return {};
}

std::string option_label(std::string_view words) {
  if (words.starts_with("to ")) return "to this command only";
  if (words.starts_with("for ")) return "for one address only";
  return "not always";
}

}  // namespace

FaultForm make_form(Kind kind, const FaultPlace& place, const FaultGround& ground) {
  FaultForm form{.kind = kind};
  int option = -1;
  for (std::string_view rest = faults::info(kind).form; !rest.empty();) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    std::string_view word = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (word.starts_with('[')) {
      word.remove_prefix(1);
      option = static_cast<int>(form.options.size());
      form.options.emplace_back();
    }
    const bool is_last = word.ends_with(']');
    if (is_last) word.remove_suffix(1);
    if (option >= 0) {
      std::string& words = form.options[static_cast<std::size_t>(option)].words;
      (words += words.empty() ? "" : " ") += word;
    }
    if (word.starts_with('<')) {
      FaultField field = field_of(word);
      field.choices = likely(kind, word, ground);
      aim(field, kind, place, form.fields, ground);
      field.value = default_of(field, ground);
      form.parts.push_back({.word = {}, .field = static_cast<int>(form.fields.size()), .option = option});
      form.fields.push_back(std::move(field));
    } else {
      form.parts.push_back({.word = word, .field = -1, .option = option});
    }
    if (is_last) option = -1;
  }
  for (FaultForm::Option& one : form.options) one.label = option_label(one.words);
  // Who has pointed at an address means it.
  if (kind == Kind::smtp_answers && place.of == Of::address) form.options[1].is_said = true;
  form.timing.host = place.of == Of::host && std::ranges::find(ground.mail_hosts, place.name) != ground.mail_hosts.end() ? place.name
                     : place.of == Of::conversation                                                                    ? place.other
                     : ground.receivers.empty() ? (ground.mail_hosts.empty() ? std::string() : ground.mail_hosts.front())
                                                : ground.receivers.front();
  form.timing.lasts = form.is_lasting();
  return form;
}

bool FaultForm::is_said(std::size_t field) const {
  const auto part = std::ranges::find(parts, static_cast<int>(field), &Part::field);
  return part != parts.end() && (part->option < 0 || options[static_cast<std::size_t>(part->option)].is_said);
}

std::string FaultForm::what() const {
  std::string said;
  for (const Part& part : parts) {
    if (part.option >= 0 && !options[static_cast<std::size_t>(part.option)].is_said) continue;
    if (!said.empty()) said += ' ';
    said += part.field < 0 ? std::string(part.word) : fields[static_cast<std::size_t>(part.field)].value;
  }
  return said;
}

std::string FaultForm::sentence() const {
  const std::string time = timing.words(is_lasting());
  return time.empty() ? what() : what() + " " + time;
}

std::optional<FaultForm> form_of(std::string_view sentence, const FaultGround& ground) {
  const auto fault = faults::parse(sentence);
  if (!fault) return std::nullopt;
  FaultForm form = make_form(fault->kind, {}, ground);
  std::size_t node = 0, address = 0;
  const bool has_all = fault->share_per_billion == 1'000'000'000;
  const auto value_of = [&](std::string_view slot) -> std::string {
    if (slot == "<nodes>") return fmt::format("{}", fmt::join(fault->nodes, ", "));
    if (slot == "<link>") return fault->link;
    if (slot == "<address>") return address < fault->addresses.size() ? fault->addresses[address++] : std::string();
    if (slot == "<code>") return std::to_string(fault->code);
    if (slot == "<count>") return std::to_string(fault->count);
    if (slot == "<share>") return topology::format_per_billion(fault->share_per_billion);
    if (slot == "<point>") return fault->point == "." ? "final dot" : fault->point;
    if (slot == "<record>") return "\"" + fault->record + "\"";
    if (slot == "<time>") return topology::format_duration(fault->time_ns);
    if (slot == "<rate>") return topology::format_rate(fault->rate_bps);
    if (slot == "<size>") return topology::format_size(fault->size_bytes);
    return node < fault->nodes.size() ? fault->nodes[node++] : std::string();
  };
  for (const FaultForm::Part& part : form.parts) {
    if (part.field < 0) continue;
    FaultField& field = form.fields[static_cast<std::size_t>(part.field)];
    std::string value = value_of(field.slot);
    if (part.option >= 0) {
      const bool is_there = field.slot == "<share>" ? !has_all : !value.empty();
      form.options[static_cast<std::size_t>(part.option)].is_said = is_there;
      if (!is_there) continue;
    }
    field.value = std::move(value);
  }
  form.timing = timing_of(fault->when);
  if (form.timing.host.empty() && !ground.receivers.empty()) form.timing.host = ground.receivers.front();
  return form;
}

}  // namespace mailroom::viz
