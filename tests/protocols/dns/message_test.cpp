// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/dns/message.hpp"

#include "protocols/dns/framing.hpp"
#include "tests/protocols/dns/said.hpp"
#include "tests/protocols/dns/values.hpp"

namespace mailroom::dns {
namespace {

Message everything() {
  Message out;
  out.id = 0x1234;
  out.is_response = true;
  out.is_authoritative = true;
  out.recursion_desired = true;
  out.rcode = Rcode::bad_version;
  out.questions = {{named("example"), Type::mx}};
  out.answers = {record("example", 3600, Mx{10, named("mx1.example")}),
                 record("example", 3600, Mx{20, named("MX1.example")}),
                 record("www.example", 60, Cname{named("a.b.example")}),
                 record("1.0.0.10.in-addr.arpa", 60, Ptr{named("mx1.example")})};
  out.authority = {
      record("example", 7200, Ns{named("ns.example")}),
      record("example", 7200, Soa{named("ns.example"), named("hostmaster.example"), 1, 2, 3, 4, 0xffffffff})};
  out.additional = {record("mx1.example", 300, A{0x0a000001}),
                    record("mx1.example", 300, Aaaa{*parse_ipv6("::1")}),
                    record("example", 300, Txt{{"", "v=spf1 -all", std::string(255, 'x')}}),
                    record("example", 300, Opaque{Type{65280}, std::string("\0\1", 2)})};
  out.edns = Edns{1232, 0, true, {{65001, "abc"}, {10, ""}}};
  return out;
}

std::string header(unsigned questions, unsigned answers, unsigned additional = 0) {
  std::string out("\x12\x34\x01\x00", 4);
  for (const unsigned count : {questions, answers, 0U, additional}) {
    out += static_cast<char>(count >> 8);
    out += static_cast<char>(count);
  }
  return out;
}

ParseError error_of(const std::string& octets) {
  const auto message = read_message(octets);
  EXPECT_FALSE(message) << hex(octets);
  return message ? ParseError{} : message.error();
}

TEST(DnsMessage, WrittenAndReadIsTheSame) {
  const Message message = everything();
  const std::string octets = write_message(message);
  const auto again = read_message(octets);
  ASSERT_TRUE(again) << again.error().offset << again.error().expected;
  EXPECT_EQ(said(*again), said(message));
  EXPECT_EQ(*again, message);
  EXPECT_TRUE(again->answers[1].data == message.answers[1].data &&
              std::get<Mx>(again->answers[1].data).exchange.text() == "MX1.example");
}

// RFC 1035 §4.1.1, §4.1.2, by hand.
TEST(DnsMessage, OfAQueryHasTheseOctets) {
  Message query;
  query.id = 0x1234;
  query.recursion_desired = true;
  query.questions = {{named("mx.example"), Type::a}};
  EXPECT_EQ(write_message(query), header(1, 0) + std::string("\2mx\7example\0\0\1\0\1", 16));
}

TEST(DnsMessage, HasPointersToEarlierNames) {
  Message message;
  message.id = 0x1234;
  message.recursion_desired = true;
  message.answers = {record("a.example", 0, Ns{named("b.a.example")}),
                     record("example", 0, Mx{7, named("a.example")})};
  EXPECT_EQ(hex(write_message(message).substr(kHeaderOctets)), hex(std::string("\1a\7example\0"
                                                                               "\0\2\0\1\0\0\0\0"
                                                                               "\0\4"
                                                                               "\1b\xc0\x0c"
                                                                               "\xc0\x0e"
                                                                               "\0\x0f\0\1\0\0\0\0"
                                                                               "\0\4"
                                                                               "\0\7\xc0\x0c",
                                                                               11 + 14 + 2 + 14)));
}

TEST(DnsMessage, LeavesNamesBeyondThePointersReachWhole) {
  Message message;
  for (int i = 0; i < 1200; ++i) message.answers.push_back(record(fmt::format("n{}.example", i), 0, A{1}));
  message.answers.push_back(record("n1199.example", 0, Ns{named("n0.example")}));
  const std::string octets = write_message(message);
  ASSERT_GT(octets.size(), 0x4000U);
  EXPECT_EQ(*read_message(octets), message);
}

TEST(DnsMessage, ReadsPointersThatLeadToPointers) {
  const std::string octets = header(3, 0) + std::string("\1a\0\0\1\0\1", 7) +
                             std::string("\1b\xc0\x0c\0\1\0\1", 8) + std::string("\xc0\x13\0\1\0\1", 6);
  const auto message = read_message(octets);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->questions[2].name.text(), "b.a");
}

TEST(DnsMessage, RefusesPointersThatLeadNowhereGood) {
  const auto question = [](std::string name) { return header(1, 0) + name + std::string("\0\1\0\1", 4); };
  constexpr std::string_view kEarlier = "a pointer to an earlier name";
  EXPECT_EQ(error_of(question("\xc0\x0c")), (ParseError{12, "RFC 1035 §4.1.4", kEarlier}));  // to itself
  EXPECT_EQ(error_of(question("\xc0\x0e")), (ParseError{12, "RFC 1035 §4.1.4", kEarlier}));  // onward
  EXPECT_EQ(error_of(question("\1a\xc0\x0c")),
            (ParseError{14, "RFC 1035 §4.1.4", kEarlier}));                    // to its start
  EXPECT_EQ(error_of(question(std::string("\xc0\0", 2))).expected, kEarlier);  // into the header
  EXPECT_EQ(error_of(question("\x40")).expected, "a label of at most 63 octets, or a pointer");
  EXPECT_EQ(error_of(question("\x80")).expected, "a label of at most 63 octets, or a pointer");
  // Two that lead to each other.
  EXPECT_EQ(error_of(header(2, 0) + std::string("\xc0\x12\0\1\0\1\xc0\x0c\0\1\0\1", 12)).offset, 12U);
}

TEST(DnsMessage, RefusesNamesOverTheLimitMadeByPointers) {
  std::string octets = header(5, 0);
  std::size_t last = 0;
  for (int i = 0; i < 5; ++i) {
    const std::size_t start = octets.size();
    octets += '\77' + std::string(63, 'x');
    if (i == 0) {
      octets += '\0';
    } else {
      octets += static_cast<char>(0xc0 | last >> 8);
      octets += static_cast<char>(last & 255);
    }
    octets += std::string("\0\1\0\1", 4);
    last = start;
  }
  EXPECT_EQ(error_of(octets).expected, "a name of at most 255 octets");
}

TEST(DnsMessage, TakesANameOf255OctetsAndNoneOf256) {
  for (const std::size_t last : {std::size_t{61}, std::size_t{62}}) {
    std::string octets = header(1, 0);
    for (int i = 0; i < 3; ++i) octets += '\77' + std::string(63, 'x');
    octets += static_cast<char>(last) + std::string(last, 'x') + '\0' + std::string("\0\1\0\1", 4);
    const auto message = read_message(octets);
    EXPECT_EQ(message.has_value(), last == 61) << last;
    EXPECT_EQ(message ? "" : message.error().expected, last == 61 ? "" : "a name of at most 255 octets");
  }
}

// Many pointers that lead to many pointers: 64 KB take no more time than their octets.
TEST(DnsMessage, IsReadInBoundedTimeWhateverItsPointers) {
  std::string octets = header(65535, 0) + std::string("\1a\0\0\1\0\1", 7);
  std::size_t last = 12;
  while (octets.size() < 0x3f00) {
    const std::size_t start = octets.size();
    octets += static_cast<char>(0xc0 | last >> 8);
    octets += static_cast<char>(last & 255);
    octets += std::string("\0\1\0\1", 4);
    last = start;
  }
  EXPECT_EQ(error_of(octets),
            (ParseError{19 + 127 * 6, "RFC 1035 §4.1.4", "a name with at most 127 pointers"}));
}

TEST(DnsMessage, RefusesRecordDataThatDoesNotFillItsLength) {
  const auto answer = [](std::string type_to_data) { return header(0, 1) + '\0' + type_to_data; };
  const std::string a("\0\1\0\1\0\0\0\0", 8);
  EXPECT_TRUE(read_message(answer(a + std::string("\0\4\1\2\3\4", 6))));
  EXPECT_EQ(error_of(answer(a + std::string("\0\3\1\2\3", 5))).expected, "the whole address");
  EXPECT_EQ(error_of(answer(a + std::string("\0\5\1\2\3\4\5", 7))),
            (ParseError{27, "RFC 1035 §3.2.1", "record data that ends where its length says"}));
  EXPECT_EQ(error_of(answer(a + std::string("\0\5\1\2\3\4", 6))).expected, "the whole record");
  const std::string txt("\0\x10\0\1\0\0\0\0", 8);
  EXPECT_FALSE(read_message(answer(txt + std::string("\0\0", 2))));
  EXPECT_TRUE(read_message(answer(txt + std::string("\0\1\0", 3))));
  EXPECT_EQ(error_of(answer(txt + std::string("\0\2\2x", 4))).expected, "the whole string");
}

TEST(DnsMessage, RefusesWhatFollowsItsLastRecord) {
  EXPECT_TRUE(read_message(header(0, 0)));
  EXPECT_EQ(error_of(header(0, 0) + "x").offset, 12U);
}

// RFC 6891 §6.1.1
TEST(DnsMessage, RefusesOptOutOfPlace) {
  const std::string opt("\0\0\x29\4\xd0\0\0\0\0\0\0", 11);
  const auto message = read_message(header(0, 0, 1) + opt);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->edns, (Edns{1232, 0, false, {}}));
  EXPECT_EQ(error_of(header(0, 0, 2) + opt + opt).expected, "one OPT record");
  EXPECT_EQ(error_of(header(0, 1) + opt).expected, "OPT in the additional section only");
  EXPECT_EQ(error_of(header(0, 0, 1) + "\1a" + opt).expected, "OPT at the root");
  EXPECT_FALSE(read_message(header(0, 0, 1) + std::string("\0\0\x29\4\xd0\0\0\0\0\0\3\0\1\0", 14)));
}

