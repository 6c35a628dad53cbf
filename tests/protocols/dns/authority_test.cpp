// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/dns/authority.hpp"

#include "tests/protocols/dns/values.hpp"

namespace mailroom::dns {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::string_view kSoa = "example. 300 IN SOA ns.example. hostmaster.example. 1 3600 600 604800 300";

Authority server(AuthorityOptions options = {}) {
  Authority out(options);
  out.add(zone("example", {"@ SOA ns hostmaster 1 3600 600 604800 300",
                           "@ NS ns",
                           "ns A 10.0.0.1",
                           "@ MX 10 mx1",
                           "@ MX 20 mx2",
                           "@ MX 30 mx.other.",
                           "mx1 A 10.0.0.2",
                           "mx1 AAAA 2001:db8::2",
                           "mx2 A 10.0.0.3",
                           "null MX 0 .",
                           "www CNAME web",
                           "web CNAME mx1",
                           "far CNAME www.elsewhere.",
                           "over CNAME a.other.",
                           "gone CNAME missing",
                           "loop1 CNAME loop2",
                           "loop2 CNAME loop1",
                           "both CNAME mx1",
                           "both MX 1 mx2",
                           "a.b.c TXT deep",
                           "*.wild MX 7 mx1",
                           "*.wild TXT starred",
                           "host.wild A 10.0.0.9",
                           "sub.deep.wild A 10.0.0.9",
                           "*.alias CNAME mx1",
                           "child NS ns.child",
                           "child NS ns.elsewhere.",
                           "ns.child A 10.0.1.1",
                           "intochild CNAME www.child"}));
  out.add(zone("other", {"@ SOA ns hostmaster 1 3600 600 604800 300", "mx A 10.0.2.1", "a A 10.0.2.2"}));
  out.add(zone("bare", {"www A 10.0.3.1"}));
  return out;
}

ServerReply ask(std::string_view name, Type type) {
  const auto reply = server().receive(write_message(query(name, type)), Transport::tcp);
  EXPECT_TRUE(reply);
  EXPECT_EQ(*read_message(reply->octets), reply->message);
  EXPECT_TRUE(reply->message.is_response);
  EXPECT_FALSE(reply->message.recursion_available);
  EXPECT_EQ(reply->message.id, 0x1234);
  EXPECT_EQ(reply->message.questions, query(name, type).questions);
  return *reply;
}

TEST(DnsAuthority, AnswersWithTheAddressesOfTheExchangers) {
  const ServerReply reply = ask("Example", Type::mx);
  EXPECT_EQ(reply.kind, ReplyKind::answer);
  EXPECT_TRUE(reply.message.is_authoritative);
  EXPECT_EQ(reply.message.rcode, Rcode::no_error);
  // The owner is written as it was asked for.
  EXPECT_THAT(texts(reply.message.answers),
              ElementsAre("Example. 3600 IN MX 10 mx1.example.", "Example. 3600 IN MX 20 mx2.example.",
                          "Example. 3600 IN MX 30 mx.other."));
  EXPECT_THAT(texts(reply.message.additional),
              ElementsAre("mx1.example. 3600 IN A 10.0.0.2", "mx1.example. 3600 IN AAAA 2001:db8::2",
                          "mx2.example. 3600 IN A 10.0.0.3", "mx.other. 3600 IN A 10.0.2.1"));
  EXPECT_THAT(reply.message.authority, IsEmpty());
  EXPECT_THAT(texts(ask("null.example", Type::mx).message.answers),
              ElementsAre("null.example. 3600 IN MX 0 ."));
}

TEST(DnsAuthority, DeniesNamesAndDataWithTheSoa) {
  const ServerReply name = ask("nobody.example", Type::mx);
  EXPECT_EQ(name.kind, ReplyKind::no_such_name);
  EXPECT_EQ(name.message.rcode, Rcode::name_error);
  EXPECT_TRUE(name.message.is_authoritative);
  EXPECT_THAT(texts(name.message.authority), ElementsAre(kSoa));
  for (const char* there : {"mx1.example", "c.example", "b.c.example"}) {
    const ServerReply data = ask(there, Type::mx);
    EXPECT_EQ(data.kind, ReplyKind::no_data) << there;
    EXPECT_EQ(data.message.rcode, Rcode::no_error);
    EXPECT_THAT(texts(data.message.authority), ElementsAre(kSoa));
    EXPECT_THAT(data.message.answers, IsEmpty());
  }
  EXPECT_EQ(ask("b.c.example", Type::any).kind, ReplyKind::no_data);
  EXPECT_THAT(ask("nobody.bare", Type::a).message.authority, IsEmpty());
}

TEST(DnsAuthority, FollowsAliasesThroughItsZones) {
  EXPECT_THAT(texts(ask("www.example", Type::a).message.answers),
              ElementsAre("www.example. 3600 IN CNAME web.example.",
                          "web.example. 3600 IN CNAME mx1.example.", "mx1.example. 3600 IN A 10.0.0.2"));
  EXPECT_THAT(texts(ask("over.example", Type::a).message.answers),
              ElementsAre("over.example. 3600 IN CNAME a.other.", "a.other. 3600 IN A 10.0.2.2"));
  EXPECT_THAT(texts(ask("www.example", Type::cname).message.answers),
              ElementsAre("www.example. 3600 IN CNAME web.example."));
  const ServerReply far = ask("far.example", Type::a);
  EXPECT_EQ(far.kind, ReplyKind::answer);
  EXPECT_EQ(far.message.rcode, Rcode::no_error);
  EXPECT_EQ(far.message.answers.size(), 1U);
  EXPECT_THAT(far.message.authority, IsEmpty());
  const ServerReply gone = ask("gone.example", Type::a);
  EXPECT_EQ(gone.message.rcode, Rcode::name_error);  // RFC 6604: of the last name
  EXPECT_EQ(gone.message.answers.size(), 1U);
  EXPECT_THAT(texts(gone.message.authority), ElementsAre(kSoa));
}

TEST(DnsAuthority, ServesBrokenAliasesAsTheyAre) {
  EXPECT_THAT(texts(ask("loop1.example", Type::a).message.answers),
              ElementsAre("loop1.example. 3600 IN CNAME loop2.example.",
                          "loop2.example. 3600 IN CNAME loop1.example."));
  EXPECT_THAT(texts(ask("both.example", Type::mx).message.answers),
              ElementsAre("both.example. 3600 IN CNAME mx1.example."));
  EXPECT_EQ(ask("both.example", Type::any).message.answers.size(), 2U);
}

TEST(DnsAuthority, FollowsABoundedNumberOfAliases) {
  Authority it;
  Zone chain(named("chain"));
  for (int i = 0; i < 40; ++i)
    chain.add(record(std::to_string(i) + ".chain", 1, Cname{named(std::to_string(i + 1) + ".chain")}));
  it.add(std::move(chain));
  EXPECT_EQ(it.answer({named("0.chain"), Type::a}).message.answers.size(), 16U);
}

TEST(DnsAuthority, ExpandsWildcards) {
  EXPECT_THAT(texts(ask("any.wild.example", Type::mx).message.answers),
              ElementsAre("any.wild.example. 3600 IN MX 7 mx1.example."));
  EXPECT_EQ(ask("x.any.wild.example", Type::mx).kind, ReplyKind::answer);
  EXPECT_EQ(ask("any.wild.example", Type::a).kind, ReplyKind::no_data);
  EXPECT_EQ(ask("*.wild.example", Type::mx).kind, ReplyKind::answer);
  // RFC 4592 §2.2.1: what exists is not covered, nor what is below it.
  EXPECT_EQ(ask("host.wild.example", Type::mx).kind, ReplyKind::no_data);
  EXPECT_EQ(ask("x.host.wild.example", Type::mx).kind, ReplyKind::no_such_name);
  EXPECT_EQ(ask("deep.wild.example", Type::mx).kind, ReplyKind::no_data);
  EXPECT_EQ(ask("x.deep.wild.example", Type::mx).kind, ReplyKind::no_such_name);
  EXPECT_EQ(ask("wild.example", Type::mx).kind, ReplyKind::no_data);
  EXPECT_THAT(texts(ask("x.alias.example", Type::a).message.answers),
              ElementsAre("x.alias.example. 3600 IN CNAME mx1.example.", "mx1.example. 3600 IN A 10.0.0.2"));
}

TEST(DnsAuthority, RefersToTheServersOfAChild) {
  for (const char* below : {"child.example", "www.child.example", "ns.child.example"}) {
    const ServerReply reply = ask(below, Type::a);
    EXPECT_EQ(reply.kind, ReplyKind::referral) << below;
    EXPECT_FALSE(reply.message.is_authoritative);
    EXPECT_THAT(reply.message.answers, IsEmpty());
    EXPECT_THAT(texts(reply.message.authority), ElementsAre("child.example. 3600 IN NS ns.child.example.",
                                                            "child.example. 3600 IN NS ns.elsewhere."));
    EXPECT_THAT(texts(reply.message.additional), ElementsAre("ns.child.example. 3600 IN A 10.0.1.1"));
  }
  const ServerReply after_alias = ask("intochild.example", Type::a);
  EXPECT_EQ(after_alias.kind, ReplyKind::referral);
  EXPECT_TRUE(after_alias.message.is_authoritative);
  EXPECT_EQ(after_alias.message.answers.size(), 1U);
  EXPECT_EQ(after_alias.message.authority.size(), 2U);
  Authority both = server();
  both.add(zone("child.example", {"@ SOA ns h 1 1 1 1 1", "www A 10.0.1.2"}));
  EXPECT_EQ(both.answer({named("www.child.example"), Type::a}).kind, ReplyKind::answer);
}

TEST(DnsAuthority, RefusesWhatIsNotItsOwn) {
  for (const auto& [name, type] : std::vector<std::pair<const char*, Type>>{
           {"elsewhere", Type::a}, {".", Type::ns}, {"example", Type::axfr}, {"example", Type::ixfr}}) {
    const ServerReply reply = ask(name, type);
    EXPECT_EQ(reply.kind, ReplyKind::refused);
    EXPECT_EQ(reply.message.rcode, Rcode::refused);
    EXPECT_FALSE(reply.message.is_authoritative);
  }
  EXPECT_EQ(server().answer({named("example"), Type::txt, Class::ch}).kind, ReplyKind::refused);
}

TEST(DnsAuthority, AnswersNoAnswersAndNoScraps) {
  const Authority it = server();
  Message response = query("example", Type::mx);
  ASSERT_TRUE(it.receive(write_message(response), Transport::udp));
  response.is_response = true;
  EXPECT_FALSE(it.receive(write_message(response), Transport::udp));
  EXPECT_FALSE(it.receive("", Transport::udp));
  EXPECT_FALSE(it.receive("\x12\x34\x01", Transport::udp));
}

TEST(DnsAuthority, SaysFormerrToWhatIsNoMessage) {
  const auto reply = server().receive(std::string("\x12\x34\x01\x00garbage", 11), Transport::udp);
  ASSERT_TRUE(reply);
  const auto message = read_message(reply->octets);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->id, 0x1234);
  EXPECT_EQ(message->rcode, Rcode::format_error);
  EXPECT_TRUE(message->is_response);
  EXPECT_TRUE(message->recursion_desired);
  Message two = query("example", Type::mx);
  two.questions.push_back(two.questions[0]);
  EXPECT_EQ(server().receive(write_message(two), Transport::udp)->kind, ReplyKind::format_error);
  two.questions.clear();
  EXPECT_EQ(server().receive(write_message(two), Transport::udp)->kind, ReplyKind::format_error);
}

