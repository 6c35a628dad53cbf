// SPDX-License-Identifier: GPL-2.0-only
#include "viz/draw/svg.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <iterator>

namespace mailroom::viz {
namespace {

// The length of the well-formed UTF-8 sequence (RFC 3629) at the front of `text`, and its code point; 0: there is none.
std::size_t read_utf8(std::string_view text, std::uint32_t& code) {
  const auto octet = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = octet(0);
  const std::size_t length = first < 0x80 ? 1 : first >= 0xC2 && first < 0xE0 ? 2 : first >= 0xE0 && first < 0xF0 ? 3
                             : first >= 0xF0 && first < 0xF5              ? 4
                                                                          : 0;
  if (length == 0 || length > text.size()) return 0;
  code = length == 1 ? first : first & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((octet(i) & 0xC0U) != 0x80U) return 0;
    code = code << 6U | (octet(i) & 0x3FU);
  }
  if ((length == 3 && code < 0x800) || (length == 4 && (code < 0x10000 || code > 0x10FFFF)) ||
      (code >= 0xD800 && code < 0xE000))
    return 0;
  return length;
}

// XML 1.0, production [2].
bool is_xml_character(std::uint32_t code) {
  return code == '\t' || (code >= 0x20 && code < 0xFFFE) || code >= 0x10000;
}

}  // namespace

std::string Svg::escaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    std::uint32_t code = 0;
    const std::size_t length = read_utf8(text, code);
    if (length == 0 || !is_xml_character(code)) {
      out += "\xEF\xBF\xBD";
    } else if (code == '<') {
      out += "&lt;";
    } else if (code == '>') {
      out += "&gt;";
    } else if (code == '&') {
      out += "&amp;";
    } else if (code == '"') {
      out += "&quot;";
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out;
}

void Svg::paint(std::string_view attribute, Color color) {
  fmt::format_to(std::back_inserter(body_), " {}=\"#{:02x}{:02x}{:02x}\"", attribute, color.red, color.green,
                 color.blue);
  if (color.alpha != 255)
    fmt::format_to(std::back_inserter(body_), " {}-opacity=\"{:.3f}\"", attribute,
                   static_cast<double>(color.alpha) / 255);
}

namespace {

std::string stroke_words(const Svg::Stroke& stroke) {
  std::string words = fmt::format(" stroke-width=\"{:.2f}\"", stroke.width);
  if (stroke.is_dashed) words += " stroke-dasharray=\"6 4\"";
  return words;
}

}  // namespace

void Svg::line(std::span<const Point> points, const Stroke& stroke, bool is_closed) {
  if (points.size() < 2) return;
  body_ += is_closed ? "<polygon fill=\"none\" points=\"" : "<polyline fill=\"none\" points=\"";
  for (const Point p : points) fmt::format_to(std::back_inserter(body_), "{:.2f},{:.2f} ", p.x, p.y);
  body_ += '"';
  paint("stroke", stroke.color);
  body_ += stroke_words(stroke);
  body_ += "/>\n";
}

void Svg::polygon(std::span<const Point> points, Color fill) {
  body_ += "<polygon points=\"";
  for (const Point p : points) fmt::format_to(std::back_inserter(body_), "{:.2f},{:.2f} ", p.x, p.y);
  body_ += '"';
  paint("fill", fill);
  body_ += "/>\n";
}

void Svg::rect(const Rect& rect, float rounding, Color fill) {
  if (rect.is_empty()) return;
  fmt::format_to(std::back_inserter(body_),
                 "<rect x=\"{:.2f}\" y=\"{:.2f}\" width=\"{:.2f}\" height=\"{:.2f}\" rx=\"{:.2f}\"", rect.left, rect.top,
                 rect.width(), rect.height(), rounding);
  paint("fill", fill);
  body_ += "/>\n";
}

