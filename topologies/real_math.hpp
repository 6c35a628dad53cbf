// SPDX-License-Identifier: GPL-2.0-only
// Functions of libm, which differ between CPUs in the last bit, from + - * / and sqrt, which do not. Good to
// about 1e-15 over the ranges named.
#pragma once

namespace mailroom::topology {

inline constexpr double kPi = 3.14159265358979323846;

double exact_sin(double radians);  // |radians| <= 1000
double exact_cos(double radians);  // |radians| <= 1000
double exact_asin(double x);       // -1 <= x <= 1
double exact_exp(double x);        // x <= 0; 0 below -700

}  // namespace mailroom::topology
