// SPDX-License-Identifier: GPL-2.0-only
// --set key.path=value. The tree is shared between aliases, so what lies on the path is copied, never
// changed.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "sim/scenario/document.hpp"
#include "sim/scenario/load.hpp"
#include "sim/scenario/read_topology.hpp"

namespace mailroom::scenario {

namespace {

// A part of a path; a quoted one is taken as it is.
struct Step {
  std::string text;
  bool is_quoted = false;
};

// "hosts.\"mx.north\".users[0]" to hosts, mx.north, users, 0; nothing if a quote or bracket is not closed or
// a step is empty.
std::optional<std::vector<Step>> steps_of(std::string_view path) {
  std::vector<Step> steps(1);
  for (std::size_t i = 0; i < path.size(); ++i) {
    Step& last = steps.back();
    if (path[i] == '"' && last.text.empty() && !last.is_quoted) {
      const std::size_t close = path.find('"', i + 1);
      if (close == std::string_view::npos) return std::nullopt;
      last = {std::string(path.substr(i + 1, close - i - 1)), true};
      i = close;
    } else if (path[i] == '[') {
      const std::size_t close = path.find(']', i);
      if (close == std::string_view::npos) return std::nullopt;
      steps.push_back({std::string(path.substr(i + 1, close - i - 1))});
      i = close;
    } else if (path[i] == '.') {
      steps.emplace_back();
    } else {
      last.text += path[i];
    }
  }
  const bool has_empty =
      std::ranges::any_of(steps, [](const Step& step) { return step.text.empty() && !step.is_quoted; });
  return has_empty ? std::nullopt : std::optional(steps);
}

// How many steps from `first` on make up a key of `map`, the most possible; 0 if none does.
std::size_t longest_key(const Value& map, const std::vector<Step>& steps, std::size_t first) {
  if (steps[first].is_quoted) return map.find(steps[first].text) != nullptr ? 1 : 0;
  std::size_t found = 0;
  std::string key;
  for (std::size_t i = first; i < steps.size() && !steps[i].is_quoted; ++i) {
    key += (i > first ? "." : "") + steps[i].text;
    if (map.find(key) != nullptr) found = i + 1 - first;
  }
  return found;
}

class Override {
 public:
  Override(const Position& at, const std::vector<Step>& steps, ValuePtr value, Report& report)
      : at_(at), steps_(steps), value_(std::move(value)), report_(report) {}

  // `value` with what the steps from `first` on lead to replaced; on a mistake `value` itself.
  ValuePtr apply(const ValuePtr& value, std::size_t first) {
    if (first == steps_.size()) return value_;
    if (value->kind == Value::Kind::list) return apply_to_item(value, first);
    if (value->kind == Value::Kind::scalar) {
      report_.mistake(
          at_, fmt::format("{} has no {}: it is a plain value", path_to(first), shown(steps_[first].text)),
          "end the path before it");
      return value;
    }
    auto changed = std::make_shared<Value>(*value);
    changed->kind = Value::Kind::map;
    if (const std::size_t length = longest_key(*value, steps_, first); length > 0) {
      std::string key = steps_[first].text;
      for (std::size_t i = 1; i < length; ++i) key += "." + steps_[first + i].text;
      const auto entry = std::ranges::find(changed->entries, key, &Value::Entry::key);
      entry->value = apply(entry->value, first + length);
    } else {
      // A new key, to be checked like any other: unknown ones are told then, with a suggestion.
      auto nothing = std::make_shared<Value>();
      nothing->at = at_;
      changed->entries.push_back({steps_[first].text, at_, apply(nothing, first + 1)});
    }
    return changed;
  }

 private:
  ValuePtr apply_to_item(const ValuePtr& list, std::size_t first) {
    const std::string& text = steps_[first].text;
    std::size_t index = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, index);
    if (error != std::errc{} || stop != end || index > list->items.size() ||
        (index == list->items.size() && first + 1 < steps_.size())) {
      report_.mistake(at_,
                      fmt::format("{} is a list of {} and has no item {}", path_to(first), list->items.size(),
                                  shown(text)),
                      list->items.empty() ? "add its first item as 0"
                                          : fmt::format("its items are 0 to {}; {} adds one",
                                                        list->items.size() - 1, list->items.size()));
      return list;
    }
    auto changed = std::make_shared<Value>(*list);
    if (index == list->items.size())
      changed->items.push_back(value_);
    else if (leads_into_chain(*list->items[index], first))
      changed->items[index] = apply_to_chain(*list->items[index], first + 1);
    else
      changed->items[index] = apply(list->items[index], first + 1);
    return changed;
  }

