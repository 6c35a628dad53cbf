// SPDX-License-Identifier: GPL-2.0-only
#include "sim/scenario/addresses.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <unordered_set>

#include "protocols/message/address.hpp"
#include "protocols/message/utf8.hpp"
#include "sim/scenario/fields.hpp"
#include "sim/scenario/pattern.hpp"

namespace mailroom::scenario {

namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\n')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\n')) text.remove_suffix(1);
  return text;
}

// Position of `mark` outside of quoted local parts, or npos.
std::size_t find_outside_quotes(std::string_view text, std::string_view mark) {
  bool is_quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_quoted && text[i] == '\\')
      ++i;
    else if (text[i] == '"')
      is_quoted = !is_quoted;
    else if (!is_quoted && text.substr(i).starts_with(mark))
      return i;
  }
  return std::string_view::npos;
}

std::vector<std::string_view> split(std::string_view text, std::string_view mark) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t found = find_outside_quotes(text, mark);
    parts.push_back(trimmed(text.substr(0, found)));
    if (found == std::string_view::npos) return parts;
    text.remove_prefix(found + mark.size());
  }
}

// The terms between commas; those of a source route, "@r1,@r2:u@d", do not part it.
std::vector<std::string_view> terms(std::string_view text) {
  std::vector<std::string_view> found;
  for (const std::string_view part : split(text, ",")) {
    const bool is_within = !found.empty() && found.back().starts_with('@') &&
                           find_outside_quotes(found.back(), ":") == std::string_view::npos;
    if (is_within)
      found.back() = {found.back().data(), static_cast<std::size_t>(part.end() - found.back().begin())};
    else
      found.push_back(part);
  }
  return found;
}

// One set while it is put together.
class SetReader {
 public:
  // `domain`: of what has no '@'; empty: that is a mistake.
  SetReader(std::string_view domain, Side side, AddressBook& book, Report& report)
      : domain_(domain), side_(side), book_(book), report_(report) {}

  // "choice(inside)", or the whole as it is.
  void read(const Word& word, AddressSet::Choice& choice, bool may_choose) {
    std::string_view text = trimmed(word.text);
    constexpr std::array<std::pair<std::string_view, AddressSet::Choice>, 3> kChoices{
        {{"all", AddressSet::Choice::all},
         {"each", AddressSet::Choice::each},
         {"any", AddressSet::Choice::any}}};
    const std::size_t bracket = find_outside_quotes(text, "(");
    if (bracket != std::string_view::npos && text.find('@') > bracket) {
      const std::string_view name = trimmed(text.substr(0, bracket));
      const auto* known = std::ranges::find(kChoices, name, [](const auto& one) { return one.first; });
      if (known == kChoices.end())
        return report_.mistake(word.at, fmt::format("{} before '('", shown(name)),
                               "write all(…), each(…) or any(…)");
      if (!text.ends_with(')'))
        return report_.mistake(word.at, fmt::format("'{}(' without its ')'", name),
                               fmt::format("write {}(…)", name));
      if (!may_choose)
        return report_.mistake(word.at, fmt::format("'{}(…)' in a list", name),
                               fmt::format("write the whole as one: {}(a@x.example, *@y.example)", name));
      choice = known->second;
      text = text.substr(bracket + 1, text.size() - bracket - 2);
    }
    add(text, word.at);
  }

  // No choice to be made.
  void read(const Word& word) { add(trimmed(word.text), word.at); }

  std::vector<std::string> take() {
    std::erase_if(members_, [&](const std::string& member) { return taken_out_.contains(member); });
    return std::move(members_);
  }

 private:
  void add(std::string_view text, const Position& at) {
    const std::size_t minus = find_outside_quotes(text, " - ");
    for (const std::string_view term : terms(text.substr(0, minus))) add_term(completed(term), at);
    if (minus == std::string_view::npos) return;
    for (const std::string_view part : split(text.substr(minus + 3), " - "))
      for (const std::string_view term : terms(part)) take_out(completed(term), at);
  }

  std::string completed(std::string_view term) const {
    std::string text(term);
    if (!domain_.empty() && term != "<>" && find_outside_quotes(term, "@") == std::string_view::npos)
      text.append("@").append(domain_);
    return text;
  }

