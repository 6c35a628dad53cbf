// SPDX-License-Identifier: GPL-2.0-only
// The events that a ladder is made of, and who talks with whom in them. Internal to viz/model.
#pragma once

#include <expected>
#include <map>
#include <set>
#include <vector>

#include "viz/model/ladder.hpp"

namespace mailroom::viz {

struct LadderParty {  // of a session or a connection
  trace::HostId client{};
  trace::HostId server{};
};

struct LadderEvents {
  std::vector<trace::StoredEvent> events;  // ascending, each once
  std::map<trace::SessionId, LadderParty> sessions;
  std::map<trace::ConnectionId, LadderParty> connections;
  trace::EventId up_to{};
  bool is_cut = false;
};

std::expected<LadderEvents, trace::FileError> gather_ladder(trace::RunFileReader& reader,
                                                            const LadderQuestion& question);

}  // namespace mailroom::viz
