// SPDX-License-Identifier: GPL-2.0-only
#include "sim/faults/parse_when.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <iterator>

#include "sim/faults/slots.hpp"
#include "topologies/units.hpp"

namespace mailroom::faults {

namespace {

using Act = Condition::Act;
struct ActWord {
  std::string_view word;
  Act act;
};
constexpr ActWord kActs[] = {{"connects", Act::connects}, {"sends", Act::sends},   {"receives", Act::receives},
                             {"commits", Act::commits},   {"delivers", Act::delivers}, {"defers", Act::defers},
                             {"bounces", Act::bounces}};
constexpr std::string_view kConditionExample = "write for example 'when mx2 receives the final dot' or 'when mx1 sends "
                                               "the 3rd RCPT'; what a host does is one of connects, sends, receives, "
                                               "commits, delivers, defers, bounces";

// "3rd"; 0: it is none.
std::int64_t ordinal(std::string_view text) {
  std::int64_t n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  const std::string_view suffix(end, static_cast<std::size_t>(text.data() + text.size() - end));
  const bool is_suffix = suffix == "st" || suffix == "nd" || suffix == "rd" || suffix == "th";
  return error == std::errc{} && is_suffix && n > 0 && n <= 1'000'000'000 ? n : 0;
}

class Reader {
 public:
  Reader(std::span<const Token> words, std::string_view sentence) : words_(words), sentence_(sentence) {}

  std::expected<When, ParseError> read(bool is_lasting) {
    while (!is_over() && !error_) read_one();
    if (!error_) check(is_lasting);
    if (error_) return std::unexpected(*error_);
    return when_;
  }

 private:
  bool is_over() const { return next_ == words_.size(); }
  const Token& word() const { return words_[next_]; }
  void fail(std::string wrong, std::string right) {
    const std::size_t offset = is_over() ? sentence_.size() : word().offset;
    if (!error_) error_ = ParseError{offset, std::move(wrong), std::move(right)};
  }

  void read_one() {
    first_ = first_ == nullptr ? &word() : first_;
    if (word().is("at")) return read_time(has_at_, when_.at_ns, 0);
    if (word().is("for")) return read_time(has_for_, when_.lasts_ns, 1);
    if (word().is("randomly")) {
      ++next_;
      when_.is_random = true;
      if (is_over() || !word().is("every")) return fail("'randomly' without 'every'", "write for example 'randomly every 1h for 5m'");
    }
    if (word().is("every")) return read_time(has_every_, when_.interval_ns, 1);
    if (word().is("when") || word().is("whenever")) return read_condition();
    if (next_ + 1 < words_.size() && words_[next_ + 1].is("later") && when_.condition) return read_later();
    fail(fmt::format("'{}' is not understood here", word().text),
         "when it happens is one of: at 10s, every 1h, randomly every 1h, when …; and how long: for 5m");
  }

  void read_time(bool& has, std::int64_t& target_ns, std::int64_t least_ns) {
    const std::string name = word().text;
    if (has) return fail(fmt::format("a second '{}'", name), "say it once");
    has = true;
    ++next_;
    if (is_over()) return fail(fmt::format("no time after '{}'", name), fmt::format("write for example '{} 10s'", name));
    take_duration(target_ns, least_ns);
  }

  void take_duration(std::int64_t& target_ns, std::int64_t least_ns) {
    if (word().text.starts_with('-'))
      return fail(fmt::format("'{}' is a negative time", word().text), "the run begins at 0s; write for example 10s");
    const auto read = topology::parse_duration_ns(word().text);
    if (!read) return fail(read.error().wrong, read.error().right);
    if (*read < least_ns) return fail(fmt::format("'{}' is no time at all", word().text), "write more than 0s");
    target_ns = *read;
    ++next_;
  }

  void read_later() {
    take_duration(when_.later_ns, 0);
    if (!error_) ++next_;
  }

