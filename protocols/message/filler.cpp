// SPDX-License-Identifier: GPL-2.0-only
// Generated message text; declared in compose.hpp.
#include <algorithm>
#include <array>
#include <cstring>

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

constexpr std::size_t kLongestFillerLine = 72;

// Every word takes eight octets here, so that copying one is one move.
struct Word {
  char octets[8];
  std::size_t size;
};

constexpr auto kMovable = [] {
  std::array<Word, kWords.size()> words{};
  for (std::size_t i = 0; i < kWords.size(); ++i) {
    words[i].size = kWords[i].size();
    std::copy(kWords[i].begin(), kWords[i].end(), words[i].octets);
  }
  return words;
}();

// A counter through Steele, Lea and Flood's 64-bit mixing function (2014): integers only, so the same
// everywhere.
class WordSource {
 public:
  explicit WordSource(std::uint64_t key) : state_(key) {}
  const Word& next() { return kMovable[mixed() % kMovable.size()]; }
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

// Appends words up to kLongestFillerLine octets.
void append_line(std::string& out, WordSource& words, bool& begins_sentence) {
  char line[kLongestFillerLine + sizeof(Word::octets)];
  std::size_t length = 0;
  while (true) {
    const Word& word = words.next();
    const bool ends = words.ends_sentence();
    const std::size_t needed = (length > 0 ? 1 : 0) + word.size + (ends ? 1 : 0);
    if (length + needed > kLongestFillerLine) break;
    if (length > 0) line[length++] = ' ';
    std::memcpy(line + length, word.octets, sizeof word.octets);
    if (begins_sentence) line[length] = static_cast<char>(line[length] - 'a' + 'A');
    length += word.size;
    if (ends) line[length++] = '.';
    begins_sentence = ends;
  }
  out.append(line, length);
}

void append_filler(std::string& out, std::size_t size_bytes, std::uint64_t key) {
  const std::size_t end = out.size() + size_bytes;
  out.reserve(end + kLongestFillerLine);
  if (size_bytes == 1) {
    out += 'x';
    return;
  }
  WordSource words(key);
  bool begins_sentence = true;
  while (out.size() < end) {
    const std::size_t left = end - out.size();
    const std::size_t start = out.size();
    append_line(out, words, begins_sentence);
    // The last line is what is left of the room; any line before it leaves room for at least an empty one.
    if (left <= kLongestFillerLine + 4) {
      out.resize(start + left - 2, '.');
      if (out.size() > start && out.back() == ' ') out.back() = '.';
    }
    out += "\r\n";
  }
}

}  // namespace

std::string filler_text(std::size_t size_bytes, std::uint64_t key) {
  std::string out;
  append_filler(out, size_bytes, key);
  return out;
}

std::size_t fill_to_size(Draft& draft, std::size_t total_bytes, std::uint64_t key) {
  draft.text.clear();
  const std::size_t header_bytes = compose(draft).size();
  if (total_bytes <= header_bytes) return header_bytes;
  draft.text = filler_text(std::max<std::size_t>(total_bytes - header_bytes, 2), key);
  return header_bytes + draft.text.size();
}

std::string compose_to_size(Draft draft, std::size_t total_bytes, std::uint64_t key) {
  draft.text.clear();
  std::string out = compose(draft);
  // Filler has the line ends that composing would give it.
  if (total_bytes > out.size()) append_filler(out, std::max<std::size_t>(total_bytes - out.size(), 2), key);
  return out;
}

}  // namespace mailroom::message
