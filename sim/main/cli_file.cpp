// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/cli_file.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace mailroom::cli {
namespace {

// Only what is a plain file itself, or not there yet, may be replaced by renaming: /dev/stdout is a symbolic
// link even where it leads to a plain file.
bool is_replaceable(const std::filesystem::path& path) {
  std::error_code error;
  const auto status = std::filesystem::symlink_status(path, error);
  return status.type() == std::filesystem::file_type::not_found ||
         status.type() == std::filesystem::file_type::regular;
}

std::FILE* standard_output() {
  const int descriptor = dup(STDOUT_FILENO);
  if (descriptor < 0) return nullptr;
  std::FILE* file = fdopen(descriptor, "wb");
  if (file == nullptr) close(descriptor);
  return file;
}

}  // namespace

OutputFile::OutputFile(std::filesystem::path path) : path_(std::move(path)), part_(path_) {
  std::error_code error;
  if (path_ == "-") {
    file_.reset(standard_output());
  } else if (std::filesystem::is_directory(path_, error)) {
    fail("write", EISDIR);
    return;
  } else {
    if (is_replaceable(path_)) part_ += ".part";
    file_.reset(std::fopen(part_.c_str(), "wb"));
  }
  if (!file_) fail("write", errno);
}

OutputFile::~OutputFile() {
  if (file_ && part_ != path_) {
    file_.reset();
    std::error_code ignored;
    std::filesystem::remove(part_, ignored);
  }
}

void OutputFile::write(std::string_view octets) {
  if (file_ && std::fwrite(octets.data(), 1, octets.size(), file_.get()) != octets.size())
    fail("write", errno);
}

std::optional<std::string> OutputFile::finish() {
  if (file_ && std::fclose(file_.release()) != 0) fail("write", errno);
  if (wrong_ || part_ == path_) return wrong_;
  std::error_code error;
  std::filesystem::rename(part_, path_, error);
  if (error) fail("write", error.value());
  return wrong_;
}

void OutputFile::fail(std::string_view doing, int error) {
  if (!wrong_)
    wrong_ = fmt::format("cannot {} {}: {}; give another file, or make room", doing, path_.string(),
                         std::strerror(error));
  file_.reset();
  std::error_code ignored;
  if (part_ != path_) std::filesystem::remove(part_, ignored);
}

std::optional<std::string> write_file(const std::filesystem::path& path, std::string_view octets) {
  OutputFile file(path);
  file.write(octets);
  return file.finish();
}

}  // namespace mailroom::cli
