// SPDX-License-Identifier: GPL-2.0-only
// read_graphml(): what is refused before libxml2 sees it, then parsing and building.
#include <fmt/format.h>

#include "topologies/raw_graph.hpp"
#include "topologies/text.hpp"

namespace mailroom::topology {
namespace {

// Attributes of one element beyond which a file is refused: libxml2 compares each with each.
constexpr std::size_t kMaxAttributes = 1000;
// In UTF-16 they are not counted; so little text cannot hold too many.
constexpr std::size_t kMaxWideBytes = 1 << 20;

// Whether some element has too many attributes: that many '=' followed by a quotation mark from one '<' to
// the next.
bool has_crowded_element(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '<') count = 0;
    if (text[i] != '=') continue;
    const auto next = text.find_first_not_of(" \t\r\n", i + 1);
    if (next == text.npos) return false;
    if ((text[next] == '"' || text[next] == '\'') && ++count > kMaxAttributes) return true;
    i = next - 1;
  }
  return false;
}

}  // namespace

ReadOutcome read_graphml(std::string_view text, std::string_view file) {
  Report report(file);
  if (text.size() > kMaxFileBytes) {
    report.error({}, fmt::format("the file is larger than {} MiB", kMaxFileBytes >> 20),
                 "a network's map is smaller than that");
    return std::unexpected(report.take_errors());
  }
  if (trimmed(text).empty()) {
    report.error({}, "the file is empty", "a GraphML file begins with <graphml>");
    return std::unexpected(report.take_errors());
  }
  const bool is_wide = text.substr(0, 200).find('\0') != text.npos;
  if (has_crowded_element(text) || (is_wide && text.size() > kMaxWideBytes)) {
    report.error({},
                 is_wide ? "the file is large and not in UTF-8"
                         : fmt::format("an element has more than {} attributes", kMaxAttributes),
                 is_wide ? "convert it to UTF-8" : "GraphML's elements have at most four");
    return std::unexpected(report.take_errors());
  }
  RawGraph raw;
  if (!parse_graphml(text, raw, report)) return std::unexpected(report.take_errors());
  return build(raw, SelfLoops::drop_with_warning, report);
}

}  // namespace mailroom::topology
