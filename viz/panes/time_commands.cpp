// SPDX-License-Identifier: GPL-2.0-only
#include "viz/panes/time_commands.hpp"

namespace mailroom::viz {
namespace {

bool has_past(const Desk& desk) {
  return desk.run && (desk.run->time_ns() > 0 || desk.run->event());
}
bool has_future(const Desk& desk) {
  return desk.run &&
         (desk.run->event() != desk.run->last_event() || desk.run->time_ns() < desk.run->end_ns());
}

void play(Desk& desk, bool backwards) {
  Player& player = desk.player;
  if (player.is_playing() && player.is_backwards() == backwards) return player.pause();
  player.stop_searching();
  if (backwards) {
    // From the beginning there is no way back: once more from the end.
    if (!has_past(desk)) desk.show_time(desk.run->end_ns());
    player.play_backwards();
  } else {
    if (!has_future(desk) && desk.run->is_complete()) desk.show_event({});
    player.play();
  }
}

void step(Desk& desk, bool is_forward, bool is_mail_only) {
  desk.player.pause();
  if (is_mail_only) {
    desk.step_mail(is_forward);
  } else {
    desk.step(is_forward ? 1 : -1);
  }
}

void go(Desk& desk, bool to_end) {
  desk.player.pause();
  if (to_end) {
    desk.show_time(desk.run->end_ns());
  } else {
    desk.show_event({});
  }
}

}  // namespace

void add_time_commands(Desk& desk) {
  Commands& c = desk.commands;
  c.add({.id = "time/play",
         .title = "Play or pause",
         .menu = {},
         .shortcut = "Space",
         .tip = "Lets time pass; at the end of a run, from its beginning",
         .run = [](Desk& d) { play(d, false); },
         .is_enabled = has_run,
         .is_on = [](const Desk& d) { return d.player.is_playing(); }});
  c.add({.id = "time/play-backwards",
         .title = "Play backwards",
         .menu = {},
         .shortcut = "Shift+Space",
         .tip = "Lets time run back",
         .run = [](Desk& d) { play(d, true); },
         .is_enabled = has_run,
         .is_on = [](const Desk& d) { return d.player.is_playing() && d.player.is_backwards(); }});
  c.add({.id = "time/next",
         .title = "Next event of the mail",
         .menu = {},
         .shortcut = "Right",
         .tip = "Over lines of dialogues and frames; Shift: every recorded event",
         .run = [](Desk& d) { step(d, true, true); },
         .is_enabled = has_future,
         .repeats = true});
  c.add({.id = "time/previous",
         .title = "Event of the mail before",
         .menu = {},
         .shortcut = "Left",
         .tip = "Over lines of dialogues and frames; Shift: every recorded event",
         .run = [](Desk& d) { step(d, false, true); },
         .is_enabled = has_past,
         .repeats = true});
  c.add({.id = "time/next-any",
         .title = "Next recorded event",
         .menu = {},
         .shortcut = "Shift+Right",
         .tip = "Whatever the run file has: lines of dialogues and frames too",
         .run = [](Desk& d) { step(d, true, false); },
         .is_enabled = has_future,
         .repeats = true});
  c.add({.id = "time/previous-any",
         .title = "Recorded event before",
         .menu = {},
         .shortcut = "Shift+Left",
         .tip = "Whatever the run file has: lines of dialogues and frames too",
         .run = [](Desk& d) { step(d, false, false); },
         .is_enabled = has_past,
         .repeats = true});
  c.add({.id = "time/first",
         .title = "To the beginning",
         .menu = {},
         .shortcut = "Home",
         .tip = "Before the first event",
         .run = [](Desk& d) { go(d, false); },
         .is_enabled = has_past});
  c.add({.id = "time/last",
         .title = "To the end",
         .menu = {},
         .shortcut = "End",
         .tip = "After the last event; of a run that is going on, the last by now",
         .run = [](Desk& d) { go(d, true); },
         .is_enabled = has_future});
  c.add({.id = "time/faster",
         .title = "Faster",
         .menu = {},
         .shortcut = ">",
         .tip = "The next higher speed, up to 10,000x",
         .run = [](Desk& d) { d.player.faster(); },
         .is_enabled = [](const Desk& d) { return d.run && d.player.speed() < Player::kMaxSpeed; },
         .repeats = true});
  c.add({.id = "time/slower",
         .title = "Slower",
         .menu = {},
         .shortcut = "<",
         .tip = "The next lower speed, down to 0.01x",
         .run = [](Desk& d) { d.player.slower(); },
         .is_enabled = [](const Desk& d) { return d.run && d.player.speed() > Player::kMinSpeed; },
         .repeats = true});
  c.add({.id = "time/as-in-life",
         .title = "As fast as in life",
         .menu = {},
         .shortcut = "\\",
         .tip = "1x",
         .run = [](Desk& d) { d.player.set_speed(1); },
         .is_enabled = [](const Desk& d) { return d.run && d.player.speed() != 1; }});
  c.add({.id = "time/skip-idle",
         .title = "Skip idle time",
         .menu = {},
         .shortcut = "I",
         .tip = "Leaves out time in which nothing is recorded and nothing flies",
         .run = [](Desk& d) { d.player.set_skips_idle(!d.player.skips_idle()); },
         .is_enabled = has_run,
         .is_on = [](const Desk& d) { return d.player.skips_idle(); }});
}

}  // namespace mailroom::viz
