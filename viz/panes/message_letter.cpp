// SPDX-License-Identifier: GPL-2.0-only
// The message as paper: envelope beside header, the trace, the text with its line ends.
#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>

#include "sim/story/quantities.hpp"
#include "viz/panes/message_parts.hpp"

namespace mailroom::viz {
namespace {

// A sheet on which lines are written: frame, title, then name and value a line.
struct Sheet {
  Ui& ui;
  Rect place;
  Color frame;

  static float line(const Ui& ui) { return ImGui::GetTextLineHeight() + ui.px(3); }

  void write(Pen& pen, std::string_view title, std::string_view hint, const std::vector<LetterField>& rows) {
    const Theme& theme = *ui.theme;
    const float pad = ui.px(8);
    const float room = std::max(place.width() - 2 * pad, 1.0f);
    float top = place.top + pad;
    pen.text({place.left + pad, top}, title, {.color = theme.text, .face = Face::strong, .max_width = room});
    top += line(ui);
    pen.text({place.left + pad, top}, hint, {.color = theme.dim, .max_width = room});
    top += line(ui) + ui.px(2);
    const float column = std::min(ui.px(92), room * 0.4f);
    for (const LetterField& row : rows) {
      pen.text({place.left + pad, top}, row.name, {.color = theme.dim, .max_width = std::max(column - ui.px(4), 1.0f)});
      pen.text({place.left + pad + column, top}, row.value,
               {.color = theme.text, .face = Face::mono, .max_width = std::max(room - column, 1.0f)});
      top += line(ui);
    }
  }

