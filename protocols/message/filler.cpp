// SPDX-License-Identifier: GPL-2.0-only
// Generated message text; declared in compose.hpp.
#include <algorithm>
#include <array>

#include "protocols/message/compose.hpp"

namespace mailroom::message {
namespace {

constexpr std::array<std::string_view, 64> kWords = {
    "the",     "letter",   "road",    "a",       "river",   "train",  "morning", "and",
    "garden",  "window",   "paper",   "over",    "bridge",  "slow",   "quiet",   "of",
    "house",   "winter",   "harbour", "under",   "lamp",    "green",  "market",  "with",
    "teacher", "evening",  "stone",   "small",   "bright",  "along",  "station", "cloud",
    "table",   "between",  "old",     "village", "story",   "near",   "chair",   "wind",
    "open",    "mountain", "then",    "field",   "kitchen", "long",   "after",   "island",
    "silver",  "before",   "clock",   "warm",    "through", "street", "apple",   "summer",
    "behind",  "music",    "tall",    "when",    "postman", "across", "forest",  "now"};

// A counter through Steele, Lea and Flood's 64-bit mixing function (2014): integers only, so the same
// everywhere.
class WordSource {
 public:
  explicit WordSource(std::uint64_t key) : state_(key) {}
  std::string_view next() { return kWords[mixed() % kWords.size()]; }
  bool ends_sentence() { return mixed() % 9 == 0; }

 private:
  std::uint64_t mixed() {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
  }
  std::uint64_t state_;
};

constexpr std::size_t kLongestFillerLine = 72;

// Appends words up to kLongestFillerLine octets.
void append_line(std::string& out, WordSource& words, bool& begins_sentence) {
  const std::size_t start = out.size();
  while (true) {
    const std::string_view word = words.next();
    const bool ends = words.ends_sentence();
    const std::size_t needed = (out.size() > start ? 1 : 0) + word.size() + (ends ? 1 : 0);
    if (out.size() - start + needed > kLongestFillerLine) return;
    if (out.size() > start) out += ' ';
    const std::size_t first_letter = out.size();
    out += word;
    if (begins_sentence) out[first_letter] = static_cast<char>(out[first_letter] - 'a' + 'A');
    if (ends) out += '.';
    begins_sentence = ends;
  }
}

}  // namespace

std::string filler_text(std::size_t size_bytes, std::uint64_t key) {
  WordSource words(key);
  std::string out;
  if (size_bytes == 1) return "x";
  out.reserve(size_bytes);
  bool begins_sentence = true;
  while (out.size() < size_bytes) {
    const std::size_t left = size_bytes - out.size();
    const std::size_t start = out.size();
    append_line(out, words, begins_sentence);
    // The last line is what is left of the room; any line before it leaves room for at least an empty one.
    if (left <= kLongestFillerLine + 4) {
      out.resize(start + left - 2, '.');
      if (out.size() > start && out.back() == ' ') out.back() = '.';
    }
    out += "\r\n";
  }
  return out;
}

std::size_t fill_to_size(Draft& draft, std::size_t total_bytes, std::uint64_t key) {
  draft.text.clear();
  const std::size_t header_bytes = compose(draft).size();
  if (total_bytes <= header_bytes) return header_bytes;
  draft.text = filler_text(std::max<std::size_t>(total_bytes - header_bytes, 2), key);
  return header_bytes + draft.text.size();
}

}  // namespace mailroom::message
