// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/scenario_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "sim/scenario/control_line.hpp"
#include "sim/scenario/document.hpp"
#include "sim/scenario/load.hpp"
#include "topologies/units.hpp"
#include "viz/model/run_order.hpp"

namespace mailroom::viz {

namespace {

using scenario::Value;
using scenario::ValuePtr;
using Texts = std::vector<std::string>;

// In double quotes, where every octet can be written.
std::string yaml_quoted(std::string_view text) {
  std::string said = "\"";
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') (said += '\\') += c;
    else if (c == '\n') said += "\\n";
    else if (c == '\t') said += "\\t";
    else if (c == '\r') said += "\\r";
    else if (octet < 0x20 || octet == 0x7F) said += fmt::format("\\x{:02X}", octet);
    else said += c;
  }
  return said + "\"";
}

// As it is where that cannot be taken for anything else.
std::string scalar(std::string_view text) {
  const bool is_plain = !text.empty() && text.size() < 200 && std::ranges::all_of(text, [](unsigned char c) {
    return std::isalnum(c) != 0 || std::string_view("-_./@+%*").find(static_cast<char>(c)) != std::string_view::npos;
  }) && std::isalnum(static_cast<unsigned char>(text.front())) != 0;
  constexpr std::string_view kWords[] = {"null", "Null", "NULL", "y", "n", "yes", "no", "on", "off", "true", "false"};
  return is_plain && std::ranges::find(kWords, text) == std::end(kWords) ? std::string(text) : yaml_quoted(text);
}

void write(const Value& value, int depth, std::string& out);

void write_item(const Value& value, int depth, std::string& out) {
  const bool is_block = (value.kind == Value::Kind::list && !value.items.empty()) ||
                        (value.kind == Value::Kind::map && !value.entries.empty());
  if (is_block) {
    out += '\n';
    write(value, depth + 1, out);
  } else {
    out += ' ';
    write(value, depth, out);
    out += '\n';
  }
}

void write(const Value& value, int depth, std::string& out) {
  const std::string indent(static_cast<std::size_t>(depth) * 2, ' ');
  switch (value.kind) {
    case Value::Kind::null:
      out += "~";
      break;
    case Value::Kind::scalar:
      out += scalar(value.text);
      break;
    case Value::Kind::list:
      if (value.items.empty()) out += "[]";
      for (const ValuePtr& item : value.items) {
        out += indent + "-";
        write_item(*item, depth, out);
      }
      break;
    case Value::Kind::map:
      if (value.entries.empty()) out += "{}";
      for (const Value::Entry& entry : value.entries) {
        out += indent + scalar(entry.key) + ":";
        write_item(*entry.value, depth, out);
      }
      break;
  }
}

Texts lines_of(std::string_view text) {
  Texts lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

bool is_blank_or_comment(std::string_view line) {
  const std::size_t first = line.find_first_not_of(" \t\r");
  return first == std::string_view::npos || line[first] == '#';
}

// Puts items at the end of a list that is written a line an item, or a new section at the end of the text. False: this text
// does not let us.
bool add_in_text(Texts& lines, const Value& root, std::string_view key, const Texts& items) {
  if (items.empty()) return true;
  const auto entry = std::ranges::find(root.entries, key, &Value::Entry::key);
  const auto section = [&](std::string_view indent) {
    Texts added;
    for (const std::string& item : items) added.push_back(fmt::format("{}- {}", indent, yaml_quoted(item)));
    return added;
  };
  if (entry == root.entries.end()) {
    if (!lines.empty() && !lines.back().empty()) lines.emplace_back();
    lines.push_back(std::string(key) + ":");
    const Texts added = section("  ");
    lines.insert(lines.end(), added.begin(), added.end());
    return true;
  }
  const Value& list = *entry->value;
  if (list.kind != Value::Kind::list || list.items.empty()) return false;
  const auto line_at = [&lines](int number) -> std::string_view {
    return number > 0 && static_cast<std::size_t>(number) <= lines.size() ? std::string_view(lines[static_cast<std::size_t>(number) - 1]) : std::string_view();
  };
  std::string_view indent;
  for (const ValuePtr& item : list.items) {
    const std::string_view line = line_at(item->at.line);
    const std::size_t dash = line.find_first_not_of(' ');
    if (item->at.line <= entry->key_at.line || dash == std::string_view::npos || line[dash] != '-') return false;
    indent = line.substr(0, dash);
  }
  // The section ends before the next key of the whole, with what is only about that one left to it.
  std::size_t end = lines.size();
  for (const Value::Entry& other : root.entries)
    if (other.key_at.line > entry->key_at.line) end = std::min(end, static_cast<std::size_t>(other.key_at.line) - 1);
  while (end > 0 && is_blank_or_comment(lines[end - 1])) --end;
  const Texts added = section(std::string(indent));
  lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(end), added.begin(), added.end());
  return true;
}

// Whether each key of the whole stands at the begin of a line of its own.
bool is_block_style(const Value& root) {
  int last = 0;
  return std::ranges::all_of(root.entries, [&last](const Value::Entry& entry) {
    const bool is_own = entry.key_at.column == 1 && entry.key_at.line > last;
    last = entry.key_at.line;
    return is_own;
  });
}

ValuePtr with_items(const ValuePtr& root, std::string_view key, const Texts& items) {
  if (items.empty()) return root;
  auto list = std::make_shared<Value>();
  list->kind = Value::Kind::list;
  auto changed = std::make_shared<Value>(*root);
  const auto entry = std::ranges::find(changed->entries, key, &Value::Entry::key);
  const bool is_there = entry != changed->entries.end();
  if (is_there && entry->value->kind == Value::Kind::list) *list = *entry->value;
  else if (is_there && entry->value->kind == Value::Kind::scalar) list->items.push_back(entry->value);
  for (const std::string& item : items) {
    auto value = std::make_shared<Value>();
    value->kind = Value::Kind::scalar;
    value->text = item;
    list->items.push_back(std::move(value));
  }
  if (is_there) entry->value = std::move(list);
  else changed->entries.push_back({std::string(key), {}, std::move(list)});
  return changed;
}

// "10000ms  connect 1 from a to b:25" as control_lines_of() has it.
std::string as_recorded(std::string_view item) {
  const std::size_t blank = std::min(item.find_first_of(" \t"), item.size());
  const auto at_ns = topology::parse_duration_ns(item.substr(0, blank));
  const auto line = control::parse(item.substr(blank));
  if (!at_ns || !line) return std::string(item);
  return fmt::format("{} {}", topology::format_duration(*at_ns), control::to_string(*line));
}

std::string first_of(scenario::Report& report) {
  const auto mistakes = report.take_mistakes();
  return mistakes.empty() ? "it is no scenario" : scenario::to_string(mistakes.front());
}

}  // namespace

