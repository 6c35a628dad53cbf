// SPDX-License-Identifier: GPL-2.0-only
#include "sim/scenario/document.hpp"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <cstring>
#include <fstream>
#include <map>
#include <optional>
#include <sstream>
#include <unordered_map>

namespace mailroom::scenario {

namespace {

constexpr std::size_t kOctetsPerWeight = 32;
constexpr std::size_t kMaxLineBytes = 1024 * 1024;

// Thrown through yaml-cpp's parser to end it; what is wrong has been reported.
struct Ended {};

// Builds the tree from the parser's events. yaml-cpp's own YAML::Node would drop repeated keys and visit each
// alias again and again; here an alias shares its anchor's value, and the weight of all that it stands for is
// limited.
class Builder final : public YAML::EventHandler {
 public:
  Builder(Position at, bool has_lines, Report& report)
      : at_(std::move(at)), has_lines_(has_lines), report_(report) {}

  ValuePtr root() const { return root_; }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    auto value = std::make_shared<Value>();
    value->at = position(mark);
    add(std::move(value), anchor);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    check_tag(mark, tag);
    auto value = std::make_shared<Value>();
    value->kind = Value::Kind::scalar;
    value->at = position(mark);
    value->text = text;
    value->weight = 1 + text.size() / kOctetsPerWeight;
    add(std::move(value), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end())
      end(position(mark), "an alias inside of what it stands for", "a value cannot contain itself");
    place(found->second, position(mark));
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, Value::Kind::list);
  }
  void OnSequenceEnd() override { close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, Value::Kind::map);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    std::shared_ptr<Value> value;
    YAML::anchor_t anchor;
    bool expects_key;
    Value::Entry entry;  // of a map: the key that waits for its value
    bool is_repeated = false;
    std::unordered_map<std::string, int> lines = {};  // of a map's keys
  };

  Position position(const YAML::Mark& mark) const {
    return has_lines_ ? Position{at_.file, mark.line + 1, mark.column + 1} : at_;
  }

  [[noreturn]] void end(const Position& at, std::string wrong, std::string right) {
    report_.mistake(at, std::move(wrong), std::move(right));
    throw Ended{};
  }

  void check_tag(const YAML::Mark& mark, const std::string& tag) {
    // "?" and "!" are the parser's marks for an untagged plain and quoted value; "" is that of a null.
    if (tag.empty() || tag == "?" || tag == "!") return;
    report_.mistake(position(mark), fmt::format("the tag {} has no meaning here", shown(tag)),
                    "leave it out");
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, Value::Kind kind) {
    check_tag(mark, tag);
    if (stack_.size() >= kMaxDepth)
      end(position(mark), fmt::format("nested more than {} deep", kMaxDepth), "a scenario needs far less");
    if (!stack_.empty() && stack_.back().value->kind == Value::Kind::map && stack_.back().expects_key)
      end(position(mark), "a list or a map as a key", "keys are plain words");
    auto value = std::make_shared<Value>();
    value->kind = kind;
    value->at = position(mark);
    stack_.push_back({std::move(value), anchor, kind == Value::Kind::map, {}});
  }

  void close() {
    Open done = std::move(stack_.back());
    stack_.pop_back();
    add(std::move(done.value), done.anchor);
  }

  void add(std::shared_ptr<Value> value, YAML::anchor_t anchor) {
    const Position at = value->at;
    const ValuePtr finished = std::move(value);
    if (anchor != 0) anchors_[anchor] = finished;
    place(finished, at);
  }

  void place(const ValuePtr& value, const Position& at) {
    if (stack_.empty()) {
      root_ = value;
      return;
    }
    Open& parent = stack_.back();
    parent.value->weight += value->weight;
    if (parent.value->weight > kMaxWeight)
      end(at, fmt::format("more than {} values once every alias (*name) is written out", kMaxWeight),
          "use fewer aliases, or a template in hosts");
    if (parent.value->kind == Value::Kind::list)
      parent.value->items.push_back(value);
    else if (parent.expects_key)
      place_key(parent, *value, at);
    else {
      if (!parent.is_repeated) {
        parent.entry.value = value;
        parent.value->entries.push_back(std::move(parent.entry));
      }
      parent.expects_key = true;
    }
  }

  void place_key(Open& parent, const Value& key, const Position& at) {
    if (key.kind == Value::Kind::list || key.kind == Value::Kind::map)
      end(at, "a list or a map as a key", "keys are plain words");
    parent.entry = {key.kind == Value::Kind::null ? "null" : key.text, at, nullptr};
    const auto [known, is_new] = parent.lines.emplace(parent.entry.key, at.line);
    parent.is_repeated = !is_new;
    if (parent.is_repeated)
      report_.mistake(at,
                      fmt::format("{} is here twice: it stands in line {} already", shown(parent.entry.key),
                                  known->second),
                      "give each name once");
    parent.expects_key = false;
  }

  Position at_;
  bool has_lines_;
  Report& report_;
  std::vector<Open> stack_;
  std::unordered_map<YAML::anchor_t, ValuePtr> anchors_;
  ValuePtr root_;
};

