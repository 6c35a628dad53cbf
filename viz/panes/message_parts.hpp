// SPDX-License-Identifier: GPL-2.0-only
// The parts of a message, one by one: where it is now, envelope and header, trace, text. Keeps what it has found out until the
// moment or the message is another.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "viz/model/delay.hpp"
#include "viz/model/letter.hpp"
#include "viz/model/raw_text.hpp"
#include "viz/model/responsibility.hpp"
#include "viz/model/why.hpp"
#include "viz/panes/pieces.hpp"

namespace mailroom::viz {

// A line of the tree of copies.
struct CopyLine {
  trace::CopyId copy{};      // 0: some that are left out
  int depth = 0;
  std::string head{};        // "copy 5  mx2"
  std::string recipient{};   // told where it changes
  std::string end{};
  story::Tone tone{};
};

class MessageParts {
 public:
  // Before all others, in each frame. `copy`: 0 for the message as a whole.
  void show(Desk& desk, trace::MessageId message, trace::CopyId copy);

  const Letter& letter() const { return letter_; }

  void draw_debt(Desk& desk);
  void draw_offers(Desk& desk);
  void draw_copies(Desk& desk);
  void draw_tries(Desk& desk);
  void draw_delay(Desk& desk);
  void draw_letter(Desk& desk);
  void draw_trace(Desk& desk);
  void draw_structure(Desk& desk);
  void draw_raw(Desk& desk);

 private:
  struct Key {
    trace::EventId event{};
    trace::MessageId message{};
    trace::CopyId copy{};
    friend bool operator==(const Key&, const Key&) = default;
  };
  // What the letter is made of: it does not change with every event.
  struct LetterKey {
    trace::MessageId message{};
    trace::CopyId copy{};
    std::size_t copies = 0;
    trace::CopyId delivered{};
    friend bool operator==(const LetterKey&, const LetterKey&) = default;
  };
  void find_letter(Desk& desk, const trace::Message& message);
  void find_tries(Desk& desk);
  void find_copies(const trace::World& world);
  void find_delay(Desk& desk, const trace::Message& message);
  void add_copies(const trace::World& world, std::vector<trace::CopyId> copies, int depth, trace::RecipientId above);

  std::optional<Key> key_;
  double found_s_ = 0;  // when, of the wall clock
  std::optional<LetterKey> letter_key_;
  std::optional<story::Names> names_;
  Letter letter_;
  std::vector<RawLine> lines_;
  std::vector<CopyLine> copies_;
  std::vector<Owed> owed_;
  std::vector<WhyOffer> offers_;
  std::vector<trace::StoredEvent> tries_;
  std::vector<std::string> tries_told_;
  std::optional<Delay> delay_;
  trace::CopyId delay_of_{};
};

}  // namespace mailroom::viz