TEST(DnsAuthority, KnowsOnlyQueries) {
  for (const Opcode opcode : {Opcode::iquery, Opcode::status, Opcode::notify, Opcode::update, Opcode{15}}) {
    Message message = query("example", Type::soa);
    message.opcode = opcode;
    const auto reply = server().receive(write_message(message), Transport::udp);
    ASSERT_TRUE(reply);
    EXPECT_EQ(reply->kind, ReplyKind::not_implemented);
    EXPECT_EQ(reply->message.rcode, Rcode::not_implemented);
    EXPECT_EQ(reply->message.opcode, opcode);
  }
}

// RFC 6891 §6.1.3, §7
TEST(DnsAuthority, SpeaksEdnsWithThoseWhoDo) {
  Message message = query("example", Type::mx);
  EXPECT_FALSE(server().receive(write_message(message), Transport::udp)->message.edns);
  message.edns = Edns{4096};
  const auto reply = server().receive(write_message(message), Transport::udp);
  EXPECT_EQ(reply->message.edns, Edns{1232});
  message.edns->version = 1;
  const auto bad = read_message(server().receive(write_message(message), Transport::udp)->octets);
  EXPECT_EQ(bad->rcode, Rcode::bad_version);
  EXPECT_EQ(bad->edns->version, 0);
  EXPECT_THAT(bad->answers, IsEmpty());
  EXPECT_FALSE(server({.udp_octets = 0}).receive(write_message(message), Transport::udp)->message.edns);
}

