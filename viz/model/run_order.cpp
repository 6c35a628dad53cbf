// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/run_order.hpp"

#include <fmt/format.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>

#include "sim/trace/run_file_reader.hpp"

namespace mailroom::viz {

namespace fs = std::filesystem;

namespace {

// As a POSIX shell takes it.
std::string shell_word(const std::string& word) {
  const bool is_plain = !word.empty() && std::ranges::all_of(word, [](unsigned char c) {
    return std::isalnum(c) != 0 || std::string_view("-_./=:@%+,").find(static_cast<char>(c)) != std::string_view::npos;
  });
  if (is_plain) return word;
  std::string quoted = "'";
  for (const char c : word) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

std::optional<std::string> octets_of(const fs::path& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return std::nullopt;
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// A name of a scenario as a name of a file.
std::string file_name(std::string_view name) {
  std::string plain;
  for (const char c : name.substr(0, 60)) {
    const bool is_fine = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.';
    if (is_fine && !(plain.empty() && c == '.')) plain += c;
    else if (!plain.empty() && plain.back() != '-') plain += '-';
  }
  return plain.find_first_not_of(".-") == std::string::npos ? "scenario" : plain;
}

fs::path scratch;

}  // namespace

std::vector<std::string> RunOrder::arguments() const {
  std::vector<std::string> words = {"run", as_argument(scenario), "--out", as_argument(out), "--quiet"};
  const auto add = [&words](const char* option, const std::string& value) {
    words.emplace_back(option);
    words.push_back(value);
  };
  for (const std::string& set : sets) add("--set", set);
  for (const std::string& fault : faults) add("--fault", fault);
  if (!replay.empty()) add("--replay", as_argument(replay));
  if (!pace.empty()) add("--pace", pace);
  if (replaces_notes) words.emplace_back("--force");
  return words;
}

std::string RunOrder::command_line() const {
  std::string line = "mailroom";
  const std::vector<std::string> words = arguments();
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (hides_faults && words[i] == "--fault") {
      line += " --fault '(a secret)'";
      ++i;
    } else if (words[i] != "--quiet") {
      line += " " + shell_word(words[i]);
    }
  }
  return line;
}

std::string as_argument(const fs::path& path) {
  const std::string text = path.string();
  return text.starts_with('-') ? "./" + text : text;
}

std::vector<std::string> overrides_of(const trace::RunHeader& header) {
  std::vector<std::string> lines;
  for (std::string_view rest = header.overrides; !rest.empty();) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    if (end > 0) lines.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return lines;
}

fs::path simulator_program() {
  if (const char* named = std::getenv("MAILROOM"); named != nullptr && *named != '\0') return named;
  std::error_code error;
  const fs::path own = fs::read_symlink("/proc/self/exe", error);
  return (error ? fs::path(".") : own.parent_path()) / "mailroom";
}

fs::path usual_run_file(const fs::path& scenario) { return fs::path(scenario.stem()).concat(".mailroom"); }

fs::path free_name(const fs::path& path) {
  std::error_code error;
  fs::path candidate = path;
  for (int n = 2; fs::exists(candidate, error) && n < 100'000; ++n)
    candidate = path.parent_path() / fmt::format("{}-{}{}", path.stem().string(), n, path.extension().string());
  return candidate;
}

bool has_notes(const fs::path& run_file) {
  std::error_code error;
  if (!fs::exists(run_file, error)) return false;
  auto reader = trace::RunFileReader::open(run_file);
  if (!reader) return false;
  const auto notes = reader->notes();
  return notes && !notes->empty();
}

std::expected<fs::path, std::string> scenario_file_of(const trace::RunHeader& header, const fs::path& run_file,
                                                      const fs::path& hint, const fs::path& folder) {
  std::vector<fs::path> candidates;
  if (!hint.empty()) candidates.push_back(hint);
  for (const char* extension : {".yaml", ".yml"}) {
    candidates.push_back(fs::path(run_file).replace_extension(extension));
    candidates.push_back(fs::path(run_file.stem()).concat(extension));
  }
  for (const fs::path& candidate : candidates)
    if (octets_of(candidate) == header.scenario_text) return candidate;
  std::error_code error;
  fs::create_directories(folder, error);
  const fs::path written = folder / (file_name(header.scenario_name) + ".yaml");
  std::ofstream file(written, std::ios::binary | std::ios::trunc);
  file << header.scenario_text;
  file.close();
  if (!file) return std::unexpected(fmt::format("cannot write {}: {}; make room, or set TMPDIR to another folder", written.string(), std::strerror(errno)));
  return written;
}

fs::path scratch_folder() {
  if (!scratch.empty()) return scratch;
  std::error_code error;
  std::string name = (fs::temp_directory_path(error) / "mailroom-view-XXXXXX").string();
  scratch = mkdtemp(name.data()) != nullptr ? fs::path(name) : fs::path(".");
  return scratch;
}

void remove_scratch() {
  std::error_code ignored;
  if (!scratch.empty() && scratch != fs::path(".")) fs::remove_all(scratch, ignored);
  scratch.clear();
}

}  // namespace mailroom::viz
