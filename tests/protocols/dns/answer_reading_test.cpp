// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/dns/answer_reading.hpp"

#include "tests/protocols/dns/values.hpp"

namespace mailroom::dns {
namespace {

using Kind = AnswerReading::Kind;
using testing::ElementsAre;
using testing::IsEmpty;

const Soa kSoa{named("ns.example"), named("h.example"), 1, 1, 1, 1, 300};

// An answer to www.example A of a server of example.
class DnsAnswerReading : public testing::Test {
 protected:
  AnswerReading read(Type type = Type::a) {
    return read_answer(message, {named("www.example"), type}, named("example"));
  }
  Message message{.is_response = true, .is_authoritative = true};
};

TEST_F(DnsAnswerReading, FindsRecords) {
  EXPECT_EQ(read().kind, Kind::no_data);
  message.answers = {record("www.example", 60, A{1}), record("WWW.example", 60, A{2}),
                     record("other.example", 60, A{3}), record("www.example", 60, Mx{1, named("x")})};
  const AnswerReading reading = read();
  EXPECT_EQ(reading.kind, Kind::records);
  EXPECT_EQ(reading.records.size(), 2U);
  ASSERT_EQ(reading.to_cache.size(), 1U);  // what was not asked for is not remembered
  EXPECT_EQ(reading.to_cache[0].rank, Rank::authoritative_answer);
  EXPECT_EQ(read(Type::any).records.size(), 3U);
  EXPECT_THAT(read(Type::any).to_cache, IsEmpty());
  message.is_authoritative = false;
  EXPECT_EQ(read().to_cache[0].rank, Rank::answer);
}

TEST_F(DnsAnswerReading, FollowsAliasesInAnyOrder) {
  message.answers = {record("b.example", 60, A{1}), record("a.example", 60, Cname{named("b.example")}),
                     record("www.example", 60, Cname{named("a.example")})};
  const AnswerReading reading = read();
  EXPECT_EQ(reading.kind, Kind::records);
  EXPECT_EQ(reading.last, named("b.example"));
  EXPECT_EQ(reading.aliases.size(), 2U);
  EXPECT_EQ(read(Type::cname).last, named("www.example"));
  message.answers.erase(message.answers.begin());
  EXPECT_EQ(read().kind, Kind::alias);
  message.answers[0] = record("a.example", 60, Cname{named("www.example")});
  EXPECT_EQ(read().aliases.size(), 2U);  // a loop ends
}

TEST_F(DnsAnswerReading, FindsDenials) {
  message.rcode = Rcode::name_error;
  EXPECT_EQ(read().kind, Kind::no_such_name);
  EXPECT_EQ(read().denial_ttl_s, std::nullopt);
  message.authority = {record("example", 7200, kSoa)};
  EXPECT_EQ(read().denial_ttl_s, 300U);
  message.is_authoritative = false;
  EXPECT_EQ(read().kind, Kind::no_such_name);
  message.rcode = Rcode::no_error;
  message.authority[0].ttl_s = 60;
  EXPECT_EQ(read().kind, Kind::no_data);
  EXPECT_EQ(read().denial_ttl_s, 60U);
  // Of a zone that does not hold the name.
  message.authority[0].owner = named("sub.example");
  EXPECT_EQ(read().kind, Kind::lame);
  message.rcode = Rcode::name_error;
  EXPECT_EQ(read().kind, Kind::lame);
}

// RFC 6604: the code is about the last name; of another zone's names this server is no witness.
TEST_F(DnsAnswerReading, FindsDenialsAfterAliases) {
  message.rcode = Rcode::name_error;
  message.answers = {record("www.example", 60, Cname{named("gone.example")})};
  EXPECT_EQ(read().kind, Kind::no_such_name);
  EXPECT_EQ(read().last, named("gone.example"));
  message.answers = {record("www.example", 60, Cname{named("gone.other")})};
  message.authority = {record("other", 60, kSoa)};
  EXPECT_EQ(read().kind, Kind::alias);
}

TEST_F(DnsAnswerReading, FindsReferralsDownward) {
  message.is_authoritative = false;
  message.authority = {record("www.example", 60, Ns{named("ns.www.example")}),
                       record("www.example", 60, Ns{named("ns.other")})};
  message.additional = {record("ns.www.example", 60, A{1}), record("ns.other", 60, A{2}),
                        record("unasked.example", 60, A{3})};
  const AnswerReading reading = read();
  EXPECT_EQ(reading.kind, Kind::referral);
  EXPECT_EQ(reading.zone, named("www.example"));
  EXPECT_THAT(reading.servers, ElementsAre(named("ns.www.example"), named("ns.other")));
  // Glue for the servers, within the zone asked.
  ASSERT_EQ(reading.to_cache.size(), 2U);
  EXPECT_EQ(reading.to_cache[0].rank, Rank::referral);
  EXPECT_EQ(reading.to_cache[1].rank, Rank::additional);
  EXPECT_EQ(reading.to_cache[1].set[0].owner, named("ns.www.example"));
}

TEST_F(DnsAnswerReading, FindsThatWhatAnAliasLeadsToHasNoData) {
  message.answers = {record("www.example", 60, Cname{named("web.example")})};
  message.authority = {record("example", 60, kSoa)};
  EXPECT_EQ(read().kind, Kind::no_data);
  EXPECT_EQ(read().last, named("web.example"));
}

TEST_F(DnsAnswerReading, FollowsTheReferralToOneZoneWhereSeveralAreNamed) {
  message.is_authoritative = false;
  message.authority = {record("www.example", 60, Ns{named("ns1.other")}), record("a.www.example", 60, Ns{named("ns2.other")}),
                       record("www.example", 60, Ns{named("ns3.other")})};
  const AnswerReading reading = read_answer(message, {named("a.www.example"), Type::a}, named("example"));
  ASSERT_EQ(reading.kind, Kind::referral);
  EXPECT_EQ(reading.zone, named("www.example"));
  EXPECT_THAT(reading.servers, ElementsAre(named("ns1.other"), named("ns3.other")));
}

// RFC 2308 §2.2: an authority that says nothing has nothing, whatever servers it names.
TEST_F(DnsAnswerReading, TakesNoReferralFromTheAuthorityItself) {
  message.authority = {record("www.example", 60, Ns{named("ns.other")})};
  EXPECT_EQ(read().kind, Kind::no_data);
}

TEST_F(DnsAnswerReading, FindsNoReferralThatLeadsElsewhere) {
  message.is_authoritative = false;
  for (const char* where : {"example", ".", "sub.example", "other", "a.www.example"}) {
    message.authority = {record(where, 60, Ns{named("ns.example")})};
    EXPECT_EQ(read().kind, Kind::lame) << where;
    EXPECT_FALSE(read().why.empty());
  }
  message.authority.clear();
  EXPECT_EQ(read().kind, Kind::lame);
}

}  // namespace
}  // namespace mailroom::dns
