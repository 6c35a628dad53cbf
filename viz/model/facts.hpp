// SPDX-License-Identifier: GPL-2.0-only
// What a filter needs to know of a run beyond the event it looks at: names, who wrote a message and to whom,
// whose copy a copy is, between which hosts a connection runs, and which deliveries were duplicates. Some
// events of few kinds tell it; it is a plain value, cheap to copy, so that a background thread can fill one
// and publish copies of it.
// Copies share what has not changed; one that another thread reads must not be learned into meanwhile.
//
// Order of calls: learn() with the events of kFactKinds in ascending order (others are ignored, so it may be
// given all), add_recipients() with the rows of table `recipient`; then ask.
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sim/trace/event.hpp"
#include "sim/trace/run_file_reader.hpp"
#include "sim/trace/table.hpp"

namespace mailroom::viz {

// Kinds that learn() looks at.
inline constexpr trace::Kind kFactKinds[] = {trace::Kind::message_composed, trace::Kind::copy_created,
                                             trace::Kind::copy_delivered, trace::Kind::connection_opened,
                                             trace::Kind::connection_established};

class Facts {
 public:
  struct Message {
    std::string message_id{};
    std::string from{};           // the originator's address; empty: the null reverse-path, or not known
    trace::HostId host{};         // where it was composed
    trace::MessageId notifies{};  // of a notification: the message that it is about
    bool is_notification = false;
    std::vector<trace::RecipientId> recipients{};  // those of its copies, ascending, each once
    std::vector<std::uint64_t> mailboxes{};        // that have it: a hash of host and name
    friend bool operator==(const Message&, const Message&) = default;
  };
  struct Copy {
    trace::MessageId message{};
    trace::RecipientId recipient{};
    bool is_duplicate = false;  // delivered to a mailbox that had its message already
    friend bool operator==(const Copy&, const Copy&) = default;
  };
  struct Connection {
    trace::HostId from{};
    trace::HostId to{};  // 0: not heard of
    friend bool operator==(const Connection&, const Connection&) = default;
  };

  Facts() = default;
  explicit Facts(const trace::RunHeader& header);

  void learn(const trace::StoredEvent& event);
  void add_recipients(const std::vector<std::string>& forward_paths);  // all rows from the first on

  const std::vector<trace::HostRow>& hosts() const { return names_->hosts; }
  const std::vector<trace::LinkRow>& links() const { return names_->links; }

  // nullptr: nothing is known of that number.
  const Message* message(trace::MessageId id) const;
  const Copy* copy(trace::CopyId id) const;
  const Connection* connection(trace::ConnectionId id) const;
  const std::string* recipient(trace::RecipientId id) const;  // the forward-path
  std::int64_t message_count() const { return messages_.size(); }
  std::int64_t recipient_count() const { return recipients_.size(); }
  // The host of this name, or of this label, or that calls itself so (mx1.north.example); 0: none.
  trace::HostId host_named(std::string_view name) const;

  // The last event learned from; it grows with every fact.
  trace::EventId last_event() const { return last_event_; }

 private:
  struct Names {
    std::vector<trace::HostRow> hosts{};
    std::vector<trace::LinkRow> links{};
    std::unordered_map<std::string, trace::HostId> host_by_name{};  // in small letters
  };
  std::shared_ptr<const Names> names_ = std::make_shared<Names>();
  trace::Table<trace::RecipientId, std::string> recipients_;
  trace::Table<trace::MessageId, Message> messages_;
  trace::Table<trace::CopyId, Copy> copies_;
  trace::Table<trace::ConnectionId, Connection> connections_;
  trace::EventId last_event_{};
};

// Reads facts that the file has and `facts` does not: at most `most` events, so that a caller can do it in
// pieces. True if there is more. Recipients are read with the last piece.
std::expected<bool, trace::FileError> read_facts(trace::RunFileReader& reader, Facts& facts,
                                                 std::int64_t most = 20'000);

}  // namespace mailroom::viz
