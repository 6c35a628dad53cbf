// SPDX-License-Identifier: GPL-2.0-only
// What else a host's addresses stand for: aliases, mailing lists, catch-all, subaddresses.
#pragma once

#include "sim/scenario/addresses.hpp"
#include "sim/scenario/fields.hpp"
#include "sim/scenario/scenario.hpp"

namespace mailroom::scenario {

// How the host reads local parts: 'subaddress', 'fold-case', 'delivered-to'. Its 'smtp' is known.
void read_local_parts(const Fields& fields, Host& host, Report& report);

// Once the mailboxes of all hosts are known: 'aliases', 'lists' and 'catch-all' of what stands behind the
// host's name. Their addresses become known to the book.
void read_rewriting(const Value& value, Host& host, AddressBook& book, Report& report);

}  // namespace mailroom::scenario
