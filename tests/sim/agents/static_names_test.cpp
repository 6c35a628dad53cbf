// SPDX-License-Identifier: GPL-2.0-only
#include "sim/agents/static_names.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

namespace mailroom::agents {
namespace {

using Status = NameAnswer::Status;
using testing::ElementsAre;

NameAnswer ask(StaticNames& names, std::string_view name, RecordType type) {
  std::optional<NameAnswer> given;
  names.look_up(name, type, [&](const NameAnswer& answer) { given = answer; });
  EXPECT_TRUE(given.has_value()) << "a table answers at once";
  return given.value_or(NameAnswer{});
}

TEST(StaticNames, TellsWhatANameHasFromWhatDoesNotExist) {
  StaticNames names;
  EXPECT_EQ(ask(names, "north.example", RecordType::mx).status, Status::no_name);
  names.add("North.example", dns::Mx{10, *dns::Name::parse("MX.north.example")});
  names.add("north.example", dns::Mx{20, *dns::Name::parse("relay.example")});
  names.add("mx.north.example", dns::A{0x0a000001});
  const NameAnswer mx = ask(names, "NORTH.example", RecordType::mx);
  EXPECT_EQ(mx.status, Status::found);
  EXPECT_EQ(mx.canonical, "north.example");
  EXPECT_THAT(mx.mail_exchangers,
              ElementsAre(MailExchanger{10, "mx.north.example"}, MailExchanger{20, "relay.example"}));
  EXPECT_THAT(ask(names, "mx.north.example", RecordType::a).addresses, ElementsAre(net::Address{0x0a000001}));
  EXPECT_EQ(ask(names, "north.example", RecordType::a).status, Status::no_data);
  EXPECT_EQ(ask(names, "example", RecordType::mx).status, Status::no_data) << "names stand under it";
  EXPECT_EQ(ask(names, "relay.example", RecordType::a).status, Status::no_name);
  names.add("north.example", dns::Txt{{"some ", "text"}});
  names.add("1.0.0.10.in-addr.arpa", dns::Ptr{*dns::Name::parse("mx.north.example")});
  EXPECT_THAT(ask(names, "north.example", RecordType::txt).texts, ElementsAre("some text"));
  EXPECT_THAT(ask(names, "1.0.0.10.in-addr.arpa", RecordType::ptr).texts, ElementsAre("mx.north.example"));
}

TEST(StaticNames, FollowsAliasesAndGivesUpInACircle) {
  StaticNames names;
  names.add("www.test", dns::Cname{*dns::Name::parse("web.test")});
  names.add("web.test", dns::Cname{*dns::Name::parse("host.test")});
  names.add("host.test", dns::A{0x0a000002});
  names.add("a.test", dns::Cname{*dns::Name::parse("b.test")});
  names.add("b.test", dns::Cname{*dns::Name::parse("a.test")});
  const NameAnswer www = ask(names, "www.test", RecordType::a);
  EXPECT_EQ(www.status, Status::found);
  EXPECT_EQ(www.name, "www.test");
  EXPECT_EQ(www.canonical, "host.test");
  EXPECT_THAT(ask(names, "www.test", RecordType::cname).texts, ElementsAre("web.test"));
  const NameAnswer circle = ask(names, "a.test", RecordType::mx);
  EXPECT_EQ(circle.status, Status::failed);
  EXPECT_EQ(circle.why, "the aliases of a.test lead in a circle");
}

// RFC 4592 §2.2.1, §3.3.1
TEST(StaticNames, GiveWhatTheWildcardOfTheClosestNameHas) {
  StaticNames names;
  names.add("*.pool.example", dns::A{0x0a000003});
  names.add("*.pool.example", dns::Mx{5, *dns::Name::parse("mx.example")});
  names.add("own.pool.example", dns::Txt{{"its own"}});
  names.add("below.deep.pool.example", dns::A{0x0a000004});
  names.add("*.alias.example", dns::Cname{*dns::Name::parse("any.pool.example")});
  const NameAnswer any = ask(names, "Any.pool.example", RecordType::a);
  EXPECT_EQ(any.status, Status::found);
  EXPECT_THAT(any.addresses, ElementsAre(net::Address{0x0a000003}));
  EXPECT_EQ(any.canonical, "any.pool.example") << "as if it stood there";
  EXPECT_EQ(ask(names, "one.any.pool.example", RecordType::mx).status, Status::found) << "several labels";
  EXPECT_EQ(ask(names, "any.pool.example", RecordType::txt).status, Status::no_data);
  EXPECT_EQ(ask(names, "own.pool.example", RecordType::a).status, Status::no_data) << "it has something";
  EXPECT_EQ(ask(names, "x.own.pool.example", RecordType::a).status, Status::no_name) << "a closer name";
  EXPECT_EQ(ask(names, "deep.pool.example", RecordType::a).status, Status::no_data) << "names stand under it";
  EXPECT_EQ(ask(names, "x.deep.pool.example", RecordType::a).status, Status::no_name);
  EXPECT_THAT(ask(names, "x.alias.example", RecordType::a).addresses, ElementsAre(net::Address{0x0a000003}));
  EXPECT_EQ(ask(names, "x.example", RecordType::a).status, Status::no_name);
  names.add("*", dns::A{0x0a000005});
  EXPECT_EQ(ask(names, "x.test", RecordType::a).status, Status::found);
  EXPECT_EQ(ask(names, "x.example", RecordType::a).status, Status::no_name) << "example exists";
}

}  // namespace
}  // namespace mailroom::agents
