// SPDX-License-Identifier: GPL-2.0-only
#include "sim/scenario/formula.hpp"

#include <algorithm>
#include <cassert>
#include <optional>

namespace mailroom::scenario {

namespace {

using Step = Formula::Step;
using What = Step::What;
constexpr std::int64_t kForever = Formula::kForever;
constexpr std::size_t kLongest = 200;  // octets: also bounds the depth of the recursion

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return c >= 'a' && c <= 'z'; }

std::optional<std::int64_t> unit_of(char c) {
  switch (c) {
    case 's':
      return 1;
    case 'm':
      return 60;
    case 'h':
      return 3600;
    case 'd':
      return 86'400;
    default:
      return std::nullopt;
  }
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  std::expected<std::vector<Step>, Formula::Mistake> parse() {
    if (text_.size() > kLongest) return std::unexpected(Formula::Mistake{kLongest, "it is too long"});
    sum();
    skip_blanks();
    if (!mistake_ && at_ + 1 == text_.size() && unit_of(text_[at_])) {
      push(What::number, *unit_of(text_[at_++]));
      push(What::multiply);
    }
    if (!mistake_ && at_ < text_.size()) fail("an operator or a unit (s, m, h, d) is expected");
    if (mistake_) return std::unexpected(*mistake_);
    return std::move(steps_);
  }

 private:
  void push(What what, std::int64_t number = 0) { steps_.push_back({what, number}); }
  void fail(std::string what) {
    if (!mistake_) mistake_ = Formula::Mistake{at_, std::move(what)};
  }
  void skip_blanks() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }
  bool take(char c) {
    skip_blanks();
    if (mistake_ || at_ >= text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  void sum() {
    product();
    while (!mistake_) {
      if (take('+')) {
        product();
        push(What::add);
      } else if (take('-')) {
        product();
        push(What::subtract);
      } else {
        return;
      }
    }
  }
  void product() {
    power();
    while (!mistake_) {
      if (take('*')) {
        power();
        push(What::multiply);
      } else if (take('/')) {
        power();
        push(What::divide);
      } else {
        return;
      }
    }
  }
  void power() {
    factor();
    if (!take('^')) return;
    power();
    push(What::power);
  }
  void factor() {
    skip_blanks();
    if (mistake_) return;
    if (take('(')) {
      sum();
      if (!take(')')) fail("a ')' is missing");
    } else if (at_ < text_.size() && is_digit(text_[at_])) {
      number();
    } else if (at_ < text_.size() && is_letter(text_[at_])) {
      word();
    } else {
      fail("a number, n, age, min(…), max(…) or sqrt(…) is expected");
    }
  }
  void number() {
    std::int64_t value = 0;
    while (at_ < text_.size() && is_digit(text_[at_])) {
      value = value * 10 + (text_[at_++] - '0');
      if (value > 1'000'000'000'000) return fail("the number is too large");
    }
    const bool is_unit = at_ < text_.size() && unit_of(text_[at_]) &&
                         (at_ + 1 == text_.size() || !is_letter(text_[at_ + 1]));
    if (is_unit) value *= *unit_of(text_[at_++]);
    push(What::number, value);
  }
  void word() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_letter(text_[at_])) ++at_;
    const std::string_view word = text_.substr(begin, at_ - begin);
    if (word == "n") return push(What::n);
    if (word == "age") return push(What::age);
    if (word == "min") return arguments(What::least);
    if (word == "max") return arguments(What::greatest);
    if (word == "sqrt") return arguments(What::root);
    at_ = begin;
    fail("only n, age, min(…), max(…) and sqrt(…) have a meaning here");
  }
  void arguments(What what) {
    if (!take('(')) return fail("a '(' is missing");
    sum();
    if (what == What::root) {
      push(what);
    } else {
      while (take(',')) {
        sum();
        push(what);
      }
    }
    if (!take(')')) fail("a ')' is missing");
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<Step> steps_;
  std::optional<Formula::Mistake> mistake_;
};

std::int64_t product_of(std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  return __builtin_mul_overflow(a, b, &result) ? kForever : result;
}

std::int64_t power_of(std::int64_t base, std::int64_t exponent) {
  std::int64_t result = 1;
  for (std::int64_t i = 0; i < exponent; ++i) {
    const std::int64_t next = product_of(result, base);
    if (next == result || next == kForever) return next;  // 0, 1, or too large
    result = next;
    if (i > 64) return base == -1 && exponent % 2 != 0 ? -1 : 1;  // only -1 gets this far
  }
  return result;
}

std::int64_t apply(What what, std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  switch (what) {
    case What::add:
      return __builtin_add_overflow(a, b, &result) ? kForever : result;
    case What::subtract:
      return __builtin_sub_overflow(a, b, &result) ? kForever : result;
    case What::multiply:
      return product_of(a, b);
    case What::divide:
      return b == 0 ? kForever : b == -1 ? apply(What::subtract, 0, a) : a / b;
    case What::power:
      return power_of(a, b);
    case What::least:
      return std::min(a, b);
    case What::greatest:
      return std::max(a, b);
    default:
      assert(false && "no operator of two");
      return 0;
  }
}

}  // namespace

std::int64_t whole_root(std::int64_t x) {
  if (x <= 0) return 0;
  std::int64_t root = 0;
  for (std::int64_t bit = std::int64_t{1} << 31; bit > 0; bit >>= 1) {
    const std::int64_t larger = root + bit;
    if (larger <= x / larger) root = larger;
  }
  return root;
}

std::expected<Formula, Formula::Mistake> Formula::parse(std::string_view text) {
  auto steps = Parser(text).parse();
  if (!steps) return std::unexpected(steps.error());
  Formula formula;
  formula.text_ = text;
  formula.steps_ = std::move(*steps);
  return formula;
}

std::int64_t Formula::seconds(std::int64_t n, std::int64_t age_s) const {
  std::vector<std::int64_t> stack;
  for (const Step& step : steps_) {
    switch (step.what) {
      case What::number:
        stack.push_back(step.number);
        break;
      case What::n:
        stack.push_back(n);
        break;
      case What::age:
        stack.push_back(age_s);
        break;
      case What::root:
        stack.back() = whole_root(stack.back());
        break;
      default: {
        const std::int64_t b = stack.back();
        stack.pop_back();
        stack.back() = apply(step.what, stack.back(), b);
      }
    }
  }
  return stack.empty() ? 0 : std::max<std::int64_t>(stack.back(), 0);
}

}  // namespace mailroom::scenario
