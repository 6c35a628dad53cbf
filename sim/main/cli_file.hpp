// SPDX-License-Identifier: GPL-2.0-only
// A file that a user asked for, written in pieces. What is wrong is remembered, and told at the end with what
// to do.
#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace mailroom::cli {

class OutputFile {
 public:
  // Begins the file, over one that is there. A plain file grows under another name and takes its own at the
  // end, so that a reader never sees half of it and a failure leaves what was there. Anything else (standard
  // output as "-", a device, a pipe, a symbolic link) is written through and never replaced.
  explicit OutputFile(std::filesystem::path path);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  void write(std::string_view octets);

  // Ends the file. Nothing, or what is wrong and what to do; then there is no file.
  std::optional<std::string> finish();

 private:
  void fail(std::string_view doing, int error);

  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::filesystem::path path_;
  std::filesystem::path part_;
  std::unique_ptr<std::FILE, Close> file_;
  std::optional<std::string> wrong_;
};

// The whole of a file at once.
std::optional<std::string> write_file(const std::filesystem::path& path, std::string_view octets);

}  // namespace mailroom::cli
