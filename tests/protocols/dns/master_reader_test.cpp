// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/dns/master_reader.hpp"

#include "protocols/dns/master_lexer.hpp"
#include "tests/protocols/dns/values.hpp"

namespace mailroom::dns {
namespace {

std::string read(std::string_view line) {
  MasterReader reader(named("example"), 3600);
  const auto record = reader.read_line(line);
  if (!record) return std::to_string(record.error().offset) + ": " + std::string(record.error().expected);
  return *record ? text(**record) : "nothing";
}

TEST(DnsMasterReader, ReadsWhatScenariosSay) {
  EXPECT_EQ(read("www A 10.0.0.1"), "www.example. 3600 IN A 10.0.0.1");
  EXPECT_EQ(read("@ MX 10 mx1"), "example. 3600 IN MX 10 mx1.example.");
  EXPECT_EQ(read("@ MX 0 ."), "example. 3600 IN MX 0 .");
  EXPECT_EQ(read("@ MX 20 mail.other."), "example. 3600 IN MX 20 mail.other.");
  EXPECT_EQ(read("ftp CNAME www"), "ftp.example. 3600 IN CNAME www.example.");
  EXPECT_EQ(read("* MX 5 @"), "*.example. 3600 IN MX 5 example.");
  EXPECT_EQ(read("1.0.0.10.in-addr.arpa. PTR mx1"), "1.0.0.10.in-addr.arpa. 3600 IN PTR mx1.example.");
  EXPECT_EQ(read("@ SOA ns hostmaster 7 1h 10m 1w 300"),
            "example. 3600 IN SOA ns.example. hostmaster.example. 7 3600 600 604800 300");
  EXPECT_EQ(read("www AAAA 2001:DB8::1"), "www.example. 3600 IN AAAA 2001:db8::1");
  EXPECT_EQ(read("@ TXT \"v=spf1 mx -all\" plain a\\;b \"a\\\"b\\\\c\\065\""),
            "example. 3600 IN TXT \"v=spf1 mx -all\" \"plain\" \"a;b\" \"a\\\"b\\\\cA\"");
  EXPECT_EQ(read("@ TXT \"\""), "example. 3600 IN TXT \"\"");
  EXPECT_EQ(read("@ TYPE65280 \\# 4 0a0b 0C0D"), "example. 3600 IN TYPE65280 \\# 4 0a0b0c0d");
  EXPECT_EQ(read("@ TYPE65280 \\# 0"), "example. 3600 IN TYPE65280 \\# 0");
}

TEST(DnsMasterReader, ReadsTtlAndClassInEitherOrder) {
  for (const char* line : {"www 60 IN A 10.0.0.1", "www IN 60 A 10.0.0.1", "www 1m a 10.0.0.1 ; a comment",
                           "\\119ww.example. 60 A 10.0.0.1\r\n", "WWW\t60\tA\t10.0.0.1"}) {
    MasterReader reader(named("example"), 3600);
    const auto got = reader.read_line(line);
    ASSERT_TRUE(got && *got) << line;
    EXPECT_EQ(**got, record("www.example", 60, A{0x0a000001})) << line;
  }
  EXPECT_EQ(read("60 A 10.0.0.1"), "60.example. 3600 IN A 10.0.0.1");
  EXPECT_EQ(read("www IN IN A 10.0.0.1"),
            "7: a type: A, AAAA, CNAME, MX, NS, PTR, SOA, TXT or TYPE and its number");
}

TEST(DnsMasterReader, ReadsDurations) {
  EXPECT_EQ(parse_duration_s("90"), 90U);
  EXPECT_EQ(parse_duration_s("1h30m"), 5400U);
  EXPECT_EQ(parse_duration_s("2W1D"), 15U * 86400);
  EXPECT_EQ(parse_duration_s("2147483647"), 2147483647U);
  for (const char* wrong : {"", "h", "1x", "2147483648", "4000w", "1h-", "99999999999999999999"})
    EXPECT_FALSE(parse_duration_s(wrong)) << wrong;
}

TEST(DnsMasterReader, ReadsNothingFromBlanksAndComments) {
  for (const char* line : {"", "   ", "; a comment", "  ; a comment", "\r\n"})
    EXPECT_EQ(read(line), "nothing");
}

TEST(DnsMasterReader, KeepsOwnerOriginAndTtl) {
  MasterReader reader(named("example"), 3600);
  EXPECT_FALSE(reader.read_line("  A 10.0.0.1"));
  ASSERT_TRUE(reader.read_line("www A 10.0.0.1"));
  EXPECT_EQ(text(**reader.read_line("  A 10.0.0.2")), "www.example. 3600 IN A 10.0.0.2");
  EXPECT_EQ(*reader.read_line("$ORIGIN sub"), std::nullopt);
  EXPECT_EQ(*reader.read_line("$TTL 5m"), std::nullopt);
  EXPECT_FALSE(reader.read_line("$TTL"));
  EXPECT_FALSE(reader.read_line("wrong A 1"));
  EXPECT_EQ(text(**reader.read_line(" A 10.0.0.3")), "www.example. 300 IN A 10.0.0.3");
  EXPECT_EQ(text(**reader.read_line("@ NS ns")), "sub.example. 300 IN NS ns.sub.example.");
}

TEST(DnsMasterReader, SaysWhereALineIsWrong) {
  const auto said = std::to_array<std::pair<const char*, const char*>>({
      {"www", "3: a type: A, AAAA, CNAME, MX, NS, PTR, SOA, TXT"},
      {"www A", "5: an IPv4 address"},
      {"www A 10.0.0.256", "6: an IPv4 address"},
      {"www A \"10.0.0.1\"", "6: an IPv4 address"},
      {"www A 10.0.0.1 10.0.0.2", "15: the end of the line"},
      {"www AAAA 10.0.0.1", "9: an IPv6 address"},
      {"@ MX mx1", "5: a preference of at most 65535"},
      {"@ MX 65536 mx1", "5: a preference of at most 65535"},
      {"@ MX 10", "7: the mail exchanger's name"},
      {"@ MX 10 a..b", "10: a label of at least one octet before the dot"},
      {"@ MX 10 mx1 ; primary", "example. 3600 IN MX 10 mx1.example."},
      {"www CH A 10.0.0.1", "4: a type: A, AAAA, CNAME, MX, NS, PTR, SOA, TXT or TYPE and its number"},
      {"www ANY x", "4: a type: A, AAAA, CNAME, MX, NS, PTR, SOA, TXT or TYPE and its number"},
      {"www TYPE252 \\# 0", "4: a type: A, AAAA, CNAME, MX, NS, PTR, SOA, TXT or TYPE and its number"},  // AXFR
      {"@ TXT", "5: a string"},
      {"@ TXT \"open", "6: a closing quote"},
      {"@ TXT \"a\\300\"", "8: a number of at most 255 after the backslash"},
      {"@ SOA ns h (1 2 3 4 5)", "11: a record on one line, without parentheses"},
      {"@ SOA ns h 1 2 3 4", "18: the time that a negative answer may be cached"},
      {"@ TYPE65280 0a", "12: \\#, a length, and as many octets as hex digits"},
      {"@ TYPE65280 \\# 2 0a", "17: \\#, a length, and as many octets as hex digits"},
      {"@ TYPE65280 \\# 1 0g", "17: \\#, a length, and as many octets as hex digits"},
      {"$INCLUDE x", "0: $ORIGIN, $TTL or a record"},
      {"\"www\" A 10.0.0.1", "0: an owner's name, or @"},
  });
  for (const auto& [line, expected] : said) EXPECT_EQ(read(line), expected) << line;
  EXPECT_EQ(read("@ TXT " + std::string(256, 'x')),
            "6: a string of at most 255 octets; several may follow each other");
}

TEST(DnsMasterReader, ReadsBackWhatRecordsSay) {
  for (const Record& each :
       {record("\\000\\.x.example", 1, Txt{{"", std::string("\0\xff\"\\;", 5)}}),
        record(".", 0, Ns{named("@.x")}), record("x", 9, Soa{named("a"), named("b"), 0xffffffff, 1, 2, 3, 4}),
        record("x", 9, Opaque{Type{99}, "ab"}), record("*.x", 9, Mx{65535, Name()}),
        record("x", 9, Aaaa{*parse_ipv6("1::2")})}) {
    MasterReader reader(named("other"), 3600);
    const auto again = reader.read_line(text(each));
    ASSERT_TRUE(again && *again) << text(each) << ": " << again.error().expected;
    EXPECT_EQ(**again, each) << text(each);
  }
}

TEST(DnsMasterReader, TakesOrRefusesAnyCharacters) {
  std::uint32_t state = 7;
  const auto draw = [&] { return (state = state * 1664525 + 1013904223) >> 8; };
  constexpr std::string_view kPieces[] = {"@", " ", " A ", "MX ", "10",   "\"",   "\\", "\\0",
                                          "(", ";", "$",   ".",   "TXT ", "\xff", "x"};
  for (int i = 0; i < 20000; ++i) {
    std::string line;
    for (unsigned pieces = draw() % 10; pieces > 0; --pieces) line += kPieces[draw() % std::size(kPieces)];
    MasterReader reader(named("example"), 1);
    const auto got = reader.read_line(line);
    EXPECT_TRUE(got || got.error().offset <= line.size()) << line;
  }
}

}  // namespace
}  // namespace mailroom::dns
