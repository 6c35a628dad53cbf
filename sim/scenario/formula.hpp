// SPDX-License-Identifier: GPL-2.0-only
// A formula over whole numbers, as a scenario writes a retry rule: "400*n^2 s", "age + min(max(age, 5m), 4000)".
//
//   formula  = sum [unit]                       the unit multiplies the whole
//   sum      = product *(("+" / "-") product)
//   product  = power *(("*" / "/") power)       "/" rounds toward zero
//   power    = factor ["^" power]
//   factor   = number [unit] / "n" / "age" / ("min" / "max") "(" sum *("," sum) ")" / "sqrt" "(" sum ")" / "(" sum ")"
//   unit     = "s" / "m" / "h" / "d"            seconds; directly behind a number, or last
//
// Nothing is ever too large: what does not fit, and a division by nothing, is kForever.
#pragma once

#include <cstdint>
#include <expected>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace mailroom::scenario {

class Formula {
 public:
  static constexpr std::int64_t kForever = std::numeric_limits<std::int64_t>::max();

  struct Mistake {
    std::size_t offset = 0;
    std::string what;   // "a ')' is missing"
  };
  static std::expected<Formula, Mistake> parse(std::string_view text);

  // n: failed attempts so far, from 1. age_s: seconds since the arrival. Seconds; a negative result is 0.
  std::int64_t seconds(std::int64_t n, std::int64_t age_s) const;
  const std::string& text() const { return text_; }  // as written

  // In the order of evaluation: operands before their operator.
  struct Step {
    enum class What : std::uint8_t { number, n, age, add, subtract, multiply, divide, power, least, greatest, root };
    What what = What::number;
    std::int64_t number = 0;
  };

 private:
  std::string text_;
  std::vector<Step> steps_;
};

// The largest whole number whose square is at most x; 0 for a negative one.
std::int64_t whole_root(std::int64_t x);

}  // namespace mailroom::scenario
