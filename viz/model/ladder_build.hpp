// SPDX-License-Identifier: GPL-2.0-only
// Rows out of events. Internal to viz/model.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "viz/model/ladder_gather.hpp"
#include "viz/model/segment.hpp"

namespace mailroom::viz {

class LadderBuilder {
 public:
  LadderBuilder(trace::RunFileReader& reader, const LadderQuestion& question, LadderEvents events);
  std::expected<Ladder, trace::FileError> build();

 private:
  using Event = trace::StoredEvent;

  void take(const Event& e);
  void take_line(const Event& e);
  void take_arrival(const Event& e);
  void take_content(const Event& e);
  void take_connection(const Event& e);
  void take_established(const Event& e);
  void take_query(const Event& e);
  void take_frame(const Event& e);
  void take_frame_sent(const Event& e);
  void take_phase(const Event& e);
  void take_mark(const Event& e);

  int lane(trace::HostId host);
  LadderParty party(const Event& e) const;
  LadderRow row_of(const Event& e, LadderRow::What what) const;
  std::size_t add(LadderRow row);
  void add_mark(const Event& e, std::string text);
  bool joins_last_mark(const Event& e);
  void settle();
  void add_gaps();
  void close_phases();

  trace::RunFileReader& reader_;
  LadderEvents events_;
  Ladder ladder_;
  std::map<trace::HostId, int> lanes_;
  std::unordered_map<trace::EventId, std::size_t> sent_;  // an arrow's first end -> its row
  // Lines on their way, oldest first: where causes do not say what belongs together.
  using Way = std::tuple<trace::SessionId, LadderRow::What>;
  std::map<Way, std::deque<std::size_t>> on_the_way_;
  struct Saying {
    struct Question {
      smtp::Verb verb{};
      bool is_text = false;  // the last octet of a message text
    };
    std::deque<Question> asked{};  // commands and texts that were not answered yet
    smtp::Verb last_command = smtp::Verb::unknown;
    bool is_challenged = false;  // the last reply was 334
  };
  std::map<trace::SessionId, Saying> sayings_;
  std::set<std::pair<trace::SessionId, trace::HostId>> closed_;
  std::map<trace::ConnectionId, std::size_t> asked_;  // connections that are being established
  std::map<trace::SessionId, std::size_t> phase_of_;  // the one that it is in
  struct LastMark {
    std::size_t row = 0;
    int count = 0;
    std::string text{};  // without the count
  };
  std::optional<LastMark> last_mark_;
  // Segments on their way, and where their numbers begin in each direction.
  using SegmentKey = std::tuple<std::uint32_t, std::uint32_t, std::uint16_t, std::uint16_t, std::uint16_t,
                                std::uint32_t, std::uint8_t, std::uint32_t>;
  std::map<SegmentKey, std::size_t> segments_;
  std::map<trace::ConnectionId, std::vector<std::size_t>> segments_on_the_way_;
  std::map<std::tuple<std::uint32_t, std::uint16_t, std::uint32_t, std::uint16_t>, std::uint32_t> first_seq_;
  std::optional<trace::FileError> failure_;
};

// What a mark says, in the lecture's words; empty: the kind makes no mark.
std::string mark_text(trace::RunFileReader& reader, const trace::StoredEvent& event);
// Of a mark that stands for `count` of one kind at once ("3 recipients").
std::string mark_text_of_many(const std::string& text, int count);
// "15 min", "1 h 20 min", "2.5 s"
std::string wait_text(std::int64_t lasts_ns);

}  // namespace mailroom::viz