  void read_condition() {
    if (when_.condition) return fail("a second condition", "say one 'when'");
    when_.is_repeated = word().is("whenever");
    ++next_;
    Condition condition;
    if (is_over()) return fail("no condition", std::string(kConditionExample));
    condition.host = word().text;
    ++next_;
    const auto act = is_over() ? std::end(kActs)
                               : std::ranges::find_if(kActs, [this](const ActWord& one) { return word().is(one.word); });
    if (act == std::end(kActs))
      return fail(is_over() ? "the condition ends too early" : fmt::format("'{}' is nothing that a host does", word().text),
                  std::string(kConditionExample));
    condition.act = act->act;
    ++next_;
    if (!is_over() && word().is("the")) ++next_;
    if (!is_over()) {
      if (const std::int64_t n = ordinal(word().text)) {
        condition.nth = n;
        ++next_;
      }
    }
    if (condition.act == Act::sends || condition.act == Act::receives) {
      int code = 0;
      const std::size_t taken = read_point(words_.subspan(next_), condition.command, code);
      if (taken == 0) return fail("no command or reply that it " + std::string(act->word),
                                  "write a command such as RCPT, 'final dot', 'greeting', or a reply code such as 451");
      condition.code = condition.command == "greeting" ? 220 : code;
      if (condition.command == "greeting") condition.command.clear();
      next_ += taken;
    } else if (!is_over() && (word().is("time") || word().is("message") || word().is("mail"))) {
      ++next_;  // "when mx2 defers the 3rd time"
    }
    when_.condition = std::move(condition);
  }

  void check(bool is_lasting) {
    next_ = first_ == nullptr ? 0 : static_cast<std::size_t>(first_ - words_.data());
    if (has_for_ && !is_lasting)
      return fail("it happens in an instant and lasts for no time", "leave out 'for'; 'every 10s' repeats it");
    if (when_.condition && (has_at_ || has_every_))
      return fail("both a time and a condition", "say either 'at' or 'when'; 'later' is for a time after the condition");
    if (has_every_ && is_lasting && !has_for_)
      return fail("it comes again and again, but is not said to end", "add for example 'for 5s'");
    if (has_every_ && !when_.is_random && when_.lasts_ns >= when_.interval_ns)
      fail(fmt::format("it comes every {} and lasts {}", topology::format_duration(when_.interval_ns),
                       topology::format_duration(when_.lasts_ns)),
           "let it last for less than the interval");
  }

  std::span<const Token> words_;
  std::string_view sentence_;
  std::size_t next_ = 0;
  const Token* first_ = nullptr;
  When when_;
  bool has_at_ = false, has_for_ = false, has_every_ = false;
  std::optional<ParseError> error_;
};

}  // namespace

std::expected<When, ParseError> parse_when(std::span<const Token> words, std::string_view sentence,
                                           bool is_lasting) {
  return Reader(words, sentence).read(is_lasting);
}

std::string format_when(const When& when) {
  std::string text;
  if (when.condition) {
    const Condition& c = *when.condition;
    const auto act = std::ranges::find(kActs, c.act, &ActWord::act);
    text = fmt::format("{} {} {}", when.is_repeated ? "whenever" : "when", c.host, act->word);
    const bool is_dialogue = c.act == Act::sends || c.act == Act::receives;
    if (c.nth > 1) {
      constexpr std::string_view kSuffix[] = {"th", "st", "nd", "rd"};
      const bool is_teen = c.nth / 10 % 10 == 1;
      text += fmt::format(" the {}{}", c.nth, kSuffix[!is_teen && c.nth % 10 < 4 ? c.nth % 10 : 0]);
      if (!is_dialogue) text += " time";
    }
    if (is_dialogue) text += " " + (c.command == "." ? "final dot" : c.code != 0 ? std::to_string(c.code) : c.command);
    if (when.later_ns > 0) text += fmt::format(", {} later", topology::format_duration(when.later_ns));
  } else {
    if (when.at_ns > 0 || when.interval_ns == 0) text = "at " + topology::format_duration(when.at_ns);
    if (when.interval_ns > 0)
      text += fmt::format("{}{}every {}", text.empty() ? "" : " ", when.is_random ? "randomly " : "",
                          topology::format_duration(when.interval_ns));
  }
  if (when.lasts_ns > 0) text += fmt::format("{} for {}", when.later_ns > 0 ? "," : "", topology::format_duration(when.lasts_ns));
  return text;
}

}  // namespace mailroom::faults
