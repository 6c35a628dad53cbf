// SPDX-License-Identifier: GPL-2.0-only
// Mailbox addresses of a scenario and the set expressions over them (docs/SCENARIO.md, "Sets of addresses").
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sim/scenario/document.hpp"
#include "sim/scenario/report.hpp"
#include "sim/scenario/scenario.hpp"

namespace mailroom::scenario {

// `local@domain` as SMTP writes it: domain in lower case, local part quoted only where it must be. The error
// says what is wrong.
std::expected<std::string, std::string> mailbox_address(std::string_view text);

// The same, with or without a source route before it: "@r1.example,@r2.example:bob@south.example".
std::expected<std::string, std::string> forward_path(std::string_view text);

// A domain name in lower case, or nothing if it is none: labels of letters, digits and '-', at most 255
// octets (RFC 1123 §2.1, RFC 5321 §4.5.3.1.2).
std::optional<std::string> domain_name(std::string_view text);
// The domain of a mailbox address or path; nothing for "".
std::string_view domain_of(std::string_view address);

// Reserved for examples and tests (RFC 2606 §2, §3).
bool is_reserved_domain(std::string_view domain);

// Every mailbox that hosts declare, by order of the file, and who has which domain.
struct AddressBook {
  std::vector<std::string> mailboxes;
  std::unordered_map<std::string, std::size_t> hosts;  // domain -> index of the host that has it
  std::vector<std::string> rewritten;  // aliases and lists: addresses that no set stands for, but that exist

  // Addresses that set expressions may still name, and looks at a mailbox that they may still take, in the
  // whole scenario: a file of a few lines cannot ask for more.
  std::size_t members_left = 2'000'000;
  std::size_t looks_left = 40'000'000;
};

// The set of addresses that `value` (an expression or a list of them) stands for. What is faulty is reported
// and left out; an empty result has been reported.
enum class Side { senders, recipients };  // only recipients may have source routes
AddressSet read_addresses(const Value& value, Side side, AddressBook& book, Report& report);

// The same where mail goes on to: no word before brackets, no "<>", and what has no '@' is a name in
// `domain`. What is faulty is reported and left out; the result may be empty.
std::vector<std::string> read_targets(const Value& value, std::string_view domain, AddressBook& book,
                                      Report& report);

}  // namespace mailroom::scenario