// RFC 2181 §8
TEST(DnsMessage, ReadsATtlWithItsHighestBitAsZero) {
  const auto ttl = [](std::string four) {
    return read_message(header(0, 1) + std::string("\0\0\1\0\1", 5) + four + std::string("\0\4\1\2\3\4", 6))
        ->answers[0]
        .ttl_s;
  };
  EXPECT_EQ(ttl("\x7f\xff\xff\xff"), 0x7fffffffU);
  EXPECT_EQ(ttl(std::string("\x80\0\0\1", 4)), 0U);
}

TEST(DnsMessage, LeavesOutWholeSetsWhereTheyDoNotFit) {
  Message message;
  message.is_response = message.is_authoritative = true;
  message.edns = Edns{};
  message.questions = {{named("example"), Type::txt}};
  message.answers = {record("example", 1, A{1}), record("example", 1, Txt{{std::string(200, 'x')}}),
                     record("example", 1, Txt{{std::string(255, 'y')}})};
  message.additional = {record("z.example", 1, A{2})};
  const std::string octets = write_message(message, 512);
  const auto read = read_message(octets);
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->is_truncated);
  EXPECT_TRUE(read->edns);
  EXPECT_EQ(read->answers.size(), 1U);
  EXPECT_TRUE(read->additional.empty());
  EXPECT_EQ(*read_message(write_message(message, 1232)), message);
}

