// SPDX-License-Identifier: GPL-2.0-only
#include <fmt/format.h>

#include "sim/story/printable.hpp"
#include "sim/story/quantities.hpp"
#include "sim/story/sentences.hpp"
#include "sim/story/words.hpp"

namespace mailroom::story {
namespace {

using trace::Kind;
using trace::StoredEvent;

std::string first_of(const StoredEvent& e, const char* key) {
  const auto texts = detail_texts(e.detail, key);
  return texts.empty() ? std::string("?") : printable(texts.front());
}

std::string datagram_words(Names& names, const StoredEvent& e) {
  switch (e.kind) {
    case Kind::datagram_sent:
      return fmt::format("sends a datagram to {} ({})", printable(e.text), octets(e));
    case Kind::datagram_received:
      return fmt::format("a datagram comes from {} ({})", printable(e.text), octets(e));
    case Kind::datagram_refused:
      return fmt::format("{} answers that no one listens at that port", printable(e.text));
    default:
      return fmt::format("a datagram from {} to {} is lost{}{}", first_of(e, "from"), first_of(e, "to"),
                         e.link ? " on link " + names.link(e.link) : "", after_colon(e.text));
  }
}

std::string name_words(const StoredEvent& e) {
  const std::string text = printable(e.text);
  switch (e.kind) {
    case Kind::name_asked:
      return fmt::format("must look up {}", text);
    case Kind::name_answered:
      return fmt::format("learns {}{}", text, e.value ? fmt::format(" (for {} s)", *e.value) : std::string());
    case Kind::name_remembered:
      return fmt::format("remembers {}", text);
    case Kind::query_sent: {
      const std::string name = first_of(e, "name"), zone = first_of(e, "zone");
      return fmt::format(
          "asks {} for {}, as a server of {}",
          name.empty() ? first_of(e, "server") : fmt::format("{} ({})", name, first_of(e, "server")), text,
          zone == "." ? "the root" : zone);
    }
    case Kind::query_received:
      return fmt::format("is asked for {} by {}", text, first_of(e, "from"));
    case Kind::query_unanswered:
      return fmt::format("no answer to {}: {}", first_of(e, "question"), text);
    case Kind::response_sent:
      return fmt::format("answers {}", text);
    default:
      return fmt::format("{} says: {}", first_of(e, "server"), text);
  }
}

std::string frame_words(Names& names, const StoredEvent& e) {
  const char* what = e.kind == Kind::frame_sent       ? "a frame leaves on link"
                     : e.kind == Kind::frame_received ? "a frame arrives over link"
                                                      : "a frame is lost on link";
  return fmt::format("{} {} ({}){}{}", what, names.link(e.link), octets(e),
                     e.connection ? fmt::format(", connection {}", e.connection.value) : "",
                     after_colon(e.text));
}

}  // namespace

Sentence wire_words(Names& names, const StoredEvent& e) {
  switch (e.kind) {
    case Kind::datagram_sent:
    case Kind::datagram_received:
    case Kind::datagram_refused:
    case Kind::datagram_dropped:
      return datagram_words(names, e);
    case Kind::name_asked:
    case Kind::name_answered:
    case Kind::name_remembered:
    case Kind::query_sent:
    case Kind::query_received:
    case Kind::query_unanswered:
    case Kind::response_sent:
    case Kind::response_received:
      return name_words(e);
    case Kind::frame_sent:
    case Kind::frame_received:
    case Kind::frame_dropped:
      return frame_words(names, e);
    default:
      return std::nullopt;
  }
}

}  // namespace mailroom::story
