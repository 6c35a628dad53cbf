// SPDX-License-Identifier: GPL-2.0-only
// The shapes of the marks: each class has one of its own, so that colour never stands alone.
#pragma once

#include "viz/draw/pen.hpp"
#include "viz/draw/theme.hpp"
#include "viz/model/marks.hpp"

namespace mailroom::viz {

Color color_of(const Theme& theme, MarkClass mark);
// Within `radius` around the center.
void draw_sign(Pen& pen, const Theme& theme, MarkClass mark, Point center, float radius);

}  // namespace mailroom::viz