  // Is `item`, to which the step `first` leads, a link in the chain form, and the rest of the path about its
  // attributes? A path may name the nodes, too.
  bool leads_into_chain(const Value& item, std::size_t first) const {
    if (first != 2 || steps_[0].text != "topology" || steps_[1].text != "links") return false;
    const auto is_chain = [](std::string_view text) { return text.find(kChain) != std::string_view::npos; };
    for (std::size_t i = first + 1; i < steps_.size(); ++i)
      if (is_chain(steps_[i].text)) return false;
    if (first + 1 == steps_.size()) return false;  // it is replaced as a whole
    if (item.kind == Value::Kind::scalar) return is_chain(item.text);
    return item.kind == Value::Kind::map && item.entries.size() == 1 && is_chain(item.entries[0].key);
  }

  // `a -- b` becomes `a -- b: {…}`.
  ValuePtr apply_to_chain(const Value& link, std::size_t first) {
    auto changed = std::make_shared<Value>(link);
    if (link.kind == Value::Kind::scalar) {
      changed->kind = Value::Kind::map;
      changed->text.clear();
      auto nothing = std::make_shared<Value>();
      nothing->at = link.at;
      changed->entries.push_back({link.text, link.at, std::move(nothing)});
    }
    ValuePtr& attributes = changed->entries[0].value;
    attributes = apply(attributes, first);
    return changed;
  }

  std::string path_to(std::size_t first) const {
    std::string path;
    for (std::size_t i = 0; i < first; ++i) path += (i > 0 ? "." : "") + steps_[i].text;
    return shown(path);
  }

  const Position& at_;
  const std::vector<Step>& steps_;
  ValuePtr value_;
  Report& report_;
};

}  // namespace

// One more item of a list; what was a single value is its first. Its text is taken as it is.
static ValuePtr with_item(const ValuePtr& root, std::string_view key, std::string text, const Position& at) {
  auto item = std::make_shared<Value>();
  item->at = at;
  item->kind = Value::Kind::scalar;
  item->text = std::move(text);
  auto list = std::make_shared<Value>();
  list->at = at;
  list->kind = Value::Kind::list;
  auto changed = std::make_shared<Value>(*root);
  const auto entry = std::ranges::find(changed->entries, key, &Value::Entry::key);
  if (entry != changed->entries.end() && entry->value->kind == Value::Kind::list) *list = *entry->value;
  if (entry != changed->entries.end() && entry->value->kind == Value::Kind::scalar) list->items.push_back(entry->value);
  list->items.push_back(std::move(item));
  if (entry != changed->entries.end()) entry->value = std::move(list);
  else changed->entries.push_back({std::string(key), at, std::move(list)});
  return changed;
}

ValuePtr apply_override(const ValuePtr& root, const std::string& override, Report& report) {
  if (override.starts_with(kAddFault)) {
    const std::string sentence = override.substr(kAddFault.size());
    if (root->kind != Value::Kind::map) return root;
    return with_item(root, "faults", sentence, {std::make_shared<std::string>("--fault " + sentence), 0, 0});
  }
  const Position at{std::make_shared<std::string>("--set " + override), 0, 0};
  const std::size_t equals = override.find('=');
  const std::optional<std::vector<Step>> steps = steps_of(std::string_view(override).substr(0, equals));
  if (equals == std::string::npos || equals == 0 || !steps || steps->size() > kMaxDepth) {
    report.mistake(at, "not of the form key.path=value",
                   "write for example --set seed=2 or --set hosts.mx1.disk=1MB");
    return root;
  }
  const std::string_view text = std::string_view(override).substr(equals + 1);
  Report of_value;
  ValuePtr value = text.empty() ? std::make_shared<const Value>() : parse_document(text, at, of_value, false);
  for (const Diagnostic& one : of_value.take_mistakes()) report.mistake(at, one.wrong, one.right);
  if (value == nullptr) return root;
  return Override(at, *steps, std::make_shared<const Value>(*value), report).apply(root, 0);
}

}  // namespace mailroom::scenario
