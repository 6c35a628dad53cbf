// SPDX-License-Identifier: GPL-2.0-only
// The parts of a host, one by one: queue, mailboxes, protocol states, names, settings, history. Keeps what it has found
// out until the moment or the host is another.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "viz/model/host_past.hpp"
#include "viz/model/machine.hpp"
#include "viz/model/mail_flow.hpp"
#include "viz/model/queue_rows.hpp"
#include "viz/model/responsibility.hpp"
#include "viz/panes/pieces.hpp"

namespace mailroom::viz {

class HostParts {
 public:
  // Before all others, in each frame.
  void show(Desk& desk, trace::HostId host);

  const MailFlow& flow() const { return flow_; }
  const std::optional<FlowStep>& last_step() const { return last_step_; }
  const std::vector<Owed>& owed() const { return owed_; }
  story::Names& names() { return *names_; }
  void show_side(Side side) { side_ = side; }

  void draw_queue(Desk& desk, trace::HostId host);
  void draw_mailboxes(Desk& desk, trace::HostId host);
  void draw_protocol(Desk& desk, trace::HostId host);
  void draw_names(Desk& desk);
  void draw_settings(Desk& desk, const trace::HostRow& row);
  void draw_history(Desk& desk);

 private:
  struct Key {
    trace::EventId event{};
    std::int64_t time_ns = 0;
    trace::HostId host{};
    trace::MessageId message{};
    friend bool operator==(const Key&, const Key&) = default;
  };
  void find_past(Desk& desk, trace::HostId host);
  std::optional<SessionView> chosen_session(Desk& desk, trace::HostId host, const std::vector<SessionView>& open) const;
  void draw_destinations(Desk& desk);

  std::optional<Key> key_;
  std::optional<story::Names> names_;
  MailFlow flow_;
  HostPast past_;
  std::optional<FlowStep> last_step_;
  std::vector<Owed> owed_;
  std::vector<QueueRow> queue_;
  GridOrder order_;
  std::map<trace::EventId, std::string> sentences_;  // of the events of the past
  std::string open_mailbox_;
  Side side_ = Side::receiver;
  std::optional<trace::SessionId> session_;
};

}  // namespace mailroom::viz