  static float height(const Ui& ui, std::size_t rows) { return ui.px(20) + line(ui) * static_cast<float>(rows + 2); }
};

std::vector<LetterField> envelope_rows(const Letter& letter) {
  constexpr std::size_t kMostShown = 12;
  std::vector<LetterField> rows;
  rows.push_back({"MAIL FROM:", fmt::format("<{}>", letter.reverse_path)});
  for (std::size_t i = 0; i < letter.forward_paths.size() && i < kMostShown; ++i)
    rows.push_back({i == 0 ? "RCPT TO:" : "", fmt::format("<{}>", letter.forward_paths[i])});
  if (letter.forward_paths.size() > kMostShown)
    rows.push_back({"", fmt::format("and {} more", letter.forward_paths.size() - kMostShown)});
  return rows;
}

std::vector<LetterField> header_rows(const Letter& letter) {
  std::vector<LetterField> rows;
  for (const LetterField& field : letter.fields) rows.push_back({field.name + ":", field.value});
  return rows;
}

void draw_flap(Pen& pen, const Ui& ui, const Rect& place, Color color) {
  const float width = std::min(place.width() * 0.3f, ui.px(70));
  const float right = place.right - ui.px(6);
  const Point flap[] = {{right - width, place.top}, {right - width / 2, place.top + width * 0.35f}, {right, place.top}};
  pen.polyline(flap, color, ui.px(1.5f));
}

}  // namespace

void MessageParts::draw_letter(Desk& desk) {
  Ui& ui = desk.ui;
  const Theme& theme = *ui.theme;
  if (!letter_.has_envelope && letter_.fields.empty()) {
    ui.paragraph("Nothing is known of its envelope and its header at this moment.", theme.dim);
    return;
  }
  const auto envelope = envelope_rows(letter_);
  const auto header = header_rows(letter_);
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const float wide = std::max(ImGui::GetContentRegionAvail().x, ui.px(40));
  const bool is_beside = wide >= ui.px(620);
  const float gap = ui.px(10);
  const float sheet = is_beside ? (wide - gap) / 2 : wide;
  const Rect first{at.x, at.y, at.x + sheet, at.y + Sheet::height(ui, envelope.size())};
  const float second_left = is_beside ? at.x + sheet + gap : at.x;
  const float second_top = is_beside ? at.y : first.bottom + gap;
  const Rect second{second_left, second_top, second_left + sheet, second_top + Sheet::height(ui, header.size())};
  Pen pen = desk.pen("message");
  pen.rect(first, mix(theme.panel, theme.note, 0.16f), ui.px(3));
  pen.frame(first, theme.note, ui.px(1.5f), ui.px(3));
  draw_flap(pen, ui, first, theme.note);
  Sheet{ui, first, theme.note}.write(pen, fmt::format("{} Envelope", icon::kEnvelope), "what SMTP reads and carries mail by", envelope);
  pen.rect(second, theme.raised, ui.px(3));
  pen.frame(second, theme.line, 1, ui.px(3));
  Sheet{ui, second, theme.line}.write(pen, "Header", "inside; SMTP does not read it, people do", header);
  pen.hot("message/envelope", first, "Envelope");
  pen.hot("message/header", second, "Header");
  ImGui::SetCursorScreenPos({at.x, std::max(first.bottom, second.bottom) + ui.px(8)});
  ImGui::Dummy({1, 1});
}

void MessageParts::draw_trace(Desk& desk) {
  Ui& ui = desk.ui;
  const Theme& theme = *ui.theme;
  ui.heading(fmt::format("Trace: {}", story::counted(std::ssize(letter_.trace), "Received field")));
  const bool is_shown = !letter_.way.empty() && desk.view().path_on_map == letter_.way;
  if (ui.button("message/show-on-map", std::string(icon::kMap) + (is_shown ? "  Shown on the map" : "  Show on the map"),
                {.is_enabled = !letter_.way.empty(),
                 .is_on = is_shown,
                 .tip = "Numbers the hosts on the map in the order in which they had the message"}))
    desk.look([&](View& v) { v.path_on_map = is_shown ? std::vector<trace::HostId>() : letter_.way; });
  std::string way;
  for (const trace::HostId host : letter_.way) way += (way.empty() ? "" : " → ") + desk.name_of(host);
  if (!way.empty()) ui.paragraph(way, theme.text);
  if (letter_.trace.empty()) {
    ui.paragraph(letter_.shown ? "No host has written a Received field."
                               : "The fields that hosts wrote are known when it is in a mailbox.",
                 theme.dim);
    return;
  }
  for (std::size_t i = 0; i < letter_.trace.size(); ++i) {
    const TraceStep& step = letter_.trace[i];
    const std::string name = fmt::format("message/trace/{}", i + 1);
    const std::string head = step.problem.empty() ? fmt::format("{}. by {} with {}{}", i + 1, step.by, step.with.empty() ? "?" : step.with,
                                                                step.id.empty() ? "" : ", id " + step.id)
                                                  : fmt::format("{}. x {}", i + 1, step.problem);
    const bool is_on = step.host && desk.view().selection.host == step.host;
    if (ui.row(name, head, is_on, step.problem.empty() ? theme.text : theme.permanent, Face::strong) && step.host)
      desk.select(step.host);
    ui.tip(step.raw);
    std::string more = step.problem.empty() ? "from " + step.from : step.raw;
    if (!step.for_path.empty()) more += fmt::format(", for <{}>", step.for_path);
    ui.text("      " + more, theme.dim);
    if (!step.date.empty()) ui.text("      " + step.date, theme.dim);
  }
  if (!letter_.return_path.empty()) ui.text("Return-Path: " + letter_.return_path + "  (at final delivery)", theme.dim);
}

void MessageParts::draw_structure(Desk& desk) {
  Ui& ui = desk.ui;
  const Theme& theme = *ui.theme;
  ui.heading("Structure");
  ui.text(fmt::format("header {} octets, an empty line, body {} octets", story::grouped(letter_.header_bytes),
                      story::grouped(letter_.body_bytes)),
          theme.text);
  if (letter_.parts.size() < 2) return;
  for (const LetterPart& part : letter_.parts)
    ui.text(fmt::format("{}{} {}  {} octets", std::string(static_cast<std::size_t>(part.depth) * 4, ' '),
                        part.depth == 0 ? "▪" : "-", part.type, story::grouped(part.size_bytes)),
            theme.text);
}

void MessageParts::draw_raw(Desk& desk) {
  Ui& ui = desk.ui;
  const Theme& theme = *ui.theme;
  if (lines_.empty()) {
    ui.paragraph("Its text is not in this file.", theme.dim);
    return;
  }
  const float high = ui.pen().height({.color = theme.text, .face = Face::mono}) + ui.px(5);
  const RowsInSight rows = rows_in_sight(lines_.size(), high);
  const ImVec2 after = ImGui::GetCursorScreenPos();
  Pen pen = desk.pen("message");
  const auto header_end = static_cast<std::size_t>(letter_.header_bytes);
  const float number = pen.width(std::to_string(lines_.size()), {.color = theme.dim, .face = Face::mono}) + ui.px(10);
  for (std::size_t i = rows.first; i < rows.last; ++i) {
    const float top = rows.top + static_cast<float>(i - rows.first) * high;
    float left = rows.left + number;
    const float right = rows.left + rows.width;
    if (lines_[i].begin < header_end) pen.rect({left - ui.px(4), top, right, top + high}, theme.raised);
    pen.text({left - ui.px(8), top + ui.px(2)}, std::to_string(i + 1), {.color = theme.dim, .face = Face::mono, .align = Pen::Align::right});
    // The line end keeps its place, however long the line is.
    const std::vector<RawPiece> pieces = pieces_of(letter_.octets, lines_[i]);
    const float end_px = lines_[i].end == RawLine::End::none ? 0 : pen.width(pieces.back().text, {.color = theme.text, .face = Face::mono}) + ui.px(10);
    bool is_full = false;
    for (const RawPiece& piece : pieces) {
      const bool is_end = piece.what == RawPiece::What::line_end;
      if (is_full && !is_end) continue;
      const float limit = is_end ? right : right - end_px;
      const bool is_text = piece.what == RawPiece::What::text;
      const Color ink = is_text ? theme.text
                        : piece.what == RawPiece::What::eight_bit ? theme.permanent
                        : piece.what == RawPiece::What::control   ? theme.transient
                                                                  : theme.accent;
      const float pad = is_text ? 0 : ui.px(3);
      const Pen::Style style{.color = ink, .face = Face::mono, .max_width = std::max(limit - left - 2 * pad, 1.0f)};
      const Rect place = pen.text({left + pad, top + ui.px(2)}, piece.text, style);
      is_full = place.is_empty() || place.right + ui.px(14) > limit;
      if (place.is_empty()) continue;
      if (!is_text) pen.frame({left, top + ui.px(1), place.right + pad, top + high - ui.px(1)}, ink.faded(0.6f), 1, ui.px(3));
      left = place.right + pad + (is_text ? 0 : ui.px(2));
    }
  }
  ImGui::SetCursorScreenPos(after);
}

}  // namespace mailroom::viz
