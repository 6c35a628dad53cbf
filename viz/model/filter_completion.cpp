// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/filter_completion.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/trace/event.hpp"
#include "viz/model/filter_lexer.hpp"
#include "viz/model/text_match.hpp"

namespace mailroom::viz {
namespace {

// More names are not looked through: a frame must not wait for a run of a million recipients.
constexpr std::int64_t kMostNames = 20'000;

constexpr struct {
  std::string_view value, meaning;
} kReplies[] = {{"2xx", "positive completion"},
                {"3xx", "positive intermediate"},
                {"4xx", "transient negative completion: try later"},
                {"5xx", "permanent negative completion: do not try again"}};

class Finder {
 public:
  Finder(std::string_view part, std::size_t from, std::size_t to, std::size_t most)
      : part_(part), from_(from), to_(to), most_(most) {}

  // `name` is what must begin with, or contain, the part; `text` what is written.
  void offer(std::string_view name, std::string text, std::string_view meaning) {
    const bool begins = equals_folded(name.substr(0, part_.size()), part_);
    if (!begins && (part_.empty() || !contains_folded(name, part_))) return;
    auto& list = begins ? first_ : second_;
    if (list.size() < most_)
      list.push_back({.text = std::move(text), .meaning = std::string(meaning), .from = from_, .to = to_});
  }
  bool is_full() const { return first_.size() >= most_; }
  std::vector<FilterCompletion> result() {
    for (FilterCompletion& completion : second_)
      if (first_.size() < most_ && std::ranges::find(first_, completion) == first_.end())
        first_.push_back(std::move(completion));
    return std::move(first_);
  }

 private:
  std::string_view part_;
  std::size_t from_;
  std::size_t to_;
  std::size_t most_;
  std::vector<FilterCompletion> first_;
  std::vector<FilterCompletion> second_;
};

std::string quoted_if_need_be(std::string_view value) {
  if (is_plain_filter_word(value, true)) return std::string(value);
  std::string result = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + "\"";
}

void offer_hosts(Finder& finder, const Facts& facts, std::string_view before) {
  const auto count = std::min(std::ssize(facts.hosts()), kMostNames);
  for (std::int64_t i = 0; i < count && !finder.is_full(); ++i) {
    const std::string& name = facts.hosts()[static_cast<std::size_t>(i)].name;
    finder.offer(name, std::string(before) + quoted_if_need_be(name), "a host");
  }
}

void offer_recipients(Finder& finder, const Facts& facts, std::string_view before) {
  const auto count = std::min(facts.recipient_count(), kMostNames);
  for (std::int64_t i = 1; i <= count && !finder.is_full(); ++i) {
    const std::string& path = *facts.recipient({i});
    finder.offer(path, std::string(before) + quoted_if_need_be(path), "a recipient");
  }
}

void offer_values(Finder& finder, const FilterKeyInfo& key, const Facts& facts) {
  switch (key.key) {
    case FilterKey::host:
      offer_hosts(finder, facts, "");
      return;
    case FilterKey::from:
    case FilterKey::to:
      offer_hosts(finder, facts, "");
      if (key.key == FilterKey::to) offer_recipients(finder, facts, "");
      return;
    case FilterKey::rcpt:
      offer_recipients(finder, facts, "");
      return;
    case FilterKey::link: {
      const auto count = std::min(std::ssize(facts.links()), kMostNames);
      for (std::int64_t i = 0; i < count && !finder.is_full(); ++i) {
        const std::string& name = facts.links()[static_cast<std::size_t>(i)].name;
        finder.offer(name, quoted_if_need_be(name), "a link");
      }
      return;
    }
    case FilterKey::reply:
      for (const auto& reply : kReplies) finder.offer(reply.value, std::string(reply.value), reply.meaning);
      return;
    case FilterKey::kind:
      for (const trace::KindInfo& kind : trace::kKinds)
        finder.offer(kind.name, std::string(kind.name), kind.meaning);
      return;
    case FilterKey::is:
      for (const FilterIsInfo& word : kFilterIs)
        finder.offer(word.name, std::string(word.name), word.meaning);
      return;
    default:
      return;
  }
}

const FilterKeyInfo* key_at(std::string_view word, std::size_t& length) {
  length = word.find(':');
  if (length == std::string_view::npos) return nullptr;
  const std::string_view name = word.substr(0, length);
  for (const FilterKeyInfo& key : kFilterKeys)
    if (equals_folded(key.name, name) || (!key.alias.empty() && equals_folded(key.alias, name))) return &key;
  return nullptr;
}

bool ends_word(char c) {
  return c == ' ' || c == '\t' || c == '(' || c == ')';
}

}  // namespace

std::vector<FilterCompletion> complete_filter(std::string_view text, std::size_t cursor, const Facts& facts,
                                              std::size_t most) {
  cursor = std::min(cursor, text.size());
  bool is_quoted = false;
  std::size_t start = 0;
  for (std::size_t i = 0; i < cursor; ++i) {
    if (is_quoted && text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      is_quoted = !is_quoted;
    } else if (!is_quoted && ends_word(text[i])) {
      start = i + 1;
    }
  }
  if (is_quoted) return {};
  while (start < cursor && text[start] == '-') ++start;
  std::size_t end = cursor;
  while (end < text.size() && !ends_word(text[end]) && text[end] != '"') ++end;
  const std::string_view word = text.substr(start, cursor - start);

  std::size_t length = 0;
  if (const FilterKeyInfo* key = key_at(word, length)) {
    const std::size_t comma = word.rfind(',');
    const std::size_t value = comma != std::string_view::npos && comma > length ? comma + 1 : length + 1;
    Finder finder(word.substr(value), start + value, end, most);
    offer_values(finder, *key, facts);
    return finder.result();
  }
  if (word.find_first_of(":<>=\"") != std::string_view::npos) return {};
  Finder finder(word, start, end, most);
  for (const FilterKeyInfo& key : kFilterKeys) {
    const bool has_order =
        key.value == FilterValue::time || key.value == FilterValue::count || key.value == FilterValue::size;
    finder.offer(key.name, fmt::format("{}{}", key.name, has_order ? '>' : ':'), key.meaning);
  }
  if (!word.empty()) {  // names without their key: most people begin with those
    offer_hosts(finder, facts, "host:");
    offer_recipients(finder, facts, "rcpt:");
    for (const FilterIsInfo& is : kFilterIs) finder.offer(is.name, fmt::format("is:{}", is.name), is.meaning);
  }
  return finder.result();
}

}  // namespace mailroom::viz