// RFC 2181 §9: an additional section that is not needed may be short without TC; a referral's glue not.
TEST(DnsMessage, IsTruncatedForGlueButNotForCourtesies) {
  Message message;
  message.is_response = true;
  message.is_authoritative = true;
  message.authority = {record("example", 1, Ns{named("ns.example")})};
  message.additional = {record("ns.example", 1, Txt{{std::string(255, 'x'), std::string(255, 'x')}})};
  const auto courtesy = read_message(write_message(message, 512));
  EXPECT_TRUE(courtesy->additional.empty());
  EXPECT_FALSE(courtesy->is_truncated);
  message.is_authoritative = false;
  EXPECT_TRUE(read_message(write_message(message, 512))->is_truncated);
}

TEST(DnsMessage, HasTheCourtesiesThatFitAfterOneThatDoesNot) {
  Message message;
  message.is_response = message.is_authoritative = true;
  message.answers = {record("example", 1, A{1})};
  message.additional = {record("z.other", 1, Txt{{std::string(255, 'x'), std::string(255, 'x')}}),
                        record("z.other", 1, A{2}), record("y.example", 1, A{3})};
  const auto read = read_message(write_message(message, 512));
  ASSERT_TRUE(read);
  EXPECT_FALSE(read->is_truncated);
  EXPECT_EQ(texts(read->additional),
            (std::vector<std::string>{"z.other. 1 IN A 0.0.0.2", "y.example. 1 IN A 0.0.0.3"}));
}

