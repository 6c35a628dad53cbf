// SPDX-License-Identifier: GPL-2.0-only
#include "viz/panes/host_flow.hpp"

#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <array>

#include "sim/story/quantities.hpp"

namespace mailroom::viz {
namespace {

constexpr double kGlow_s = 1.2;

// Two rows of boxes, and the network at the right.
struct Picture {
  Rect whole;
  std::array<Rect, kFlowPartCount> boxes;
  float network = 0;  // where the wire to elsewhere ends
  int title_lines = 1;
  const Rect& box(FlowPart part) const { return boxes[static_cast<std::size_t>(part)]; }
};

// Titles of two words stand on two lines where one of them finds no room on one.
int title_lines(Ui& ui, float box_px) {
  Pen pen = ui.pen();
  for (int i = 0; i < kFlowPartCount; ++i)
    if (pen.width(name(static_cast<FlowPart>(i)), {.color = {}, .face = Face::strong}) > box_px - ui.px(6)) return 2;
  return 1;
}

Picture laid_out(Ui& ui, Point at, float wide) {
  Picture p;
  const float line = ImGui::GetTextLineHeight();
  const float between = ui.px(38);
  const float wire = std::clamp(wide * 0.09f, ui.px(20), ui.px(60));
  const float gap = std::clamp(wide * 0.07f, ui.px(14), ui.px(60));
  const float box = std::max((wide - wire - 2 * gap) / 3, ui.px(20));
  p.title_lines = title_lines(ui, box);
  const float high = static_cast<float>(2 + p.title_lines) * line + ui.px(14);
  p.whole = {at.x, at.y, at.x + wide, at.y + 2 * high + between};
  const auto put = [&](FlowPart part, int column, int row) {
    const float left = at.x + static_cast<float>(column) * (box + gap);
    const float top = at.y + static_cast<float>(row) * (high + between);
    p.boxes[static_cast<std::size_t>(part)] = {left, top, left + box, top + high};
  };
  put(FlowPart::agent, 0, 0);
  put(FlowPart::queue, 1, 0);
  put(FlowPart::sender, 2, 0);
  put(FlowPart::mailboxes, 0, 1);
  put(FlowPart::receiver, 2, 1);
  p.network = at.x + wide;
  return p;
}

struct Way {
  Point from;
  Point to;
};

Way way_of(const Picture& p, const Ui& ui, FlowWay way) {
  const Rect& agent = p.box(FlowPart::agent);
  const Rect& queue = p.box(FlowPart::queue);
  const Rect& sender = p.box(FlowPart::sender);
  const Rect& receiver = p.box(FlowPart::receiver);
  const Rect& boxes = p.box(FlowPart::mailboxes);
  const float apart = ui.px(14);
  switch (way) {
    case FlowWay::submit: return {{agent.right, agent.center().y}, {queue.left, queue.center().y}};
    case FlowWay::send: return {{queue.right, queue.center().y - apart / 2}, {sender.left, sender.center().y - apart / 2}};
    case FlowWay::requeue:
      return {{sender.left, sender.center().y + apart}, {queue.right, queue.center().y + apart}};
    case FlowWay::out: return {{sender.right, sender.center().y}, {p.network, sender.center().y}};
    case FlowWay::in: return {{p.network, receiver.center().y}, {receiver.right, receiver.center().y}};
    case FlowWay::deliver: return {{receiver.left, receiver.center().y}, {boxes.right, boxes.center().y}};
    case FlowWay::forward:
      return {{receiver.left + receiver.width() * 0.3f, receiver.top}, {queue.right - queue.width() * 0.25f, queue.bottom}};
    case FlowWay::local:
      return {{queue.left + queue.width() * 0.25f, queue.bottom}, {boxes.right - boxes.width() * 0.3f, boxes.top}};
    case FlowWay::none: break;
  }
  return {};
}

struct Contents {
  std::string count;
  std::string more;
};

std::string counted(std::int64_t number, const char* one, const char* many) {
  return fmt::format("{} {}", story::grouped(number), number == 1 ? one : many);
}

Contents contents_of(FlowPart part, const MailFlow& flow) {
  switch (part) {
    case FlowPart::agent: return {flow.users > 0 ? counted(flow.users, "user", "users") : "no user", ""};
    case FlowPart::queue: {
      std::string more;
      const auto add = [&](std::int64_t count, const char* sign) {
        if (count > 0) more += fmt::format("{}{} {}", more.empty() ? "" : " ", story::grouped(count), sign);
      };
      add(flow.active, "act");
      add(flow.deferred, "defer");
      add(flow.held, "held");
      return {counted(flow.queued, "message", "messages"), more};
    }
    case FlowPart::sender:
      return {counted(flow.sending, "session", "sessions"), flow.attempts > 0 ? counted(flow.attempts, "try", "tries") : ""};
    case FlowPart::receiver:
      if (!flow.takes_mail) return {"none here", ""};
      return {counted(flow.receiving, "session", "sessions"), ""};
    case FlowPart::mailboxes:
      return {counted(flow.mails, "mail", "mails"), flow.mailboxes > 0 ? counted(flow.mailboxes, "mailbox", "mailboxes") : ""};
  }
  return {};
}

bool is_busy(FlowPart part, const MailFlow& flow) {
  switch (part) {
    case FlowPart::agent: return false;
    case FlowPart::queue: return flow.queued > 0 || flow.in_hand > 0;
    case FlowPart::sender: return flow.sending + flow.attempts > 0;
    case FlowPart::receiver: return flow.receiving > 0;
    case FlowPart::mailboxes: return flow.mails > 0;
  }
  return false;
}

// Smaller letters where a narrow box would cut the word: down to two thirds.
Pen::Style fitted(const Pen& pen, std::string_view text, Pen::Style style) {
  const float wide = pen.width(text, style);
  if (wide > style.max_width) style.size_px = pen.height(style) * std::max(style.max_width / wide * 0.99f, 0.66f);
  return style;
}

void draw_title(Pen& pen, const Ui& ui, const Picture& p, FlowPart part, Color ink) {
  const Rect& box = p.box(part);
  const Pen::Style style{.color = ink, .face = Face::strong, .align = Pen::Align::center, .max_width = std::max(box.width() - ui.px(4), 1.0f)};
  const std::string_view title = name(part);
  const std::size_t blank = p.title_lines == 1 ? std::string_view::npos : title.find(' ');
  const Point at{box.center().x, box.top + ui.px(5)};
  const auto line = [&](float top, std::string_view words) { pen.text({at.x, top}, words, fitted(pen, words, style)); };
  line(at.y, title.substr(0, blank));
  if (blank != std::string_view::npos) line(at.y + ImGui::GetTextLineHeight(), title.substr(blank + 1));
}

void draw_envelope(Pen& pen, const Ui& ui, Point at, Color color) {
  const Rect paper = around(at, ui.px(7), ui.px(5));
  pen.rect(paper, color, ui.px(1.5f));
  pen.line({paper.left, paper.top}, {at.x, at.y + ui.px(1)}, ui.theme->panel, ui.px(1.4f));
  pen.line({paper.right, paper.top}, {at.x, at.y + ui.px(1)}, ui.theme->panel, ui.px(1.4f));
}

}  // namespace

void HostFlow::happened(const std::optional<FlowStep>& step, const Desk& desk) {
  const trace::EventId before = step_ ? step_->event : trace::EventId{};
  const trace::EventId now = step ? step->event : trace::EventId{};
  if (before != now) since_s_ = desk.seconds();
  step_ = step;
}

float HostFlow::light(const Desk& desk) const {
  if (!step_) return 0;
  if (step_->time_ns == desk.run->world().time_ns && step_->time_ns == desk.time_ns()) return 1;
  const double age_s = desk.seconds() - since_s_;
  return age_s < kGlow_s ? static_cast<float>(1 - age_s / kGlow_s) : 0;
}

std::optional<FlowPart> HostFlow::draw(Desk& desk, const MailFlow& flow) {
  Ui& ui = desk.ui;
  const Theme& theme = *ui.theme;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  const Picture p = laid_out(ui, {at.x, at.y}, std::max(ImGui::GetContentRegionAvail().x, ui.px(60)));
  const float glow = light(desk);
  const Color hot = step_ && step_->tone != story::Tone::plain ? color_of(theme, step_->tone) : theme.accent;
  std::optional<FlowPart> clicked;
  std::array<Touch, kFlowPartCount> touches;
  for (int i = 0; i < kFlowPartCount; ++i) {
    const auto part = static_cast<FlowPart>(i);
    const bool is_lit = glow > 0 && step_->part == part;
    touches[static_cast<std::size_t>(i)] = touch(ui, fmt::format("host/flow/{}", id(part)), p.box(part), name(part), is_lit);
    if (touches[static_cast<std::size_t>(i)].is_clicked) clicked = part;
  }
  Pen pen = desk.pen("host");
  for (int i = 1; i < kFlowWayCount; ++i) {
    const auto way = static_cast<FlowWay>(i);
    if (!flow.takes_mail && (way == FlowWay::in || way == FlowWay::deliver || way == FlowWay::forward)) continue;
    const Way line = way_of(p, ui, way);
    const bool is_lit = glow > 0 && step_->way == way;
    pen.arrow(line.from, line.to, is_lit ? mix(theme.dim, hot, glow) : theme.dim.faded(0.75f), ui.px(is_lit ? 3 : 1.4f), ui.px(is_lit ? 11 : 8));
  }
  for (int i = 0; i < kFlowPartCount; ++i) {
    const auto part = static_cast<FlowPart>(i);
    const Rect& box = p.box(part);
    const bool is_lit = glow > 0 && step_->part == part;
    const bool is_there = flow.takes_mail || part != FlowPart::receiver;
    Color fill = is_busy(part, flow) ? mix(theme.raised, theme.accent, 0.12f) : theme.raised;
    if (is_lit) fill = mix(fill, hot, 0.45f * glow);
    if (flow.is_crashed) fill = mix(theme.raised, theme.permanent, 0.2f);
    pen.rect(box, fill, ui.px(5));
    pen.frame(box, is_lit ? hot : touches[static_cast<std::size_t>(i)].is_hovered ? theme.accent : theme.line,
              ui.px(is_lit ? 2.5f : 1), ui.px(5));
    const Color ink = is_there ? theme.text : theme.dim;
    draw_title(pen, ui, p, part, ink);
    const Contents inside = contents_of(part, flow);
    const float line = ImGui::GetTextLineHeight();
    const Pen::Style small{.color = is_busy(part, flow) ? theme.text : theme.dim,
                           .align = Pen::Align::center,
                           .max_width = std::max(box.width() - ui.px(6), 1.0f)};
    pen.text({box.center().x, box.top + ui.px(7) + static_cast<float>(p.title_lines) * line}, inside.count,
             fitted(pen, inside.count, small));
    pen.text({box.center().x, box.top + ui.px(8) + static_cast<float>(p.title_lines + 1) * line}, inside.more,
             fitted(pen, inside.more, small));
  }
  const Pen::Style port{.color = theme.dim, .align = Pen::Align::right};
  const float above = ImGui::GetTextLineHeight() + ui.px(4);
  for (const FlowPart part : {FlowPart::sender, FlowPart::receiver})
    if (p.network - p.box(part).right > pen.width("25", port))
      pen.text({p.network, p.box(part).center().y - above}, "25", port);
  if (glow > 0 && step_->way != FlowWay::none) {
    const Way line = way_of(p, ui, step_->way);
    const double age = std::clamp((desk.seconds() - since_s_) / (kGlow_s * 0.6), 0.0, 1.0);
    draw_envelope(pen, ui, line.from + (line.to - line.from) * static_cast<float>(0.15 + 0.6 * age), hot);
  }
  if (desk.seconds() - since_s_ < kGlow_s) desk.animate();
  ImGui::SetCursorScreenPos({at.x, p.whole.bottom + ui.px(6)});
  return clicked;
}

}  // namespace mailroom::viz