  void add_member(const std::string& address, const Position& at) {
    if (!known_.insert(address).second) return;
    if (book_.members_left == 0) return too_many(at);
    --book_.members_left;
    members_.push_back(address);
  }

  void too_many(const Position& at) {
    if (!is_told_)
      report_.mistake(at, "the sets of this scenario have too many addresses", "use smaller sets");
    is_told_ = true;
  }

  template <class Use>
  std::size_t for_each_match(std::string_view pattern, const Position& at, Use use) {
    if (book_.looks_left < book_.mailboxes.size() || book_.members_left == 0) {
      too_many(at);
      return 1;
    }
    book_.looks_left -= book_.mailboxes.size();
    std::size_t found = 0;
    for (const std::string& mailbox : book_.mailboxes)
      if (matches(pattern, mailbox)) {
        ++found;
        use(mailbox);
      }
    return found;
  }

  // A pattern that can be matched: not an endless text that makes each look at a mailbox slow.
  bool is_sane_pattern(std::string_view term, const Position& at) {
    if (term.size() <= 320 && term.find('@') != std::string_view::npos) return true;
    report_.mistake(at, fmt::format("{} is no pattern of addresses", shown(term)),
                    "write user@domain, with '*' for anything: *@north.example");
    return false;
  }

  void add_term(std::string_view term, const Position& at) {
    if (term == "<>" && domain_.empty()) return add_member("", at);
    if (term.starts_with('@') && side_ == Side::senders)
      return report_.mistake(at, fmt::format("a source route for the sender {}", shown(term)),
                             "relays make the way back themselves; write user@domain");
    if (!is_pattern(term) || term.starts_with('@')) {
      const std::expected<std::string, std::string> address = forward_path(term);
      if (address)
        add_member(*address, at);
      else
        report_.mistake(at, fmt::format("{} is no address: {}", shown(term), address.error()),
                        "write user@domain");
      return;
    }
    if (!is_sane_pattern(term, at)) return;
    const std::string pattern = lower_domain(term);
    if (for_each_match(pattern, at, [&](const std::string& mailbox) { add_member(mailbox, at); }) > 0) return;
    std::string right = "no host has users yet";
    if (!book_.mailboxes.empty()) right = fmt::format("a user is for example {}", book_.mailboxes.front());
    report_.mistake(at, fmt::format("{} matches no user of any host", shown(term)), right);
  }

  void take_out(std::string_view term, const Position& at) {
    if (is_pattern(term) && !term.starts_with('@')) {
      if (is_sane_pattern(term, at))
        for_each_match(lower_domain(term), at,
                       [&](const std::string& mailbox) { taken_out_.insert(mailbox); });
      return;
    }
    if (const auto address = forward_path(term))
      taken_out_.insert(*address);
    else
      report_.mistake(at, fmt::format("{} is no address: {}", shown(term), address.error()),
                      "write user@domain");
  }

  static std::string lower_domain(std::string_view pattern) {
    std::string lowered(pattern);
    const auto domain = lowered.begin() + static_cast<std::ptrdiff_t>(lowered.rfind('@'));
    std::ranges::transform(domain, lowered.end(), domain, lower);
    return lowered;
  }

  std::string_view domain_;
  Side side_;
  AddressBook& book_;
  Report& report_;
  bool is_told_ = false;
  std::vector<std::string> members_;
  std::unordered_set<std::string> known_, taken_out_;
};

}  // namespace

