// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/inspect_wire_words.hpp"

#include <fmt/format.h>

#include "sim/main/cli_words.hpp"
#include "sim/main/inspect_words.hpp"

namespace mailroom::cli {
namespace {

using trace::Kind;
using trace::StoredEvent;

std::string size_of(const StoredEvent& e) {
  return e.size ? counted(*e.size, "octet") : std::string("no octets");
}

std::string after_colon(std::string_view text) {
  return text.empty() ? std::string() : ": " + printable(text);
}

std::string first_of(const StoredEvent& e, const char* key) {
  const auto texts = detail_texts(e.detail, key);
  return texts.empty() ? std::string("?") : printable(texts.front());
}

}  // namespace

std::string datagram_words(Run& run, const StoredEvent& e) {
  switch (e.kind) {
    case Kind::datagram_sent:
      return fmt::format("sends a datagram to {} ({})", printable(e.text), size_of(e));
    case Kind::datagram_received:
      return fmt::format("a datagram comes from {} ({})", printable(e.text), size_of(e));
    case Kind::datagram_refused:
      return fmt::format("{} answers that no one listens at that port", printable(e.text));
    default:
      return fmt::format("a datagram from {} to {} is lost{}{}", first_of(e, "from"), first_of(e, "to"),
                         e.link ? " on link " + run.link(e.link) : "", after_colon(e.text));
  }
}

std::string frame_words(Run& run, const StoredEvent& e) {
  const char* what = e.kind == Kind::frame_sent       ? "a frame leaves on link"
                     : e.kind == Kind::frame_received ? "a frame arrives over link"
                                                      : "a frame is lost on link";
  return fmt::format("{} {} ({}){}{}", what, run.link(e.link), size_of(e),
                     e.connection ? fmt::format(", connection {}", e.connection.value) : "",
                     after_colon(e.text));
}

}  // namespace mailroom::cli
