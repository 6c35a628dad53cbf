// SPDX-License-Identifier: GPL-2.0-only
#include "viz/export/html.hpp"

#include "viz/export/replay_data.hpp"
#include "viz/export/web_files.hpp"

namespace mailroom::viz {
namespace {

// '<' is the only character that can end a <script> or begin a comment in it; inside of strings, where alone it stands,
// JSON may write it so.
std::string without_tags(std::string json) {
  std::string safe;
  safe.reserve(json.size());
  for (const char c : json) {
    if (c == '<') {
      safe += "\\u003c";
    } else {
      safe += c;
    }
  }
  return safe;
}

std::string dumped(const nlohmann::ordered_json& json) {
  return without_tags(json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

}  // namespace

std::string json_for_script(std::string_view text) {
  return dumped(nlohmann::ordered_json(std::string(text)));
}

std::expected<std::string, trace::FileError> html_of(trace::RunFileReader& reader, const HtmlOptions& options) {
  const auto data = replay_data(reader, options);
  if (!data) return std::unexpected(data.error());
  std::string page =
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      // Nothing is fetched: not even a sign for the tab.
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'unsafe-inline'; "
      "style-src 'unsafe-inline'; img-src data:\">\n"
      "<link rel=\"icon\" href=\"data:,\">\n<title>Mailroom</title>\n<style>\n";
  page += web::kStyle;
  page += "</style>\n</head>\n<body>\n";
  page += web::kPage;
  page += "<script type=\"application/json\" id=\"run\">";
  page += dumped(*data);
  page += "</script>\n<script>\n'use strict';\n(() => {\n";
  page += web::kScript;
  page += "})();\n</script>\n</body>\n</html>\n";
  return page;
}

}  // namespace mailroom::viz
