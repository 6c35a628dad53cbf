// SPDX-License-Identifier: GPL-2.0-only
// The part 'users' of a host: who has a mailbox there, and where users have their mail sent.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sim/scenario/addresses.hpp"
#include "sim/scenario/document.hpp"
#include "sim/scenario/report.hpp"
#include "sim/scenario/scenario.hpp"

namespace mailroom::scenario {

// The local part that a name of a user, an alias or a list stands for, without quotes; nothing if it is none.
std::optional<std::string> local_part(std::string_view name);
// As two names are compared at the host: as they are, or without regard to case.
std::string folded(const Host& host, std::string_view local_part);

// `value` is what stands behind 'users', or nullptr. The host's domains and 'fold-case' are known.
void read_users(const Value* value, Host& host, Report& report);
// Once the mailboxes of all hosts are known: 'forward' of the users that read_users() made of `value`.
void read_redirections(const Value* value, Host& host, AddressBook& book, Report& report);

}  // namespace mailroom::scenario
