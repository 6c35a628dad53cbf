// SPDX-License-Identifier: GPL-2.0-only
#include <fmt/format.h>

#include "sim/story/printable.hpp"
#include "sim/story/quantities.hpp"
#include "sim/story/sentences.hpp"
#include "sim/story/words.hpp"

namespace mailroom::story {

Sentence route_words(Names&, const trace::StoredEvent& e) {
  switch (e.kind) {
    case trace::Kind::route_found:
      return "knows where to go for " + printable(e.text);
    case trace::Kind::route_failed:
      return fmt::format("knows nobody to go to{}: {}", e.code == 0 ? " for now" : "",
                         quoted_reply(e.code, e.text));
    case trace::Kind::relay_misused:
      return fmt::format("is misused as an open relay for the first time: by {}", printable(e.text));
    default:
      return std::nullopt;
  }
}

}  // namespace mailroom::story
