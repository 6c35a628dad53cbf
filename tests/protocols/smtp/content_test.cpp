// SPDX-License-Identifier: GPL-2.0-only
// Transparency in both directions, and the texts by which mail has been honest_ends.
#include <gtest/gtest.h>

#include "protocols/smtp/content_decoder.hpp"
#include "protocols/smtp/content_encoder.hpp"

namespace mailroom::smtp {
namespace {

std::string encode(const std::string& text, std::size_t chunk) {
  ContentEncoder encoder(content_of(text));
  std::string out;
  for (std::string piece; !(piece = encoder.take(chunk)).empty();) {
    EXPECT_LE(piece.size(), chunk);
    out += piece;
  }
  EXPECT_TRUE(encoder.finished());
  return out;
}

TEST(SmtpContent, StuffsDotsAndEndsWithTheLoneDot) {
  struct Row {
    std::string text, wire;
  };
  for (const Row& row :
       {Row{"", ".\r\n"}, Row{"a\r\n", "a\r\n.\r\n"}, Row{"a", "a\r\n.\r\n"}, Row{".\r\n", "..\r\n.\r\n"},
        Row{"..a\r\n.b", "...a\r\n..b\r\n.\r\n"}, Row{"a.\r\nb.c", "a.\r\nb.c\r\n.\r\n"},
        Row{"\r\n", "\r\n.\r\n"}, Row{"\n.\n", "\n.\n\r\n.\r\n"}, Row{"a\r", "a\r\r\n.\r\n"},
        Row{"a\r.\r\n", "a\r.\r\n.\r\n"}, Row{"\n", "\n\r\n.\r\n"}})
    for (std::size_t chunk = 1; chunk < 12; ++chunk) EXPECT_EQ(encode(row.text, chunk), row.wire) << chunk;
}

TEST(SmtpContent, GivesOutPiecesAsOneText) {
  const std::string octets = "A: b\r\n\r\n.x\r\n";
  for (std::size_t one = 0; one <= octets.size(); ++one) {
    const std::string_view all = octets;
    ContentEncoder encoder(Content{.pieces = {all.substr(0, one), "", all.substr(one)}, .owner = nullptr});
    EXPECT_EQ(encoder.take(1000), "A: b\r\n\r\n..x\r\n.\r\n");
  }
}

TEST(SmtpContent, GivesOutABareLineEndAsABlank) {
  struct Row {
    std::string text, chunks, wire;
  };
  using std::string_literals::operator""s;
  for (const Row& row :
       {Row{"\r\n\0.\r\n"s, "\r\n .\r\n", "\r\n .\r\n.\r\n"}, Row{"a\r\0\n"s, "a   ", "a   \r\n.\r\n"},
        Row{"a\n.\nb\r\n", "a . b\r\n", "a . b\r\n.\r\n"}, Row{"\n.\r\n", " .\r\n", " .\r\n.\r\n"},
        Row{"\r.\r\r\n", " . \r\n", " . \r\n.\r\n"}, Row{"\r\n.\n", "\r\n. ", "\r\n.. \r\n.\r\n"},
        Row{"\r\n.\r", "\r\n. ", "\r\n.. \r\n.\r\n"}, Row{"\r", " ", " \r\n.\r\n"},
        Row{"\n\r\n\n", " \r\n ", " \r\n \r\n.\r\n"}, Row{"a\r\nb\r\n", "a\r\nb\r\n", "a\r\nb\r\n.\r\n"}})
    for (std::size_t cut = 0; cut <= row.text.size(); ++cut)
      for (std::size_t most = 1; most < 12; ++most) {
        const std::string_view all = row.text;
        const Content content{.pieces = {all.substr(0, cut), "", all.substr(cut)}, .owner = nullptr};
        ContentEncoder encoder(content, BareLineEndSent::as_blank);
        ChunkEncoder chunks(content, BareLineEndSent::as_blank);
        std::string wire, octets;
        while (!encoder.finished()) wire += encoder.take(most);
        while (chunks.left_octets() > 0) octets += chunks.take(most);
        EXPECT_EQ(wire, row.wire) << cut << ' ' << most;
        EXPECT_EQ(octets, row.chunks) << cut << ' ' << most;
      }
}

struct Decoded {
  std::string text;
  std::string after;
  ContentDecoder decoder;
};

Decoded decode(std::string_view octets, std::size_t cut = 0) {
  Decoded result;
  std::size_t read = result.decoder.decode(octets.substr(0, cut), result.text);
  if (read == cut) read += result.decoder.decode(octets.substr(cut), result.text);
  result.after = octets.substr(read);
  return result;
}

TEST(SmtpContent, ComesBackAsItWas) {
  for (const std::string text :
       {"", "\r\n", ".\r\n", "a\r\n..\r\n.b\r\n", "a\nb\rc\r\r\n", "\n.\n", "\r.\r\r\n"}) {
    const std::string octets = encode(text, 3);
    const std::string whole = text.empty() || text.ends_with("\r\n") ? text : text + "\r\n";
    for (std::size_t cut = 0; cut <= octets.size(); ++cut) {
      const Decoded back = decode(octets, cut);
      EXPECT_TRUE(back.decoder.finished());
      EXPECT_EQ(back.text, whole) << octets << " cut at " << cut;
      EXPECT_EQ(back.decoder.size_octets(), static_cast<std::int64_t>(whole.size()));
      EXPECT_EQ(back.after, "");
    }
  }
}

TEST(SmtpContent, LeavesWhatFollowsTheLoneDot) {
  EXPECT_EQ(decode("a\r\n.\r\nMAIL").after, "MAIL");
  EXPECT_EQ(decode(".\r\n.\r\n").after, ".\r\n");
}

// Every published end-of-data sequence by which one host took two messages where another took one, and their
// kin: CR, LF and NUL in all arrangements around a dot. None but CR LF . CR LF may end the text.
TEST(SmtpContent, OnlyCrLfDotCrLfEndsTheText) {
  const std::vector<std::string> ends = {"\r\n",
                                         "\n",
                                         "\r",
                                         "\r\r\n",
                                         "\r\n\r",
                                         "\n\n",
                                         "\r\r",
                                         "\n\r",
                                         std::string("\0", 1),
                                         std::string("\r\0\n", 3),
                                         std::string("\0\r\n", 3),
                                         std::string("\r\n\0", 3),
                                         "\x85",
                                         "\x8D\x8A",
                                         "\xE2\x80\xA8",
                                         " \r\n",
                                         "\t\r\n",
                                         ""};
  int honest_ends = 0;
  for (const std::string& before : ends)
    for (const std::string& after : ends) {
      const std::string attack = "one" + before + "." + after + "MAIL FROM:<evil@x.example>\r\n";
      const std::string octets = attack + ".\r\n";
      // What ends the line before the dot is its last CR LF; what comes after must begin with one.
      const bool is_end = before.ends_with("\r\n") && after.starts_with("\r\n");
      for (std::size_t cut = 0; cut <= octets.size(); ++cut) {
        const Decoded result = decode(octets, cut);
        ASSERT_TRUE(result.decoder.finished());
        ASSERT_EQ(!result.after.empty(), is_end) << testing::PrintToString(octets) << " cut at " << cut;
        if (is_end) continue;
        // The attack is content, less one stuffed dot where it starts a line.
        std::string content = attack;
        if (before.ends_with("\r\n")) content.erase(3 + before.size(), 1);
        ASSERT_EQ(result.text, content) << testing::PrintToString(octets);
      }
      honest_ends += is_end;
    }
  EXPECT_EQ(honest_ends, 15);  // five of the list end with CR LF, three begin with it
}

TEST(SmtpContent, SeesBareLineEnds) {
  for (const char* text : {"a\nb", "a\rb", "\n", "\r\r\n", "\n\r\n", ".\r.", ".\n", "a\r\n\n"})
    EXPECT_TRUE(decode(std::string(text) + "\r\n.\r\n").decoder.has_bare_line_end())
        << testing::PrintToString(text);
  for (const char* text : {"a", "a\r\nb", "", "..", "\r\n\r\n"})
    EXPECT_FALSE(decode(std::string(text) + "\r\n.\r\n").decoder.has_bare_line_end())
        << testing::PrintToString(text);
}

TEST(SmtpContent, SeesALineOver1000Octets) {
  const std::string end = "\r\n.\r\n";
  EXPECT_FALSE(decode(std::string(998, 'x') + end).decoder.has_long_line());
  EXPECT_TRUE(decode(std::string(999, 'x') + end).decoder.has_long_line());
  // The stuffed dot does not count (RFC 5321 §4.5.3.1.6).
  EXPECT_FALSE(decode(".." + std::string(997, 'x') + end).decoder.has_long_line());
  EXPECT_FALSE(decode(std::string(998, 'x') + "\r\n" + std::string(998, 'x') + end).decoder.has_long_line());
}

TEST(SmtpContent, SeesTheEighthBitWhereverItIs) {
  for (std::size_t length = 1; length < 20; ++length)
    for (std::size_t at = 0; at < length; ++at) {
      std::string text(length, 'x');
      EXPECT_FALSE(has_eighth_bit(text));
      text[at] = '\x80';
      EXPECT_TRUE(has_eighth_bit(text));
      EXPECT_TRUE(decode(text + "\r\n.\r\n").decoder.has_eighth_bit());
    }
}

}  // namespace
}  // namespace mailroom::smtp