// Length of the UTF-8 sequence at `rest` (RFC 3629 §4), or 0 if it is none.
std::size_t utf8_length(std::string_view rest) {
  const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(rest[i]); };
  const unsigned first = octet(0);
  const std::size_t length = first < 0x80                     ? 1
                             : first >= 0xc2 && first <= 0xdf ? 2
                             : first >= 0xe0 && first <= 0xef ? 3
                             : first >= 0xf0 && first <= 0xf4 ? 4
                                                              : 0;
  if (length == 0 || length > rest.size()) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((octet(i) & 0xc0u) != 0x80u) return 0;
  if ((first == 0xe0 && octet(1) < 0xa0) || (first == 0xed && octet(1) > 0x9f) ||
      (first == 0xf0 && octet(1) < 0x90) || (first == 0xf4 && octet(1) > 0x8f))
    return 0;
  return length;
}

// Whether the octets are text at all, so that noise is told as what it is and never reaches the parser.
bool is_text(std::string_view text, Position at, Report& report) {
  at.line = 1;
  std::size_t line_start = 0;
  for (std::size_t i = 0; i < text.size();) {
    const auto octet = static_cast<unsigned char>(text[i]);
    at.column = static_cast<int>(i - line_start + 1);
    if ((octet < 0x20 && octet != '\t' && octet != '\n' && octet != '\r') || octet == 0x7f) {
      report.mistake(at, fmt::format("octet 0x{:02x}: this is not a text file", octet),
                     "a scenario is YAML in UTF-8");
      return false;
    }
    const std::size_t length = utf8_length(text.substr(i));
    if (length == 0) {
      report.mistake(at, fmt::format("octet 0x{:02x} is not UTF-8", octet), "a scenario is YAML in UTF-8");
      return false;
    }
    if (i - line_start > kMaxLineBytes) {
      report.mistake(at, fmt::format("a line of more than {} octets", kMaxLineBytes), "break it into lines");
      return false;
    }
    i += length;
    if (octet == '\n') {
      ++at.line;
      line_start = i;
    }
  }
  return true;
}

// Where another document begins (0: unknown), or -1 if there is none.
int line_of_next_document(YAML::Parser& parser, const Position& at) {
  Report ignored;
  Builder builder(at, true, ignored);
  try {
    if (!parser.HandleNextDocument(builder)) return -1;
  } catch (const Ended&) {
  }
  return builder.root() ? builder.root()->at.line : 0;
}

}  // namespace

const Value* Value::find(std::string_view key) const {
  for (const Entry& entry : entries)
    if (entry.key == key) return entry.value.get();
  return nullptr;
}

std::string describe(const Value& value) {
  switch (value.kind) {
    case Value::Kind::null:
      return "nothing";
    case Value::Kind::scalar:
      return shown(value.text);
    case Value::Kind::list:
      return "a list";
    case Value::Kind::map:
      return "a map";
  }
  return "";
}

bool read_file(const std::filesystem::path& path, std::size_t max_bytes, const Position& where,
               std::string_view kind, Report& report, std::string& octets) {
  const auto fail = [&](std::string wrong, std::string right) {
    report.mistake(where, fmt::format("cannot read {}: {}", shown(path.string()), wrong), std::move(right));
    return false;
  };
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found)
    return fail("there is no such file", fmt::format("name {}", kind));
  if (error) return fail(error.message(), fmt::format("name {}", kind));
  if (std::filesystem::is_directory(status))
    return fail("it is a directory", fmt::format("name {} in it", kind));
  // A device or a pipe may never end.
  if (!std::filesystem::is_regular_file(status))
    return fail("it is not a regular file", fmt::format("name {}", kind));
  const std::uintmax_t size = std::filesystem::file_size(path, error);
  if (error) return fail(error.message(), "");
  if (size > max_bytes)
    return fail(fmt::format("it has {} octets", size), fmt::format("at most {} are read", max_bytes));
  std::ifstream in(path, std::ios::binary);
  if (!in) return fail(std::strerror(errno), "make it readable");
  octets.resize(static_cast<std::size_t>(size));
  in.read(octets.data(), static_cast<std::streamsize>(size));
  octets.resize(static_cast<std::size_t>(in.gcount()));
  if (in.bad()) return fail("reading it failed", "");
  return true;
}

ValuePtr parse_document(std::string_view text, const Position& at, Report& report, bool has_lines) {
  if (text.size() > kMaxFileBytes) {
    report.mistake(at, fmt::format("it has {} octets", text.size()),
                   fmt::format("at most {} are read", kMaxFileBytes));
    return nullptr;
  }
  if (!is_text(text, at, report)) return nullptr;
  Builder builder(at, has_lines, report);
  const auto fail = [&](int line, int column, std::string wrong, std::string right) -> ValuePtr {
    report.mistake({at.file, line, column}, std::move(wrong), std::move(right));
    return nullptr;
  };
  try {
    std::istringstream in{std::string(text)};
    YAML::Parser parser(in);
    if (!parser.HandleNextDocument(builder) || !builder.root())
      return fail(0, 0, "the file is empty", "a scenario begins with 'mailroom: 1'");
    const ValuePtr root = builder.root();
    if (const int line = line_of_next_document(parser, at); line >= 0)
      return fail(line, 0, "a second YAML document ('---')", "a file holds one scenario");
    return root;
  } catch (const Ended&) {
    return nullptr;
  } catch (const YAML::Exception& wrong) {
    return fail(wrong.mark.is_null() ? 0 : wrong.mark.line + 1,
                wrong.mark.is_null() ? 0 : wrong.mark.column + 1, "not YAML: " + wrong.msg,
                "check indentation, colons, brackets and quotes around here");
  }
}

}  // namespace mailroom::scenario
