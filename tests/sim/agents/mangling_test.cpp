// SPDX-License-Identifier: GPL-2.0-only
#include "sim/agents/mangling.hpp"

#include <gtest/gtest.h>

#include <cctype>
#include <string>

namespace mailroom::agents {
namespace {

constexpr std::string_view kHeader = "Subject: From here \xE4   \r\nX: 123456789012345678901234567890\r\n\r\n";

std::string text(std::string_view body) {
  return std::string(kHeader) + std::string(body);
}

TEST(Mangling, ClearsBitEightOfEveryOctet) {
  EXPECT_EQ(mangled("A: \xE4\r\n\r\n\xFF\x80 a\r\n", Mangle::clears_bit_8), std::string("A: d\r\n\r\n\x7F\0 a\r\n", 14));
  EXPECT_EQ(mangled("A: b\r\n\r\nc\r\n", Mangle::clears_bit_8), "A: b\r\n\r\nc\r\n");
}

TEST(Mangling, ConvertsWhatStandsAloneInTheBody) {
  EXPECT_EQ(mangled(text("a\nb\rc\r\nd\n\ne\r\r\nf"), Mangle::converts_line_ends),
            text("a\r\nb\r\nc\r\nd\r\n\r\ne\r\n\r\nf"));
  EXPECT_EQ(mangled("A: b\nc\r\n\r\nd", Mangle::converts_line_ends), "A: b\nc\r\n\r\nd");
}

TEST(Mangling, WrapsLinesOfTheBodyOnly) {
  EXPECT_EQ(mangled(text("12345678\r\n1234\r\n\r\n123456789"), Mangle::wraps_lines, 4),
            text("1234\r\n5678\r\n1234\r\n\r\n1234\r\n5678\r\n9"));
}

TEST(Mangling, TrimsBlanksAtTheEndOfLinesOfTheBody) {
  EXPECT_EQ(mangled(text("a b \t \r\n \t\r\nc"), Mangle::trims_blanks), text("a b\r\n\r\nc"));
}

TEST(Mangling, WritesFrom) {
  EXPECT_EQ(mangled(text("From me\r\nFrom: me\r\n>From me\r\n From\r\n"), Mangle::writes_from),
            text(">From me\r\nFrom: me\r\n>From me\r\n From\r\n"));
}

TEST(Mangling, TruncatesTheTextAndEndsItsLastLine) {
  const std::string whole = "A: b\r\n\r\n12345\r\n";
  EXPECT_EQ(mangled(whole, Mangle::truncates, 15), whole);
  EXPECT_EQ(mangled(whole, Mangle::truncates, 11), "A: b\r\n\r\n123\r\n");
  EXPECT_EQ(mangled(whole, Mangle::truncates, 14), "A: b\r\n\r\n12345\r\n");  // not in the middle of CR LF
  EXPECT_EQ(mangled(whole, Mangle::truncates, 3), "A: \r\n");
  EXPECT_EQ(mangled(whole, Mangle::truncates, 0), "");
}

TEST(Mangling, LeavesTextsWithoutBodyAlone) {
  for (const std::string_view header : {"A: From b  \r\n", "A: b", "", "\r\n"})
    for (const Mangle how : {Mangle::converts_line_ends, Mangle::wraps_lines, Mangle::trims_blanks, Mangle::writes_from})
      EXPECT_EQ(mangled(header, how, 1), header);
}

// What RFC 2045's encodings are good for: the table of a lecture, with decoders of our own that a reader can check.
std::string decoded_quoted_printable(std::string_view octets) {
  std::string made;
  for (std::size_t i = 0; i < octets.size(); ++i) {
    if (octets[i] != '=') {
      made += octets[i];
    } else if (octets.substr(i).starts_with("=\r\n")) {
      i += 2;
    } else {
      made += static_cast<char>(std::stoi(std::string(octets.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    }
  }
  return made;
}

std::string without_line_ends(std::string_view octets) {  // of base64: what a decoder overlooks
  std::string made;
  for (const char c : octets)
    if (std::isspace(static_cast<unsigned char>(c)) == 0) made += c;
  return made;
}

TEST(Mangling, DoesToEncodingsWhatTheTableOfTheLectureSays) {
  const std::string seven = "From me: " + std::string(1010, 'x') + "  \r\n";
  const std::string eight = "From me: \xE4" + std::string(1010, 'x') + "  \r\n";
  std::string quoted = "From me: =E4";  // lines of at most 76, blanks at the end encoded
  for (int i = 0; i < 15; ++i) quoted.append(i == 0 ? 63 : 75, 'x').append("=\r\n");
  quoted += "=20=20\r\n";
  std::string quoted_from = "=46rom me\r\n";
  std::string base64;
  for (int i = 0; i < 20; ++i) base64.append(72, 'Q').append("\r\n");
  struct Case {
    Mangle how;
    std::int64_t limit;
    bool seven, eight, quoted, base64;  // arrives as it was meant
  };
  const Case table[] = {
      {Mangle::clears_bit_8, 0, true, false, true, true},  {Mangle::wraps_lines, 998, false, false, true, true},
      {Mangle::wraps_lines, 80, false, false, true, true}, {Mangle::wraps_lines, 72, false, false, false, true},
      {Mangle::trims_blanks, 0, false, false, true, true}, {Mangle::writes_from, 0, false, false, false, true},
  };
  for (const Case& one : table) {
    const auto body = [&](const std::string& octets) {
      return mangled("A: b\r\n\r\n" + octets, one.how, one.limit).substr(8);
    };
    const auto label = testing::Message() << static_cast<int>(one.how) << " " << one.limit;
    EXPECT_EQ(body(seven) == seven, one.seven) << label;
    EXPECT_EQ(body(eight) == eight, one.eight) << label;
    EXPECT_EQ(decoded_quoted_printable(body(quoted)) == decoded_quoted_printable(quoted), one.quoted) << label;
    EXPECT_EQ(without_line_ends(body(base64)) == without_line_ends(base64), one.base64) << label;
    EXPECT_EQ(decoded_quoted_printable(body(quoted_from)), "From me\r\n") << label;
  }
}

}  // namespace
}  // namespace mailroom::agents