std::expected<SavedScenario, std::string> scenario_with(std::string_view text, const Texts& overrides, const Texts& faults,
                                                        const Texts& control) {
  scenario::Report report;
  ValuePtr root = scenario::parse_document(text, {std::make_shared<std::string>("the scenario"), 0, 0}, report);
  if (root == nullptr || root->kind != Value::Kind::map) return std::unexpected("the scenario cannot be read: " + first_of(report));
  Texts all_faults, sets;
  for (const std::string& change : overrides) {
    if (change.starts_with(scenario::kAddFault)) all_faults.push_back(change.substr(scenario::kAddFault.size()));
    else sets.push_back(change);
  }
  all_faults.insert(all_faults.end(), faults.begin(), faults.end());

  SavedScenario saved;
  if (sets.empty() && is_block_style(*root)) {
    Texts lines = lines_of(text);
    Texts changed = lines;
    // A section that is added at the end moves nothing; one that is added to moves what follows: the later one first.
    const auto line_of = [&root](std::string_view key) {
      const auto entry = std::ranges::find(root->entries, key, &Value::Entry::key);
      return entry == root->entries.end() ? 0 : entry->key_at.line;
    };
    const bool faults_first = line_of("faults") > line_of("control");
    const bool is_done = faults_first ? add_in_text(changed, *root, "faults", all_faults) && add_in_text(changed, *root, "control", control)
                                      : add_in_text(changed, *root, "control", control) && add_in_text(changed, *root, "faults", all_faults);
    if (is_done) {
      for (const std::string& line : changed) saved.text += line + "\n";
      return saved;
    }
  }
  for (const std::string& set : sets) root = scenario::apply_override(root, set, report);
  if (report.count() > 0) return std::unexpected("what was changed by --set cannot be made again: " + first_of(report));
  root = with_items(root, "faults", all_faults);
  root = with_items(root, "control", control);
  saved.keeps_comments = false;
  saved.text = "# Written anew by the visualizer: comments of the first text are gone.\n";
  write(*root, 0, saved.text);
  return saved;
}

std::expected<Texts, std::string> control_lines_of(trace::RunFileReader& reader) {
  Texts lines;
  const auto done = reader.for_each({.kinds = {trace::Kind::control_received}}, [&lines](const trace::StoredEvent& event) {
    lines.push_back(fmt::format("{} {}", topology::format_duration(event.time_ns), event.text));
    return true;
  });
  if (!done) return std::unexpected(done.error().text);
  return lines;
}

std::expected<SavedScenario, std::string> scenario_of_run(trace::RunFileReader& reader, const Texts& planned) {
  auto lines = control_lines_of(reader);
  if (!lines) return std::unexpected(lines.error());
  const trace::RunHeader& header = reader.header();
  // Some of them may be the scenario's own: the file has those already.
  scenario::Report report;
  const ValuePtr root = scenario::parse_document(header.scenario_text, {std::make_shared<std::string>("the scenario"), 0, 0}, report);
  if (const Value* own = root == nullptr ? nullptr : root->find("control"); own != nullptr) {
    const auto leave_out = [&lines](std::string_view text) {
      const auto found = std::ranges::find(*lines, as_recorded(text));
      if (found != lines->end()) lines->erase(found);
    };
    if (own->kind == Value::Kind::scalar) leave_out(own->text);
    for (const ValuePtr& item : own->items) leave_out(item->text);
  }
  return scenario_with(header.scenario_text, overrides_of(header), planned, *lines);
}

}  // namespace mailroom::viz
