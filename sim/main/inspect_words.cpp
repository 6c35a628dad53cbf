// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/inspect_words.hpp"

namespace mailroom::cli {

using trace::StoredEvent;

std::string sentence(Run& run, const StoredEvent& e) {
  return run.told([&e](story::Names& names) { return story::sentence(names, e); });
}

Ink ink_of(story::Tone tone) {
  switch (tone) {
    case story::Tone::good:
      return Ink::good;
    case story::Tone::warn:
      return Ink::warn;
    case story::Tone::bad:
      return Ink::bad;
    case story::Tone::plain:
      break;
  }
  return Ink::plain;
}

Ink ink_of(trace::Kind kind) {
  return ink_of(story::tone_of(kind));
}

Json seconds(std::int64_t time_ns) {
  return time_ns < 0 ? Json(nullptr) : Json(static_cast<double>(time_ns) / 1e9);
}

Json to_json(Run& run, const StoredEvent& e) {
  Json json = {{"event", e.id.value},
               {"time_s", seconds(e.time_ns)},
               {"time_ns", e.time_ns},
               {"kind", info(e.kind).name}};
  if (e.host) json["host"] = run.host(e.host);
  if (e.link) json["link"] = run.link(e.link);
  const auto number = [&](const char* key, auto id) {
    if (id) json[key] = id.value;
  };
  number("connection", e.connection);
  number("session", e.session);
  number("message", e.message);
  number("copy", e.copy);
  number("parent", e.parent);
  if (e.recipient) json["recipient"] = run.recipient(e.recipient);
  number("attempt", e.attempt);
  number("fault", e.fault);
  number("content", e.content);
  if (e.code != 0) json["code"] = e.code;
  if (e.size) json["size"] = *e.size;
  if (e.value) json["value"] = *e.value;
  if (!e.text.empty()) json["text"] = e.text;
  if (!e.detail.empty()) {
    auto detail = Json::parse(e.detail, nullptr, false);
    json["detail"] = detail.is_discarded() ? Json(e.detail) : std::move(detail);
  }
  number("cause", e.cause);
  number("because", e.because);
  json["sentence"] = sentence(run, e);
  return json;
}

}  // namespace mailroom::cli
