// SPDX-License-Identifier: GPL-2.0-only
// Which events the list has, what is read of them, and how they are copied.
#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>

#include "sim/story/quantities.hpp"
#include "sim/story/words.hpp"
#include "viz/model/plot_csv.hpp"
#include "viz/app/secret.hpp"
#include "viz/panes/events.hpp"

namespace mailroom::viz {

using trace::StoredEvent;

namespace {

constexpr std::int64_t kMostCopied = 10'000;  // rows, for the clipboard

}  // namespace

void EventsPane::update(Desk& desk) {
  if (desk.view().filter != filter_text_) {
    filter_text_ = desk.view().filter;
    const auto filter = Filter::parse(filter_text_);
    if (filter && !(*filter == filter_)) {
      filter_ = *filter;
      found_ = {};
      window_first_ = -1;
      seen_event_ = {};  // to where the moment is in the other list
    }
  }
  if (filter_.is_empty()) return;
  if (!filtered_) filtered_ = std::make_unique<FilteredEvents>();
  const trace::EventId up_to = desk.run->last_event();
  filtered_->ask(desk.run->path(), filter_, up_to, keeps_secret(desk) ? &*desk.live->mystery : nullptr);
  if (up_to.value < 20'000 && found_.ids.empty()) filtered_->wait();  // no flicker in a small run
  const std::int64_t before = found_.ids.size();
  found_ = filtered_->found();
  if (found_.ids.size() != before) window_first_ = -1;
  if (!found_.is_done && found_.failure.empty()) desk.animate(0.05);
}

std::int64_t EventsPane::count(const Desk& desk) const {
  const Columns& all = desk.run->index().rows;
  const std::int64_t rows = filter_.is_empty() ? all.size() : found_.ids.size();
  if (!desk.view().hides_answers) return rows;
  return std::min(rows, row_of(desk, desk.run->event()) + 1);
}

trace::EventId EventsPane::id_at(const Desk& desk, std::int64_t row) const {
  return filter_.is_empty() ? desk.run->index().rows.id(row) : trace::EventId{found_.ids[row]};
}

std::int64_t EventsPane::row_of(const Desk& desk, trace::EventId event) const {
  if (filter_.is_empty()) return desk.run->index().rows.rows_up_to(event) - 1;
  return found_.ids.partition(0, [&](std::int64_t id) { return id > event.value; }) - 1;
}

// Reads the rows that are seen, if they are not those that were read last.
void EventsPane::read_window(Desk& desk, std::int64_t first, std::int64_t rows) {
  rows = std::min(rows, count(desk) - first);
  if (rows <= 0) {
    window_.clear();
    window_first_ = -1;
    return;
  }
  if (first == window_first_ && rows == window_rows_ && id_at(desk, first) == window_id_) return;
  window_first_ = first;
  window_rows_ = rows;
  window_id_ = id_at(desk, first);
  window_.clear();
  failure_.clear();
  trace::RunFileReader& reader = desk.run->reader();
  story::Names names(reader);
  const auto take = [&](const StoredEvent& event) {
    window_.push_back({event, story::sentence(names, event)});
    return true;
  };
  if (filter_.is_empty()) {
    trace::EventQuery query;
    query.after = {window_id_.value - 1};
    query.limit = rows;
    if (const auto read = reader.for_each(query, take); !read) failure_ = read.error().text;
  } else {
    for (std::int64_t row = first; row < first + rows; ++row) {
      const auto event = reader.event(id_at(desk, row));
      if (!event) {
        failure_ = event.error().text;
        break;
      }
      take(*event ? **event : StoredEvent{.id = id_at(desk, row)});
    }
  }
  before_window_ns_ = -1;
  if (first > 0)
    if (const auto event = reader.event(id_at(desk, first - 1)); event && *event)
      before_window_ns_ = (*event)->time_ns;
}

void EventsPane::go_to(Desk& desk, std::int64_t row) {
  if (row < 0 || row >= count(desk)) return;
  const trace::EventId id = id_at(desk, row);
  const auto event = desk.run->reader().event(id);
  if (!event) {
    desk.trouble = event.error();
    return;
  }
  desk.player.pause();
  desk.show_event(id);
  if (*event) desk.select(**event);
}

void EventsPane::copy(Desk& desk) {
  update(desk);
  const std::int64_t rows = count(desk);
  const std::int64_t copied = std::min(rows, kMostCopied);
  trace::RunFileReader& reader = desk.run->reader();
  story::Names names(reader);
  std::string text = "time_s,event,host,kind,text\r\n";
  for (std::int64_t row = 0; row < copied; ++row) {
    const auto event = reader.event(id_at(desk, row));
    if (!event) {
      desk.trouble = event.error();
      return;
    }
    if (!*event || desk.hides(**event)) continue;
    const StoredEvent& e = **event;
    text += fmt::format("{}.{:09},{},{},{},{}\r\n", e.time_ns / 1'000'000'000, e.time_ns % 1'000'000'000,
                        e.id.value, e.host ? csv_field(names.host(e.host)) : "", trace::info(e.kind).name,
                        csv_field(story::sentence(names, e)));
  }
  ImGui::SetClipboardText(text.c_str());
  desk.say(Desk::Tone::good,
           copied == rows
               ? fmt::format("{} copied as CSV.", story::counted(rows, "event"))
               : fmt::format("The first {} of {} events are copied as CSV; Export has a table of all.",
                             story::grouped(copied), story::grouped(rows)));
}

}  // namespace mailroom::viz
