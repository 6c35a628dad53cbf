// SPDX-License-Identifier: GPL-2.0-only
#include "viz/panes/event_menu.hpp"

#include <fmt/format.h>
#include <imgui.h>

namespace mailroom::viz {

void EventMenu::open(const trace::StoredEvent& event) {
  event_ = event;
  ImGui::OpenPopup(id_.c_str());
}

bool EventMenu::is_open() const {
  return ImGui::IsPopupOpen(id_.c_str());
}

void EventMenu::draw(Desk& desk) {
  if (!ImGui::BeginPopup(id_.c_str())) return;
  Ui& ui = desk.ui;
  const auto filter_to = [&](const char* name, const std::string& label, const std::string& filter) {
    const bool is_on = desk.view().filter == filter;
    if (ui.menu_item(name, label, {}, is_on, true))
      desk.edit(is_on ? "show everything" : "filter to " + filter,
                [&](View& v) { v.filter = is_on ? std::string() : filter; });
  };
  if (ui.menu_item("context/go", "Go to its moment", {}, false, true)) {
    desk.player.pause();
    desk.show_event(event_.id);
    desk.select(event_);
  }
  // Whose connection it was would tell.
  if (desk.hides(event_)) return ImGui::EndPopup();
  if (event_.session &&
      ui.menu_item("context/session", fmt::format("Session {} in the ladder", event_.session.value), {},
                   false, true)) {
    desk.select(event_.session);
    desk.bring_to_front("bottom-left", "ladder");
  }
  if (event_.message) {
    if (ui.menu_item("context/message", fmt::format("Message {} in the ladder", event_.message.value), {},
                     false, true)) {
      desk.select(event_.message);
      desk.bring_to_front("bottom-left", "ladder");
    }
    const bool is_followed = desk.view().followed == event_.message;
    if (ui.menu_item("context/follow", "Follow its message", {}, is_followed, true))
      desk.look([&](View& v) { v.followed = is_followed ? trace::MessageId{} : event_.message; });
    filter_to("context/filter", "Show only what is about its message",
              fmt::format("msg:{}", event_.message.value));
  } else if (event_.session) {
    filter_to("context/filter", "Show only what is about its session",
              fmt::format("session:{}", event_.session.value));
  }
  Selection what;
  what.what = Selection::What::event;
  what.event = event_.id;
  what.host = event_.host;
  what.link = event_.link;
  what.session = event_.session;
  what.message = event_.message;
  what.copy = event_.copy;
  what.fault = event_.fault;
  for (const auto& add : desk.context_menus) add(desk, {.what = what, .time_ns = event_.time_ns});
  ImGui::EndPopup();
}

}  // namespace mailroom::viz
