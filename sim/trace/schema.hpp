// SPDX-License-Identifier: GPL-2.0-only
// The tables of a run file as SQL. docs/RUN_FILE.md explains them; a test compares the two. Internal to
// sim/trace.
#pragma once

#include <string>

namespace mailroom::trace::schema {

// Makes all tables and views, and marks the file as a run file of this version.
std::string create();

// Made when the run is over, because they would slow its writing.
extern const char* const kIndexes;

}  // namespace mailroom::trace::schema