TEST(DnsAuthority, TruncatesAtTheSizeThatBothCanTake) {
  Authority it;
  Zone big(named("big"));
  for (std::uint32_t i = 0; i < 120; ++i) big.add({named("big"), Class::in, 1, A{i}});  // 16 octets each
  it.add(std::move(big));
  const auto size = [&](std::optional<std::uint16_t> advertised, Transport transport) {
    Message message = query("big", Type::a);
    if (advertised) message.edns = Edns{*advertised};
    const auto reply = it.receive(write_message(message), transport);
    EXPECT_EQ(reply->truncated, transport == Transport::udp);
    EXPECT_EQ(reply->message.answers.size(), 120U);
    EXPECT_EQ(read_message(reply->octets)->is_truncated, reply->truncated);
    return reply->octets.size();
  };
  EXPECT_LE(size(std::nullopt, Transport::udp), 512U);
  EXPECT_LE(size(1, Transport::udp), 512U);
  EXPECT_LE(size(4096, Transport::udp), 1232U);
  EXPECT_GT(size(std::nullopt, Transport::tcp), 1900U);
}

TEST(DnsAuthority, SendsWhatTheAskerCanTakeAndNoMore) {
  Authority it;
  Zone forty(named("forty"));
  for (std::uint32_t i = 0; i < 40; ++i) forty.add({named("forty"), Class::in, 1, A{i}});
  it.add(std::move(forty));  // 675 octets
  const auto is_truncated = [&](std::optional<std::uint16_t> advertised) {
    Message message = query("forty", Type::a);
    if (advertised) message.edns = Edns{*advertised};
    return it.receive(write_message(message), Transport::udp)->truncated;
  };
  EXPECT_TRUE(is_truncated(std::nullopt));
  EXPECT_TRUE(is_truncated(512));
  EXPECT_TRUE(is_truncated(650));
  EXPECT_FALSE(is_truncated(700));
}

