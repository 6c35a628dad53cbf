// SPDX-License-Identifier: GPL-2.0-only
// A reader's notes, kept in the run file beside what happened: the only thing that is ever written to one by somebody
// who looks at it. Table `note` is outside of every comparison of runs.
#pragma once

#include <expected>
#include <filesystem>
#include <vector>

#include "sim/trace/run_file.hpp"

namespace mailroom::trace {

// Puts `notes` in place of those that the file has; a note's id is its place, counted from 1. All of them, or, with an
// error, none. Errors: those of opening a run file; no_access (a file or a medium that cannot be written), in_use (the
// run is still going on, or a reader is busy with the file just now: try again), disk_full, io.
std::expected<void, FileError> write_notes(const std::filesystem::path& path, const std::vector<Note>& notes);

}  // namespace mailroom::trace