std::expected<std::string, std::string> mailbox_address(std::string_view text) {
  constexpr std::size_t kLongest =
      1000;  // longer than any receiver has to take (RFC 5321 §4.5.3.1), for trying that out
  if (text.empty()) return std::unexpected("it is empty");
  if (text.size() > kLongest) return std::unexpected("it is too long");
  const auto is_control = [](char c) { return (c >= 0 && c < ' ') || c == 0x7f; };
  if (std::ranges::any_of(text, is_control) || !message::is_utf8(text))
    return std::unexpected("it has an octet that is neither printable US-ASCII nor UTF-8");
  const auto mailbox = message::parse_addr_spec(text);
  if (!mailbox)
    return std::unexpected(
        fmt::format("{} is wanted ({})", mailbox.error().expected, mailbox.error().section));
  message::Mailbox plain{.local_part = mailbox->local_part, .domain = mailbox->domain};
  if (!plain.domain.starts_with('[')) {
    const std::optional<std::string> domain = domain_name(plain.domain);
    if (!domain && !message::is_ascii(plain.domain))
      return std::unexpected(fmt::format("{} has characters beyond US-ASCII; only what stands before the '@' may, "
                                         "the domain is written in its xn-- form (RFC 5890)",
                                         shown(plain.domain)));
    if (!domain) return std::unexpected(fmt::format("{} is no domain", shown(plain.domain)));
    plain.domain = *domain;
  }
  return message::addr_spec(plain);
}

std::expected<std::string, std::string> forward_path(std::string_view text) {
  if (!text.starts_with('@')) return mailbox_address(text);
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos)
    return std::unexpected("a source route ends in ':' and the mailbox: @r1.example,@r2.example:user@domain");
  std::string path;
  for (const std::string_view hop : split(text.substr(0, colon), ",")) {
    const auto domain = hop.starts_with('@') ? domain_name(hop.substr(1)) : std::nullopt;
    if (!domain) return std::unexpected(fmt::format("{} is no '@host' of a source route", shown(hop)));
    path += (path.empty() ? "@" : ",@") + *domain;
  }
  constexpr std::size_t kLongest = 256;  // RFC 5321 §4.5.3.1.3
  const auto mailbox = mailbox_address(trimmed(text.substr(colon + 1)));
  if (!mailbox) return mailbox;
  path += ':' + *mailbox;
  if (path.size() > kLongest) return std::unexpected("it is longer than a path may be (RFC 5321 §4.5.3.1.3)");
  return path;
}

std::optional<std::string> domain_name(std::string_view text) {
  if (text.empty() || text.size() > 255) return std::nullopt;
  std::string domain(text);
  std::ranges::transform(domain, domain.begin(), lower);
  std::size_t label = 0;
  for (std::size_t i = 0; i <= domain.size(); ++i) {
    if (i < domain.size() && domain[i] != '.') {
      if (!is_letter_or_digit(domain[i]) && domain[i] != '-') return std::nullopt;
      continue;
    }
    if (i == label || i - label > 63 || domain[label] == '-' || domain[i - 1] == '-') return std::nullopt;
    label = i + 1;
  }
  return domain;
}

std::string_view domain_of(std::string_view address) {
  const std::size_t at = address.rfind('@');
  return at == std::string_view::npos ? std::string_view{} : address.substr(at + 1);
}

bool is_reserved_domain(std::string_view domain) {
  constexpr std::array<std::string_view, 7> kReserved = {
      "example", "test", "invalid", "localhost", "example.com", "example.net", "example.org"};
  return std::ranges::any_of(kReserved, [&](std::string_view reserved) {
    return domain == reserved || (domain.size() > reserved.size() && domain.ends_with(reserved) &&
                                  domain[domain.size() - reserved.size() - 1] == '.');
  });
}

AddressSet read_addresses(const Value& value, Side side, AddressBook& book, Report& report) {
  AddressSet set;
  SetReader reader({}, side, book, report);
  const std::size_t mistakes = report.count();
  const std::vector<Word> words = read_texts(value, "a set of addresses", report);
  const bool is_list = value.kind == Value::Kind::list;
  for (const Word& word : words) reader.read(word, set.choice, !is_list);
  set.members = reader.take();
  if (set.members.empty() && report.count() == mistakes)
    report.mistake(value.at, "a set without addresses", "name at least one");
  return set;
}

std::vector<std::string> read_targets(const Value& value, std::string_view domain, AddressBook& book,
                                      Report& report) {
  SetReader reader(domain, Side::recipients, book, report);
  const std::size_t mistakes = report.count();
  for (const Word& word : read_texts(value, "addresses", report)) reader.read(word);
  std::vector<std::string> targets = reader.take();
  if (targets.empty() && report.count() == mistakes)
    report.mistake(value.at, "no address", "name at least one");
  return targets;
}

}  // namespace mailroom::scenario
