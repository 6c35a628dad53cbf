// SPDX-License-Identifier: GPL-2.0-only
#include "sim/faults/parse.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>
#include <span>

#include "sim/faults/parse_when.hpp"
#include "sim/faults/slots.hpp"
#include "sim/faults/words.hpp"

namespace mailroom::faults {

namespace {

std::vector<std::string_view> parts_of(std::string_view form) {
  std::vector<std::string_view> parts;
  while (!form.empty()) {
    const std::size_t end = std::min(form.find(' '), form.size());
    parts.push_back(form.substr(0, end));
    form.remove_prefix(std::min(end + 1, form.size()));
  }
  return parts;
}

// How far the words of a sentence follow a form.
struct Match {
  Fault fault;
  std::size_t taken = 0;    // words
  bool is_whole = false;    // all that the form wants is there
  std::size_t stopped = 0;  // at this word
  std::string expected;     // and this would have been right there
  std::string wrong;        // said of the word, if there is more to say than that it is another one
};

class Matcher {
 public:
  Matcher(Kind kind, std::span<const Token> words) : words_(words), parts_(parts_of(info(kind).form)) {
    match_.fault.kind = kind;
  }

  Match match() {
    std::size_t part = 0;
    while (part < parts_.size()) {
      if (parts_[part].starts_with('[')) {
        part = try_group(part);
      } else if (!take(parts_[part])) {
        return match_;
      } else {
        ++part;
      }
    }
    match_.is_whole = true;
    match_.stopped = std::max(match_.stopped, match_.taken);
    match_.fault.what = said_;
    return match_;
  }

 private:
  // All of the words in brackets, or none of them.
  std::size_t try_group(std::size_t part) {
    const Match before = match_;
    const std::string said_before = said_;
    bool is_there = true;
    std::size_t end = part;
    for (bool last = false; !last; ++end) {
      std::string_view one = parts_[end];
      if (end == part) one.remove_prefix(1);
      last = one.ends_with(']');
      if (last) one.remove_suffix(1);
      is_there = is_there && take(one);
    }
    if (!is_there) {
      const bool is_further = match_.stopped > before.taken;
      const Match failed = match_;
      match_ = before;
      if (is_further) {  // "in 5 %": the group had begun
        match_.stopped = failed.stopped;
        match_.wrong = failed.wrong;
        match_.expected = failed.expected;
      }
      said_ = said_before;
    }
    return end;
  }

  bool take(std::string_view part) {
    const bool is_slot = part.starts_with('<');
    if (match_.taken == words_.size()) return stop(is_slot ? std::string(part) : fmt::format("'{}'", part), {});
    const Token& word = words_[match_.taken];
    if (!is_slot) {
      const bool is_flapping = part == "down" && word.is("flapping");
      if (!word.is(part) && !is_flapping) return stop(fmt::format("'{}'", part), {});
      match_.taken += 1;
      say(part);
      return true;
    }
    std::string spelled;
    const auto taken = read_slot(part, words_.subspan(match_.taken), match_.fault, spelled);
    if (!taken) return stop(taken.error().right, taken.error().wrong);
    match_.taken += *taken;
    say(spelled);
    return true;
  }

  bool stop(std::string expected, std::string wrong) {
    match_.stopped = match_.taken;
    match_.expected = std::move(expected);
    match_.wrong = std::move(wrong);
    return false;
  }

  void say(std::string_view word) { (said_ += said_.empty() ? "" : " ") += word; }

  std::span<const Token> words_;
  std::vector<std::string_view> parts_;
  Match match_;
  std::string said_;
};

std::string joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, ", "));
}

// The forms that came furthest say what would have been right.
ParseError error_of(const std::vector<Match>& matches, const std::vector<Token>& words, std::string_view sentence) {
  std::size_t furthest = 0;
  for (const Match& match : matches) furthest = std::max(furthest, match.stopped);
  std::vector<std::string> expected, forms;
  std::string wrong;
  for (const Match& match : matches) {
    if (match.stopped != furthest || match.expected.empty()) continue;
    forms.emplace_back(info(match.fault.kind).form);
    if (std::ranges::find(expected, match.expected) == expected.end()) expected.push_back(match.expected);
    if (!match.wrong.empty()) wrong = match.wrong;
  }
  ParseError error{.offset = furthest < words.size() ? words[furthest].offset : sentence.size()};
  const bool is_one = expected.size() == 1;
  if (furthest == words.size()) {
    error.wrong = "the sentence ends too early";
    error.right = forms.size() > 3 ? "go on with one of " + joined(expected) : "the forms are: " + joined(forms);
    return error;
  }
  if (expected.empty()) expected.emplace_back("nothing more, or when it happens: at 10s, every 1h, when …, for 5m");
  error.wrong = wrong.empty() ? fmt::format("'{}' is not understood here", words[furthest].text) : wrong;
  if (!wrong.empty() && is_one) error.right = expected.front();
  else if (furthest == 0) error.right = "a fault begins with one of " + joined(expected);
  else error.right = forms.size() > 3 || forms.empty() ? "one of " + joined(expected) : "the forms are: " + joined(forms);
  return error;
}

}  // namespace

std::expected<Fault, ParseError> parse(std::string_view sentence) {
  if (sentence.size() > kMaxSentence)
    return std::unexpected(ParseError{kMaxSentence, fmt::format("more than {} octets", kMaxSentence), "say less"});
  const std::vector<Token> words = tokens_of(sentence);
  if (words.empty())
    return std::unexpected(ParseError{0, "no fault", "write for example 'link a-b down at 10s for 5m'"});
  std::vector<Match> matches;
  const Match* best = nullptr;
  matches.reserve(kKindCount);
  for (std::size_t kind = 0; kind < kKindCount; ++kind) {
    const Match& match = matches.emplace_back(Matcher(static_cast<Kind>(kind), words).match());
    if (match.is_whole && (best == nullptr || match.taken > best->taken)) best = &match;
  }
  if (best == nullptr) return std::unexpected(error_of(matches, words, sentence));
  Fault fault = best->fault;
  const auto rest = std::span(words).subspan(best->taken);
  if (!rest.empty() && !begins_when(rest.front())) return std::unexpected(error_of(matches, words, sentence));
  auto when = parse_when(rest, sentence, info(fault.kind).is_lasting);
  if (!when) return std::unexpected(std::move(when.error()));
  fault.when = std::move(*when);
  return fault;
}

}  // namespace mailroom::faults
