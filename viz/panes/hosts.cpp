// SPDX-License-Identifier: GPL-2.0-only
// The list of hosts at the left: a sign for how each is, what is in its queue; sorted, looked through by typing.
#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <optional>

#include "viz/model/fault_signs.hpp"
#include "viz/model/host_list.hpp"
#include "viz/model/responsibility.hpp"
#include "viz/panes/panes.hpp"
#include "viz/panes/pieces.hpp"

namespace mailroom::viz {
namespace {

Color color_of(const Theme& theme, HostLine::State state) {
  switch (state) {
    case HostLine::State::down: return theme.permanent;
    case HostLine::State::trouble: return theme.fault;
    case HostLine::State::waiting: return theme.transient;
    case HostLine::State::busy: return theme.text;
    case HostLine::State::idle: break;
  }
  return theme.dim;
}

class HostsPane final : public Pane {
 public:
  About about() const override { return {"hosts", "Hosts", Place::left}; }

  void join(Desk& desk) override {
    desk.on_run_changed.push_back([this](Desk&) {
      key_.reset();
      faults_.clear();
    });
    desk.commands.add({.id = "view/find-host",
                       .title = "Find a host…",
                       .menu = "View",
                       .shortcut = "Ctrl+H",
                       .tip = "Type a part of its name",
                       .run =
                           [this](Desk& d) {
                             d.bring_to_front("left", "hosts");
                             takes_focus_ = true;
                           },
                       .is_enabled = [](const Desk& d) { return d.run != nullptr; }});
  }

  void draw(Desk& desk, const Rect&) override {
    Ui& ui = desk.ui;
    refresh(desk);
    bool entered = false;
    ui.field("hosts/search", typed_, {.hint = "Find a host", .takes_focus = std::exchange(takes_focus_, false),
                                      .entered = &entered});
    arrange(desk);
    if (entered && !shown_.empty()) desk.select(shown_.front().host);
    draw_counts(ui);
    draw_rows(desk);
  }

 private:
  struct Key {
    const Recording* run = nullptr;
    trace::EventId event{};
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct Arrangement {
    std::string typed;
    GridOrder order;
    friend bool operator==(const Arrangement&, const Arrangement&) = default;
  };

  void refresh(Desk& desk) {
    const Key key{desk.run.get(), desk.run->event()};
    if (key_ == key) return;
    key_ = key;
    const trace::World& world = desk.run->world();
    const trace::RunHeader& header = desk.run->header();
    std::vector<bool> faulty(header.hosts.size());
    for (const FaultSign& sign : faults_.in_force(desk.run->reader(), world)) {
      if (const auto* fault = world.faults.find(sign.fault); fault && is_hidden(desk, *fault)) continue;
      for (const trace::HostId host : sign.hosts)
        if (host.value >= 1 && host.value <= std::ssize(faulty)) faulty[static_cast<std::size_t>(host.value - 1)] = true;
    }
    lines_ = host_lines(world, header, faulty);
    arranged_.reset();
  }

  static bool is_hidden(Desk& desk, const trace::FaultState& fault) {
    if (!desk.hides_event) return false;
    const auto began = desk.run->reader().event(fault.began);
    return began && *began && desk.hides(**began);
  }

  void arrange(Desk& desk) {
    const Arrangement wanted{typed_, order_};
    if (arranged_ == wanted) return;
    arranged_ = wanted;
    const HostOrder by = order_.column == 0 ? HostOrder::trouble : order_.column == 1 ? HostOrder::name : HostOrder::queue;
    shown_ = arranged(lines_, desk.run->header(), by, typed_);
    if (order_.is_down) std::ranges::reverse(shown_);
  }

  void draw_counts(Ui& ui) {
    std::int64_t down = 0, trouble = 0, waiting = 0;
    for (const HostLine& line : lines_) {
      down += line.state == HostLine::State::down;
      trouble += line.state == HostLine::State::trouble;
      waiting += line.state == HostLine::State::waiting;
    }
    std::string text;
    const auto add = [&](std::int64_t count, const char* sign, const char* what) {
      if (count > 0) text += fmt::format("{}{} {} {}", text.empty() ? "" : "   ", sign, count, what);
    };
    add(down, "x", "down");
    add(trouble, "!", "in trouble");
    add(waiting, "~", "with re-queued mail");
    ui.text(text.empty() ? std::string("all is well") : text, ui.theme->dim);
  }

  void draw_rows(Desk& desk) {
    Ui& ui = desk.ui;
    const trace::RunHeader& header = desk.run->header();
    const trace::World& world = desk.run->world();
    std::map<trace::HostId, HostOwes> owing;
    if (desk.view().shows_responsibility) owing = owing_hosts(owed_of(world, desk.view().selection.message));
    static constexpr GridColumn kColumns[] = {{"trouble", "", 20, 0, 0},
                                              {"name", "Host", 60, 3, 0},
                                              {"queue", "Queue", 52, 1, 1, true},
                                              {"mail", "Mail", 44, 1, 2, true}};
    const Theme& theme = *ui.theme;
    const auto name_at = [&](std::size_t row) -> const std::string& {
      return header.hosts[static_cast<std::size_t>(shown_[row].host.value - 1)].name;
    };
    const Grid grid{
        .name = "hosts",
        .columns = kColumns,
        .count = shown_.size(),
        .cell =
            [&](std::size_t row, std::size_t column) -> GridCell {
          const HostLine& line = shown_[row];
          const auto owes = owing.find(line.host);
          switch (column) {
            case 0: return {std::string(sign_of(line.state)), color_of(theme, line.state), Face::strong};
            case 1:
              if (owes != owing.end())
                return {fmt::format("{} {}", owes->second.overlaps ? "◑" : "●", name_at(row)), theme.accent, Face::strong};
              return {name_at(row), line.state == HostLine::State::idle ? theme.dim : theme.text, Face::body};
            case 2: return {line.queued > 0 ? fmt::format("q {}", line.queued) : std::string(), theme.text, Face::body};
            default: return {line.mails > 0 ? std::to_string(line.mails) : std::string(), theme.dim, Face::body};
          }
        },
        .row_name = [&](std::size_t row) { return "hosts/" + name_at(row); },
        .is_on = [&](std::size_t row) { return desk.view().selection.host == shown_[row].host; },
        .tip =
            [&](std::size_t row) {
              const HostLine& line = shown_[row];
              const auto owes = owing.find(line.host);
              return fmt::format("{}: {}, {} in its queue, {} in mailboxes{}", name_at(row), name(line.state), line.queued,
                                 line.mails,
                                 owes == owing.end() ? std::string()
                                                     : fmt::format("\nowes {} of the chosen message{}", owes->second.copies,
                                                                   owes->second.overlaps ? ", as another host does too" : ""));
            }};
    if (shown_.empty()) {
      ui.paragraph(typed_.empty() ? "There is no host in this run." : "No host has this in its name.", theme.dim);
      return;
    }
    const GridClick click = draw_grid(ui, grid, order_);
    if (!click.is_row) return;
    desk.select(shown_[click.row].host);
    desk.bring_to_front("right", "host");
  }

  std::optional<Key> key_;
  std::optional<Arrangement> arranged_;
  std::vector<HostLine> lines_;
  std::vector<HostLine> shown_;
  FaultSigns faults_;
  std::string typed_;
  GridOrder order_{.column = 1};
  bool takes_focus_ = false;
};

}  // namespace

std::unique_ptr<Pane> hosts_pane() {
  return std::make_unique<HostsPane>();
}

}  // namespace mailroom::viz
