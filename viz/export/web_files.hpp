// SPDX-License-Identifier: GPL-2.0-only
// The files of viz/export/web as they are; made by CMake (embed.cmake).
#pragma once

#include <string_view>

namespace mailroom::viz::web {

extern const std::string_view kPage;
extern const std::string_view kStyle;
extern const std::string_view kScript;  // all of its parts, in their order

}  // namespace mailroom::viz::web
