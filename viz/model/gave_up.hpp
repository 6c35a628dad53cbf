// SPDX-License-Identifier: GPL-2.0-only
// What a background thread says of an exception that ended its work on a run file (no memory, most of all), so
// that it ends as any failure to read does, and not the program.
#pragma once

#include <fmt/format.h>

#include <exception>
#include <filesystem>
#include <string>

#include "sim/trace/run_file.hpp"

namespace mailroom::viz {

inline trace::FileError gave_up(const std::filesystem::path& path, const std::exception& why) {
  return {trace::FileError::Problem::io,
          fmt::format("cannot work through {}: {}; close other programs, or ask for less of it", path.string(),
                      why.what())};
}

}  // namespace mailroom::viz