TEST(DnsMessage, LeavesOutEdnsOptionsRatherThanTheAnswer) {
  Message message;
  message.questions = {{named("example"), Type::a}};
  message.edns = Edns{1232, 0, false, {{1, std::string(600, 'x')}}};
  const auto read = read_message(write_message(message, 512));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->questions, message.questions);
  EXPECT_TRUE(read->edns && read->edns->options.empty());
}

TEST(DnsMessage, HasAHeaderWhereTheRestIsNone) {
  EXPECT_FALSE(read_header("\x12\x34\x80"));
  const auto header = read_header("\x12\x34\xa1\x05");
  ASSERT_TRUE(header);
  EXPECT_EQ(header->id, 0x1234);
  EXPECT_TRUE(header->is_response);
  EXPECT_EQ(header->opcode, Opcode::notify);
  EXPECT_TRUE(header->recursion_desired);
  EXPECT_EQ(header->rcode, Rcode::refused);
}

TEST(DnsMessage, CutAnywhereIsAnErrorWithinIt) {
  const std::string octets = write_message(everything());
  ASSERT_TRUE(read_message(octets));
  for (std::size_t size = 0; size < octets.size(); ++size) {
    const auto message = read_message(std::string_view(octets).substr(0, size));
    ASSERT_FALSE(message) << size;
    EXPECT_LE(message.error().offset, size);
    EXPECT_FALSE(message.error().section.empty() || message.error().expected.empty());
  }
}

TEST(DnsMessage, OfAnyOctetsIsReadOrRefused) {
  std::uint32_t state = 1;
  const auto draw = [&] { return state = state * 1664525 + 1013904223; };
  const std::string good = write_message(everything());
  int read = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string octets = good;
    for (unsigned changes = 1 + (draw() >> 8) % 4; changes > 0; --changes)
      octets[(draw() >> 8) % octets.size()] = static_cast<char>(draw() >> 16);
    const auto message = read_message(octets);
    if (!message) {
      EXPECT_LE(message.error().offset, octets.size());
      continue;
    }
    ++read;
    EXPECT_EQ(*read_message(write_message(*message)), *message) << hex(octets);
  }
  EXPECT_GT(read, 1000);
  for (int i = 0; i < 20000; ++i) {
    std::string octets((draw() >> 8) % 64, '\0');
    for (char& c : octets) c = static_cast<char>(draw() >> 16);
    const auto message = read_message(octets);
    EXPECT_TRUE(message || message.error().offset <= octets.size());
  }
}

TEST(DnsFraming, GivesBackAnEmptyMessageAtOnce) {
  Deframer deframer;
  EXPECT_EQ(deframer.next(), std::nullopt);
  deframer.receive(std::string_view("\0\0", 2));
  EXPECT_EQ(deframer.next(), "");
  EXPECT_EQ(deframer.next(), std::nullopt);
}

TEST(DnsFraming, GivesBackEveryMessageHoweverItIsCut) {
  const std::vector<std::string> messages = {"", "a", std::string(65535, 'x'), "last"};
  std::string stream;
  for (const std::string& message : messages) stream += frame(message);
  for (const std::size_t piece :
       {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{1460}, stream.size()}) {
    Deframer deframer;
    std::vector<std::string> got;
    EXPECT_FALSE(deframer.next());
    for (std::size_t at = 0; at < stream.size(); at += piece) {
      deframer.receive(std::string_view(stream).substr(at, piece));
      while (auto message = deframer.next()) got.push_back(*message);
    }
    EXPECT_EQ(got, messages);
    EXPECT_FALSE(deframer.is_within_message());
  }
  Deframer cut;
  cut.receive(frame("abc").substr(0, 4));
  EXPECT_FALSE(cut.next());
  EXPECT_TRUE(cut.is_within_message());
}

}  // namespace
}  // namespace mailroom::dns
