// SPDX-License-Identifier: GPL-2.0-only
// The inspector of a message: where it is now and who owes it, its envelope beside its header, its trace, its text.
#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>

#include "sim/story/printable.hpp"
#include "sim/story/quantities.hpp"
#include "viz/panes/message_parts.hpp"
#include "viz/panes/panes.hpp"

namespace mailroom::viz {
namespace {

class MessagePane final : public Pane {
 public:
  About about() const override { return {"message", "Message", Place::right}; }

  void join(Desk& desk) override {
    desk.on_run_changed.push_back([this](Desk&) { *this = MessagePane(); });
    const auto has_message = [](const Desk& d) { return d.run && d.view().selection.message; };
    desk.commands.add({.id = "view/trace-on-map",
                       .title = "Show its way on the map",
                       .menu = "View",
                       .shortcut = "Shift+R",
                       .tip = "Numbers the hosts that the chosen message came through",
                       .run = [](Desk& d) { show_way(d); },
                       .is_enabled = has_message,
                       .is_on = [](const Desk& d) { return !d.view().path_on_map.empty(); }});
  }

  void draw(Desk& desk, const Rect&) override {
    Ui& ui = desk.ui;
    const Selection& chosen = desk.view().selection;
    if (!chosen.message) {
      ui.paragraph("Choose a message: on the map, in a queue, in a mailbox, in the ladder.", ui.theme->dim);
      return;
    }
    const trace::Message* message = desk.run->world().messages.find(chosen.message);
    if (message == nullptr || (!message->composed && message->copies.empty())) {
      ui.text(fmt::format("Message {}", chosen.message.value), ui.theme->text, Face::title);
      ui.paragraph("It is not there yet at this moment.", ui.theme->dim);
      return;
    }
    parts_.show(desk, chosen.message, chosen.copy);
    draw_heading(desk, *message);
    static constexpr Ui::Tab kTabs[] = {{"now", "Where it is"}, {"letter", "Envelope & header"}, {"text", "Text"}};
    ui.tabs("message/tab", kTabs, tab_);
    if (tab_ == "now") {
      parts_.draw_debt(desk);
      parts_.draw_copies(desk);
      parts_.draw_delay(desk);
      parts_.draw_tries(desk);
    } else if (tab_ == "letter") {
      parts_.draw_letter(desk);
      parts_.draw_trace(desk);
    } else {
      parts_.draw_structure(desk);
      parts_.draw_raw(desk);
    }
  }

 private:
  static void show_way(Desk& desk) {
    const Selection& chosen = desk.view().selection;
    const trace::Message* message = desk.run->world().messages.find(chosen.message);
    std::vector<trace::HostId> way;
    if (message != nullptr && desk.view().path_on_map.empty()) {
      const trace::CopyId copy = chosen.copy ? chosen.copy : message->copies.empty() ? trace::CopyId{} : message->copies.back();
      way = way_of(desk.run->world(), copy);
    }
    desk.look([&](View& v) { v.path_on_map = way; });
  }

  void draw_heading(Desk& desk, const trace::Message& message) {
    Ui& ui = desk.ui;
    const Selection& chosen = desk.view().selection;
    ui.text(fmt::format("{} Message {}{}", icon::kEnvelope, chosen.message.value,
                        chosen.copy ? fmt::format(", copy {}", chosen.copy.value) : std::string()),
            ui.theme->text, Face::title);
    std::string about = fmt::format("{}  {}", story::counted(message.size_bytes, "octet"), story::printable_beginning(message.message_id));
    if (message.bounce_of || message.notifies)
      about = message.notifies ? fmt::format("tells of message {}; {}", message.notifies.value, about) : "a notification; " + about;
    ui.text(about, ui.theme->dim);
    const bool is_followed = desk.view().followed == chosen.message;
    if (ui.button("message/follow", std::string(icon::kCrosshairs) + "  Follow",
                  {.is_on = is_followed, .tip = "Camera, ladder and trail stay with this message"}))
      desk.look([&](View& v) { v.followed = is_followed ? trace::MessageId{} : chosen.message; });
    ImGui::SameLine();
    if (ui.button("message/responsibility", "● Who owes it",
                  {.is_on = desk.view().shows_responsibility, .tip = "Colours the hosts that are responsible for it now (Shift+O)"}))
      desk.commands.run("view/responsibility", desk);
    if (chosen.copy) {
      ImGui::SameLine();
      if (ui.button("message/all-copies", "All copies", {.tip = "The message as a whole again"}))
        desk.look([](View& v) { v.selection.copy = {}; });
    }
    parts_.draw_offers(desk);
  }

  MessageParts parts_;
  std::string tab_ = "now";
};

}  // namespace

std::unique_ptr<Pane> message_pane() {
  return std::make_unique<MessagePane>();
}

}  // namespace mailroom::viz
