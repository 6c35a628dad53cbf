// SPDX-License-Identifier: GPL-2.0-only
// The place of a new run file. Internal to sim/trace.
#pragma once

#include <expected>
#include <filesystem>

#include "sim/trace/run_file.hpp"

namespace mailroom::trace {

// Makes an empty file. What is there is left alone unless `overwrite`, and then only a run file that nobody
// writes, or an empty file, is replaced.
std::expected<void, FileError> make_new_file(const std::filesystem::path& path, bool overwrite);

// Removes a database with what SQLite keeps beside it.
void remove_file_and_companions(const std::filesystem::path& path);

}  // namespace mailroom::trace