TEST(DnsAuthority, GivesEachAddressOnceHoweverOftenItsHostIsNamed) {
  Authority it;
  it.add(zone("once", {"@ SOA ns hostmaster 1 3600 600 604800 300", "@ NS mx", "@ MX 10 mx", "@ MX 20 mx", "mx A 10.0.0.1"}));
  const auto reply = it.receive(write_message(query("once", Type::mx)), Transport::udp);
  ASSERT_EQ(reply->message.answers.size(), 2U);
  EXPECT_EQ(reply->message.additional.size(), 1U);
}

TEST(DnsAuthority, AnswersAnyOctetsWithinTheirLimits) {
  std::uint32_t state = 3;
  const auto draw = [&] { return (state = state * 1664525 + 1013904223) >> 8; };
  const Authority it = server();
  Message good = query("www.wild.example", Type::mx);
  good.edns = Edns{600};
  const std::string octets = write_message(good);
  std::size_t answered = 0;
  for (int i = 0; i < 20000; ++i) {
    std::string changed = octets.substr(0, draw() % 4 == 0 ? draw() % octets.size() : octets.size());
    if (!changed.empty()) changed[draw() % changed.size()] = static_cast<char>(draw());
    const auto reply = it.receive(changed, Transport::udp);
    if (!reply) continue;
    ++answered;
    EXPECT_LE(reply->octets.size(), 1232U);
    EXPECT_TRUE(read_message(reply->octets));
    EXPECT_EQ(reply->octets.substr(0, 2), changed.substr(0, 2));
  }
  EXPECT_GT(answered, 10000U);
}

}  // namespace
}  // namespace mailroom::dns
