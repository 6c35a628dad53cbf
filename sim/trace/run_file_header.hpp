// SPDX-License-Identifier: GPL-2.0-only
// The immutable part of a run file: what the tables meta, host, link and kind hold. Internal to sim/trace.
#pragma once

#include <expected>
#include <filesystem>
#include <vector>

#include "sim/trace/run_file.hpp"
#include "sim/trace/sqlite.hpp"

namespace mailroom::trace {

// Fills the tables of a new file. False: see sqlite::last_error().
bool write_header(sqlite3* database, const RunHeader& header);

struct LoadedHeader {
  RunHeader header;
  std::vector<Kind> kinds;  // [i]: what kind i + 1 of the file is here
};
std::expected<LoadedHeader, FileError> read_header(sqlite3* database, const std::filesystem::path& path);

}  // namespace mailroom::trace
