// SPDX-License-Identifier: GPL-2.0-only
#include "topologies/read.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

#include "topologies/text.hpp"

namespace mailroom::topology {
namespace {

std::unexpected<std::vector<Diagnostic>> refuse(const std::string& file, std::string wrong,
                                                std::string right) {
  return std::unexpected(std::vector<Diagnostic>{{file, 0, 0, std::move(wrong), std::move(right)}});
}

// All of the file, or kMaxFileBytes + 1 octets of a larger one. A pipe is as good as a file.
std::expected<std::string, std::vector<Diagnostic>> slurp(const std::filesystem::path& path) {
  const std::string name = path.string();
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored))
    return refuse(name, "this is a directory", "name a GraphML or DOT file");
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"), std::fclose);
  if (!file)
    return refuse(name, fmt::format("it cannot be opened: {}", std::generic_category().message(errno)),
                  "name a GraphML or DOT file that can be read");
  const auto size = std::filesystem::file_size(path, ignored);
  if (!ignored && size > kMaxFileBytes)
    return std::string(kMaxFileBytes + 1, ' ');  // need not be read to be refused
  std::string text;
  std::size_t got = 0;
  do {
    constexpr std::size_t kPiece = 1 << 16;
    const std::size_t before = text.size();
    text.resize(before + kPiece);
    got = std::fread(text.data() + before, 1, kPiece, file.get());
    text.resize(before + got);
  } while (got > 0 && text.size() <= kMaxFileBytes);
  if (std::ferror(file.get()))
    return refuse(name, fmt::format("reading it failed: {}", std::generic_category().message(errno)),
                  "name a GraphML or DOT file that can be read");
  return text;
}

bool is_control(char c) {
  const auto octet = static_cast<unsigned char>(c);
  return octet < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != '\v';
}

}  // namespace

ReadOutcome read_file(const std::filesystem::path& path) {
  const std::string name = path.string();
  auto text = slurp(path);
  if (!text) return std::unexpected(std::move(text.error()));
  if (text->size() > kMaxFileBytes)
    return refuse(name, fmt::format("the file is larger than {} MiB", kMaxFileBytes >> 20),
                  "a network's map is smaller than that");
  std::string_view head = trimmed(std::string_view(*text).substr(0, 4096));
  if (head.starts_with("\xEF\xBB\xBF")) head = trimmed(head.substr(3));
  if (head.empty() && trimmed(*text).empty())
    return refuse(name, "the file is empty",
                  "a topology is a GraphML file (<graphml>…) or a DOT file (graph {…})");
  // UTF-16 begins with its own mark, and libxml2 reads it.
  const bool is_utf16 = text->starts_with("\xFF\xFE") || text->starts_with("\xFE\xFF");
  for (const char c : head)
    if (is_control(c) && !is_utf16)
      return refuse(name, "this is no text file",
                    "a topology is a GraphML file (<graphml>…) or a DOT file (graph {…})");
  const std::string extension = lower_ascii(path.extension().string());
  const bool is_xml = is_utf16 || head.starts_with('<') || (head.empty() && extension == ".graphml");
  return is_xml ? read_graphml(*text, name) : read_dot(*text, name);
}

}  // namespace mailroom::topology
