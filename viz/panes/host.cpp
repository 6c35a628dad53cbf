// SPDX-License-Identifier: GPL-2.0-only
// The inspector of a host: how it is, the lecture's Mail Flow with what is in it now, and below it the parts one by one.
#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <optional>

#include "sim/story/quantities.hpp"
#include "viz/model/fault_signs.hpp"
#include "viz/model/host_facts.hpp"
#include "viz/panes/host_flow.hpp"
#include "viz/panes/host_parts.hpp"
#include "viz/panes/panes.hpp"

namespace mailroom::viz {
namespace {

// "1 GB", "256 kB": as disks are sold.
std::string size_words(std::int64_t bytes) {
  constexpr const char* kUnits[] = {"octets", "kB", "MB", "GB", "TB"};
  double size = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; size >= 1000 && unit + 1 < std::size(kUnits); ++unit) size /= 1000;
  return fmt::format("{:.3g} {}", size, kUnits[unit]);
}

class HostPane final : public Pane {
 public:
  About about() const override { return {"host", "Host", Place::right}; }

  void join(Desk& desk) override {
    desk.on_run_changed.push_back([this](Desk&) { *this = HostPane(); });
  }

  void draw(Desk& desk, const Rect&) override {
    Ui& ui = desk.ui;
    const trace::HostId host = desk.view().selection.host;
    const trace::HostRow* row = desk.run->reader().host(host);
    if (row == nullptr) {
      ui.paragraph(host ? "There is no such host in this run." : "Choose a host on the map or in the list.", ui.theme->dim);
      return;
    }
    parts_.show(desk, host);
    draw_heading(desk, host, *row);
    if (row->role == trace::HostRow::Role::host) {
      draw_mail(desk, host, *row);
    } else {
      ui.paragraph(fmt::format("A {}: it has no queue and no mailboxes.", name(row->role)), ui.theme->dim);
    }
    draw_tabs(desk, host, *row);
  }

 private:
  void draw_heading(Desk& desk, trace::HostId host, const trace::HostRow& row) {
    Ui& ui = desk.ui;
    const Theme& theme = *ui.theme;
    const trace::HostState& state = desk.run->world().host(host);
    const bool is_down = static_cast<bool>(state.crashed);
    ui.text(row.name, theme.text, Face::title);
    std::string also = is_down ? "x  out of operation" : "o  in operation";
    if (!row.label.empty() && row.label != row.name) also += ", " + row.label;
    if (!row.hostname.empty() && row.hostname != row.name) also += ", " + row.hostname;
    if (!row.address.empty()) also += ", " + row.address;
    ui.text(also, is_down ? theme.permanent : theme.dim, is_down ? Face::strong : Face::body);
    draw_faults(desk, host);
    draw_debt(desk, host);
  }

  void draw_faults(Desk& desk, trace::HostId host) {
    Ui& ui = desk.ui;
    const trace::World& world = desk.run->world();
    for (const FaultSign& sign : faults_.in_force(desk.run->reader(), world)) {
      if (std::ranges::find(sign.hosts, host) == sign.hosts.end()) continue;
      const trace::FaultState* fault = world.faults.find(sign.fault);
      if (fault == nullptr) continue;
      if (desk.hides_event) {
        const auto began = desk.run->reader().event(fault->began);
        if (!began || !*began || desk.hides(**began)) continue;
      }
      const bool tells_end = sign.until_ns >= 0 && !desk.view().hides_answers;
      const std::string until = tells_end ? ", until " + story::clock(sign.until_ns) : "";
      if (ui.row(fmt::format("host/fault/{}", sign.fault.value), fmt::format("! {}{}", sign.what, until), false,
                 ui.theme->fault, Face::strong)) {
        desk.select(sign.fault);
        desk.commands.run("view/why", desk);
      }
    }
  }

  // Whether it owes the chosen message, where that is shown.
  void draw_debt(Desk& desk, trace::HostId host) {
    const View& view = desk.view();
    if (!view.shows_responsibility || !view.selection.message) return;
    for (const Owed& owed : parts_.owed()) {
      if (owed.host != host) continue;
      desk.ui.paragraph(owed.overlaps() ? overlap_words(owed, desk.run->world(), parts_.names())
                                        : fmt::format("It owes message {}.", view.selection.message.value),
                        desk.ui.theme->accent);
      return;
    }
  }

  void draw_mail(Desk& desk, trace::HostId host, const trace::HostRow& row) {
    Ui& ui = desk.ui;
    const trace::HostState& state = desk.run->world().host(host);
    if (row.disk_bytes > 0) {
      const double share = static_cast<double>(state.disk_used_bytes) / static_cast<double>(row.disk_bytes);
      const Color color = share > 0.95 ? ui.theme->permanent : share > 0.8 ? ui.theme->transient : ui.theme->positive;
      draw_bar(ui, static_cast<float>(share),
               fmt::format("{} Spool and disk: {:.0f} % of {}", icon::kDisk, 100 * share, size_words(row.disk_bytes)),
               color);
      ui.tip(fmt::format("{} of {} octets used{}", story::grouped(state.disk_used_bytes), story::grouped(row.disk_bytes),
                         state.disk_filled ? "; a write found no room" : ""));
    }
    ImGui::Dummy({1, ui.px(4)});
    flow_.happened(parts_.last_step(), desk);
    if (const auto part = flow_.draw(desk, parts_.flow())) {
      switch (*part) {
        case FlowPart::agent: tab_ = "settings"; break;
        case FlowPart::queue: tab_ = "queue"; break;
        case FlowPart::mailboxes: tab_ = "mailboxes"; break;
        case FlowPart::sender:
        case FlowPart::receiver:
          tab_ = "protocol";
          parts_.show_side(*part == FlowPart::sender ? Side::sender : Side::receiver);
          break;
      }
    }
  }

  void draw_tabs(Desk& desk, trace::HostId host, const trace::HostRow& row) {
    Ui& ui = desk.ui;
    static constexpr Ui::Tab kOfHost[] = {{"queue", "Queue"},       {"mailboxes", "Mail"},    {"protocol", "Protocol"},
                                          {"names", "Names"},       {"settings", "Settings"}, {"history", "History"}};
    const bool is_host = row.role == trace::HostRow::Role::host;
    const auto shown = is_host ? std::span<const Ui::Tab>(kOfHost) : std::span<const Ui::Tab>(kOfHost).subspan(4);
    std::string chosen = tab_;
    if (!is_host && chosen != "settings") chosen = "history";
    if (ui.tabs("host/tab", shown, chosen)) tab_ = chosen;
    if (chosen == "queue") parts_.draw_queue(desk, host);
    if (chosen == "mailboxes") parts_.draw_mailboxes(desk, host);
    if (chosen == "protocol") parts_.draw_protocol(desk, host);
    if (chosen == "names") parts_.draw_names(desk);
    if (chosen == "settings") parts_.draw_settings(desk, row);
    if (chosen == "history") parts_.draw_history(desk);
  }

  HostParts parts_;
  HostFlow flow_;
  FaultSigns faults_;
  std::string tab_ = "queue";
};

}  // namespace

std::unique_ptr<Pane> host_pane() {
  return std::make_unique<HostPane>();
}

}  // namespace mailroom::viz
