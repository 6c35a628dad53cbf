// SPDX-License-Identifier: GPL-2.0-only
#include "topologies/real_math.hpp"

#include <cmath>

namespace mailroom::topology {
namespace {

// Taylor series, |x| <= pi/4.
double sin_near_zero(double x) {
  const double square = x * x;
  double term = x;
  double sum = x;
  for (int i = 1; i <= 9; ++i) {
    term *= -square / (2.0 * i * (2.0 * i + 1.0));
    sum += term;
  }
  return sum;
}

double cos_near_zero(double x) {
  const double square = x * x;
  double term = 1;
  double sum = 1;
  for (int i = 1; i <= 9; ++i) {
    term *= -square / ((2.0 * i - 1.0) * 2.0 * i);
    sum += term;
  }
  return sum;
}

// sin(x + quarters · pi/2)
double turned_sin(double radians, long quarters) {
  const auto turns = std::lround(radians / (kPi / 2));  // lround is exact
  // pi/2 in two parts (Cody and Waite); the first has 33 bits, so that its multiples are exact.
  constexpr double kHalfPiHigh = 1.57079632673412561417;
  constexpr double kHalfPiLow = 6.07710050650619224932e-11;
  const auto quarters_off = static_cast<double>(turns);
  const double rest = (radians - quarters_off * kHalfPiHigh) - quarters_off * kHalfPiLow;
  switch ((turns + quarters) & 3) {
    case 0:
      return sin_near_zero(rest);
    case 1:
      return cos_near_zero(rest);
    case 2:
      return -sin_near_zero(rest);
    default:
      return -cos_near_zero(rest);
  }
}

double atan_any(double x) {
  // Three halvings of the angle bring |x| below 0.2 and cost little precision.
  for (int i = 0; i < 3; ++i) x = x / (1 + std::sqrt(1 + x * x));
  const double square = x * x;
  double power = x;
  double sum = x;
  for (int i = 1; i <= 14; ++i) {
    power *= -square;
    sum += power / (2.0 * i + 1.0);
  }
  return 8 * sum;
}

}  // namespace

double exact_sin(double radians) {
  return turned_sin(radians, 0);
}
double exact_cos(double radians) {
  return turned_sin(radians, 1);
}

double exact_asin(double x) {
  if (x >= 1) return kPi / 2;
  if (x <= -1) return -kPi / 2;
  return atan_any(x / std::sqrt((1 - x) * (1 + x)));
}

double exact_exp(double x) {
  if (x < -700) return 0;
  // e^x = (e^(x/1024))^1024; the series needs few terms below 0.7.
  double term = 1;
  double sum = 1;
  const double small = x / 1024;
  for (int i = 1; i <= 14; ++i) {
    term *= small / i;
    sum += term;
  }
  for (int i = 0; i < 10; ++i) sum *= sum;
  return sum;
}

}  // namespace mailroom::topology
