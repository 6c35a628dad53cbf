// SPDX-License-Identifier: GPL-2.0-only
#include "viz/app/pane.hpp"
#include "viz/panes/panes.hpp"

namespace mailroom::viz {

std::vector<std::unique_ptr<Pane>> all_panes() {
  std::vector<std::unique_ptr<Pane>> panes;
  panes.push_back(start_pane());
  panes.push_back(scenario_trouble_pane());
  panes.push_back(canvas_pane());
  panes.push_back(hosts_pane());
  panes.push_back(host_pane());
  panes.push_back(message_pane());
  panes.push_back(why_pane());
  panes.push_back(faults_pane());
  panes.push_back(transport_pane());
  panes.push_back(live_bar_pane());
  panes.push_back(timeline_pane());
  panes.push_back(notes_pane());
  panes.push_back(ladder_pane());
  panes.push_back(events_pane());
  panes.push_back(plots_pane());
  panes.push_back(smtp_terminal_pane());
  return panes;
}

}  // namespace mailroom::viz
