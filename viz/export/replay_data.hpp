// SPDX-License-Identifier: GPL-2.0-only
// What the HTML player is given of a run, as JSON: see viz/export/web/replay.js for how it reads it. Internal to html.cpp.
#pragma once

#include <expected>
#include <nlohmann/json.hpp>
#include <string>

#include "viz/export/html.hpp"

namespace mailroom::viz {

std::expected<nlohmann::ordered_json, trace::FileError> replay_data(trace::RunFileReader& reader,
                                                                    const HtmlOptions& options);

}  // namespace mailroom::viz
