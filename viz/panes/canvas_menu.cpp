// SPDX-License-Identifier: GPL-2.0-only
// The context menu of the canvas, and its tips.
#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>

#include "viz/model/canvas_words.hpp"
#include "viz/panes/canvas.hpp"

namespace mailroom::viz {

namespace {

constexpr double kTipAfter_s = 0.25;
// Events that a click waits for.
constexpr std::int64_t kSearchedAtOnce = 2'000'000;

}  // namespace

void CanvasPane::filter_to(Desk& desk, const std::string& filter) {
  const bool is_on = desk.view().filter == filter;
  desk.edit(is_on ? "show everything" : "filter to " + filter,
            [&](View& v) { v.filter = is_on ? std::string() : filter; });
}

// To the next event there: a host's, a message's; of a link, one that names it.
void CanvasPane::go_on_until(Desk& desk, const Selection& what) {
  desk.player.pause();
  if (what.what == Selection::What::link) {
    trace::EventQuery query;
    query.after = desk.run->event();
    query.up_to = {query.after.value + kSearchedAtOnce};
    query.link = what.link;
    query.limit = 1;
    const auto found = desk.run->reader().events(query);
    if (found && !found->empty()) {
      desk.show_event(found->front().id);
      return;
    }
  } else {
    const Columns& rows = desk.run->index().rows;
    const std::int64_t first = rows.rows_up_to(desk.run->event());
    const std::int64_t last = std::min(rows.size(), first + kSearchedAtOnce);
    for (std::int64_t row = first; row < last; ++row) {
      const bool is_there = what.what == Selection::What::host ? rows.host(row) == what.host
                                                               : rows.message(row) == what.message;
      if (!is_there) continue;
      desk.show_event(rows.id(row));
      return;
    }
  }
  desk.say(Desk::Tone::plain, desk.run->is_indexing()
                                  ? "Nothing more happens there in what has been read so far"
                                  : "Nothing more happens there in this run");
}

void CanvasPane::menu_of_host(Desk& desk) {
  Ui& ui = desk.ui;
  const trace::HostId host = menu_for_.host;
  const std::string name = desk.name_of(host);
  if (ui.menu_item("context/inspect", "Open its inspector", "double click", false, true)) {
    desk.select(host);
    desk.look([](View& v) { v.layout.in_front[std::string(viz::name(Place::right))] = "host"; });
  }
  if (ui.menu_item("context/until", "Go on until something happens here", {}, false, true)) {
    go_on_until(desk, menu_for_);
  }
  const std::string filter = "host:" + name;
  if (ui.menu_item("context/filter", "Show only what is about it", {}, desk.view().filter == filter, true)) {
    filter_to(desk, filter);
  }
  if (desk.view().moved.contains(host) && ui.menu_item("context/put-back", "Put it back", {}, false, true)) {
    desk.edit("put " + name + " back", [host](View& v) { v.moved.erase(host); });
  }
}

void CanvasPane::menu_of_message(Desk& desk) {
  Ui& ui = desk.ui;
  const trace::MessageId message = menu_for_.message;
  const bool is_followed = desk.view().followed == message;
  if (ui.menu_item("context/follow", "Follow it", "Shift+F", is_followed, true)) {
    desk.look([&](View& v) { v.followed = is_followed ? trace::MessageId{} : message; });
  }
  if (ui.menu_item("context/responsibility", "Who owes it?", "Shift+O", desk.view().shows_responsibility,
                   true)) {
    desk.look([](View& v) { v.shows_responsibility = !v.shows_responsibility; });
  }
  if (ui.menu_item("context/until", "Go on until something happens to it", {}, false, true)) {
    go_on_until(desk, menu_for_);
  }
  const std::string filter = fmt::format("message:{}", message.value);
  if (ui.menu_item("context/filter", "Show only what is about it", {}, desk.view().filter == filter, true)) {
    filter_to(desk, filter);
  }
}

void CanvasPane::menu_of_map(Desk& desk) {
  for (const char* id :
       {"view/zoom-to-fit", "view/zoom-in", "view/zoom-out", "view/put-back", "view/clear-path"}) {
    const Command* command = desk.commands.find(id);
    if (command == nullptr) continue;
    if (desk.ui.menu_item(std::string("context/") + id, command->title, command->shortcut, false,
                          Commands::is_enabled(*command, desk))) {
      command->run(desk);
    }
  }
}

void CanvasPane::draw_menu(Desk& desk) {
  if (!ImGui::BeginPopup("##canvas/menu")) return;
  switch (menu_for_.what) {
    case Selection::What::host:
      menu_of_host(desk);
      break;
    case Selection::What::message:
      menu_of_message(desk);
      break;
    case Selection::What::link: {
      const std::string link = desk.name_of(menu_for_.link);
      if (desk.ui.menu_item("context/until", "Go on until something happens here", {}, false, true)) {
        go_on_until(desk, menu_for_);
      }
      if (desk.ui.menu_item("context/filter", "Show only what is about it", {},
                            desk.view().filter == "link:" + link, true)) {
        filter_to(desk, "link:" + link);
      }
      break;
    }
    default:
      menu_of_map(desk);
      break;
  }
  for (const auto& add : desk.context_menus) add(desk, {.what = menu_for_, .time_ns = desk.time_ns()});
  ImGui::EndPopup();
}

// --- tips

std::vector<std::string> CanvasPane::words_of(const CanvasHit& hit) const {
  std::vector<std::string> words;
  const auto add_fault = [&](std::int32_t first, const auto& is_there) {
    for (auto i = static_cast<std::size_t>(std::max(first, 0)); first >= 0 && i < scene_.signs.size(); ++i) {
      if (is_there(scene_.signs[i])) words.push_back(words_of_fault(scene_.signs[i]));
    }
  };
  const auto has = [](const auto& list, auto id) {
    return std::find(list.begin(), list.end(), id) != list.end();
  };
  switch (hit.what) {
    case CanvasHit::What::nothing:
      break;
    case CanvasHit::What::host: {
      const trace::HostId id{static_cast<std::int64_t>(hit.index) + 1};
      NodeLoad load = load_of(scene_.world(), id, scene_.host(hit.index), scene_.time_ns, 2000);
      const auto place = std::find(scene_.hosts.begin(), scene_.hosts.end(), hit.index);
      load.is_crashed = place != scene_.hosts.end() &&
                        scene_.loads[static_cast<std::size_t>(place - scene_.hosts.begin())].is_crashed;
      words = words_of_host(scene_.host(hit.index), scene_.facts[hit.index], load);
      add_fault(scene_.sign_of_host[hit.index], [&](const FaultSign& sign) { return has(sign.hosts, id); });
      for (const Moment& moment : scene_.moments) {
        if (moment.host == id) words.push_back(words_of_moment(scene_.header(), moment));
      }
      break;
    }
    case CanvasHit::What::link:
    case CanvasHit::What::flow: {
      const std::uint32_t index =
          hit.what == CanvasHit::What::link
              ? hit.index
              : static_cast<std::uint32_t>(scene_.traffic.lanes[hit.index].lane.link.value - 1);
      const trace::LinkId id{static_cast<std::int64_t>(index) + 1};
      const auto& lanes = scene_.lane_of_link[index];
      const auto lane = [&](std::size_t way) {
        return lanes[way] < 0 ? nullptr : &scene_.traffic.lanes[static_cast<std::size_t>(lanes[way])];
      };
      words = words_of_link(scene_.header(), id, scene_.world().links.find(id), lane(0), lane(1));
      add_fault(scene_.sign_of_link[index], [&](const FaultSign& sign) { return has(sign.links, id); });
      break;
    }
    case CanvasHit::What::envelope: {
      const Pile& pile = scene_.traffic.piles[hit.index];
      words = words_of_envelope(scene_.header(), scene_.world(), scene_.flights[pile.flight],
                                scene_.traffic.lanes[pile.lane].lane, pile.motion, scene_.time_ns,
                                pile.count - 1);
      break;
    }
  }
  return words;
}

void CanvasPane::draw_tip(Desk& desk) {
  if (scene_.hover.what == CanvasHit::What::nothing || doing_ != Doing::nothing) return;
  if (ImGui::IsPopupOpen("##canvas/menu")) return;
  const double left = hover_since_s_ + kTipAfter_s - desk.seconds();
  if (left > 0) {
    desk.animate(left);
    return;
  }
  std::string text;
  for (const std::string& line : words_of(scene_.hover)) {
    if (!text.empty()) text += '\n';
    text += line;
  }
  desk.ui.tip(text, true);
}

}  // namespace mailroom::viz