void Svg::frame(const Rect& rect, float rounding, const Stroke& stroke) {
  if (rect.is_empty()) return;
  fmt::format_to(std::back_inserter(body_),
                 "<rect x=\"{:.2f}\" y=\"{:.2f}\" width=\"{:.2f}\" height=\"{:.2f}\" rx=\"{:.2f}\" fill=\"none\"",
                 rect.left, rect.top, rect.width(), rect.height(), rounding);
  paint("stroke", stroke.color);
  body_ += stroke_words(stroke);
  body_ += "/>\n";
}

void Svg::circle(Point center, float radius, Color fill) {
  fmt::format_to(std::back_inserter(body_), "<circle cx=\"{:.2f}\" cy=\"{:.2f}\" r=\"{:.2f}\"", center.x, center.y,
                 radius);
  paint("fill", fill);
  body_ += "/>\n";
}

void Svg::ring(Point center, float radius, const Stroke& stroke) {
  fmt::format_to(std::back_inserter(body_), "<circle cx=\"{:.2f}\" cy=\"{:.2f}\" r=\"{:.2f}\" fill=\"none\"", center.x,
                 center.y, radius);
  paint("stroke", stroke.color);
  body_ += stroke_words(stroke);
  body_ += "/>\n";
}

void Svg::text(Point baseline, float size_px, std::string_view family, int weight, Color color, float width_px,
               std::string_view text) {
  // textLength keeps the picture as it was measured where the reader's fonts are others.
  fmt::format_to(std::back_inserter(body_),
                 "<text x=\"{:.2f}\" y=\"{:.2f}\" font-family=\"{}\" font-size=\"{:.2f}\" font-weight=\"{}\" "
                 "textLength=\"{:.2f}\" lengthAdjust=\"spacingAndGlyphs\" xml:space=\"preserve\"",
                 baseline.x, baseline.y, escaped(family), size_px, weight, width_px);
  paint("fill", color);
  body_ += '>';
  body_ += escaped(text);
  body_ += "</text>\n";
}

void Svg::clip(const Rect& rect) {
  ++clip_count_;
  ++open_clips_;
  fmt::format_to(std::back_inserter(clips_),
                 "<clipPath id=\"{}{}\"><rect x=\"{:.2f}\" y=\"{:.2f}\" width=\"{:.2f}\" height=\"{:.2f}\"/></clipPath>\n",
                 name_, clip_count_, rect.left, rect.top, std::max(rect.width(), 0.0f), std::max(rect.height(), 0.0f));
  fmt::format_to(std::back_inserter(body_), "<g clip-path=\"url(#{}{})\">\n", name_, clip_count_);
}

void Svg::unclip() {
  if (open_clips_ == 0) return;
  --open_clips_;
  body_ += "</g>\n";
}

std::string Svg::page(float width, float height, Color background, std::span<const Part> parts) {
  constexpr std::string_view kBegin = "<svg ";
  Svg sheet({0, 0, width, height});
  std::string inside;
  for (const Part& part : parts) {
    const std::size_t begin = part.document.find(kBegin);
    if (begin == std::string::npos) continue;
    inside += fmt::format("<svg x=\"{:.2f}\" y=\"{:.2f}\" ", part.at.x, part.at.y);
    inside += std::string_view(part.document).substr(begin + kBegin.size());
  }
  std::string whole = sheet.finish(background);
  whole.insert(whole.rfind("</svg>"), inside);
  return whole;
}

std::string Svg::finish(Color background) {
  while (open_clips_ > 0) unclip();
  std::string shapes = std::move(body_);
  body_.clear();
  rect(area_, 0, background);
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.0f}\" height=\"{1:.0f}\" viewBox=\"{2:.2f} {3:.2f} {0:.2f} "
      "{1:.2f}\">\n<defs>\n{4}</defs>\n{5}{6}</svg>\n",
      area_.width(), area_.height(), area_.left, area_.top, clips_, body_, shapes);
}

}  // namespace mailroom::viz
