// SPDX-License-Identifier: GPL-2.0-only
// Whether a run file may have changed since it was last asked: by its size and time and those of its log,
// without opening it. An idle file costs two calls of the system.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>

namespace mailroom::viz {

class FileChange {
 public:
  explicit FileChange(const std::filesystem::path& path) : paths_{path, path.string() + "-wal"} { look(); }

  // True now and then also if nothing happened: two changes within a tick of the file system's clock look
  // like one.
  bool may_have_happened() {
    const auto now = std::chrono::steady_clock::now();
    if (!look() && now - last_ < kAnyway) return false;
    last_ = now;
    return true;
  }

 private:
  static constexpr std::chrono::seconds kAnyway{1};

  bool look() {
    bool is_changed = false;
    for (std::size_t i = 0; i < paths_.size(); ++i) {
      std::error_code ignored;
      const Seen seen{std::filesystem::file_size(paths_[i], ignored),
                      std::filesystem::last_write_time(paths_[i], ignored)};
      is_changed = is_changed || seen != seen_[i];
      seen_[i] = seen;
    }
    return is_changed;
  }

  struct Seen {
    std::uintmax_t size_bytes = 0;
    std::filesystem::file_time_type time{};
    friend bool operator==(const Seen&, const Seen&) = default;
  };
  std::array<std::filesystem::path, 2> paths_;
  std::array<Seen, 2> seen_{};
  std::chrono::steady_clock::time_point last_ = std::chrono::steady_clock::now();
};

}  // namespace mailroom::viz
