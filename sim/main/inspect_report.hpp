// SPDX-License-Identifier: GPL-2.0-only
// What a delivery status notification says, read from its own octets (RFC 3464), for `inspect --message`.
#pragma once

#include "sim/main/cli_json.hpp"
#include "sim/main/cli_table.hpp"
#include "sim/main/inspect_run.hpp"
#include "sim/trace/world.hpp"

namespace mailroom::cli {

// Rows of a message's heading: which message it tells of, what became of that for each recipient, and what in it
// cannot be read. None if it does not claim to be a notification.
void add_report(Run& run, const trace::Message& message, Table& table);
// null (none, or none that can be read), or {"notifies", "envelope_id", "reporting_mta", "recipients": [{"recipient", "original_recipient",
// "action", "status", "status_words", "remote_mta", "diagnostic"}]}.
Json report_json(Run& run, const trace::Message& message);

}  // namespace mailroom::cli
