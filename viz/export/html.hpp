// SPDX-License-Identifier: GPL-2.0-only
// A run as one HTML file that replays its canvas and its ladder in any browser: the events as JSON, the player of
// viz/export/web beside them, and nothing that is fetched from anywhere.
//
// The state is folded here, by trace::World, and goes into the page as changes; the player only puts them on and takes
// them off again. So what the page shows at any moment is what the visualizer shows.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "sim/trace/run_file_reader.hpp"

namespace mailroom::viz {

struct HtmlOptions {
  std::int64_t from_ns = 0;
  std::optional<std::int64_t> until_ns{};
  // A page of more events than this is slow on a phone. Those beyond are left out, and the page says so.
  std::int64_t max_events = 20'000;
  std::int64_t max_octets_of_a_text = 4'000;       // of a message's own text
  std::int64_t max_octets_of_texts = 2'000'000;    // of all
};

// The page; deterministic: the same run and options give the same octets.
std::expected<std::string, trace::FileError> html_of(trace::RunFileReader& reader, const HtmlOptions& options);

// Text as a JSON string that may stand inside of <script>: no '<' in it, and what is not UTF-8 is U+FFFD.
std::string json_for_script(std::string_view text);

}  // namespace mailroom::viz
