// SPDX-License-Identifier: GPL-2.0-only
#include "sim/agents/address_book.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mailroom::test {
namespace {

using agents::AddressBook;
using Kind = AddressBook::Meaning::Kind;
using testing::ElementsAre;
using testing::IsEmpty;

scenario::Host host() {
  scenario::Host made;
  made.domains = {"B.test", "b2.test"};
  made.users = {{.local_part = "bob"}, {.local_part = "Ann"}, {.local_part = "bo b"}};
  made.aliases = {{"info", {"bob@b.test"}}, {"bob+x", {"Ann@b.test"}}};
  made.lists = {{"staff", {"bob@b.test", "Ann@b.test"}, "Ann@b.test"}};
  made.subaddress = "+";
  return made;
}

std::vector<std::string> targets(const AddressBook& book, std::string_view local_part) {
  const auto rewriting = book.look_up(local_part).rewriting;
  if (!rewriting) return {};
  return {rewriting->targets.begin(), rewriting->targets.end()};
}

TEST(AddressBook, PrefersTheWholeNameToTheNameWithoutItsDetail) {
  const scenario::Host config = host();
  const AddressBook book(config);
  EXPECT_THAT(targets(book, "bob+x"), ElementsAre("Ann@b.test"));
  EXPECT_EQ(book.look_up("bob+y").user->local_part, "bob");
  EXPECT_THAT(targets(book, "info+y"), ElementsAre("bob@b.test"));
  EXPECT_EQ(book.look_up("nobody+x").kind, Kind::unknown);
  EXPECT_EQ(book.look_up("+x").kind, Kind::unknown);
}

TEST(AddressBook, HasTheAddressesOfListsAndThePostmaster) {
  const scenario::Host config = host();
  const AddressBook book(config);
  EXPECT_THAT(targets(book, "staff-owner"), ElementsAre("Ann@b.test"));
  EXPECT_THAT(targets(book, "staff-request"), ElementsAre("Ann@b.test"));
  EXPECT_EQ(book.look_up("PostMaster").kind, Kind::mailbox);
  EXPECT_EQ(book.look_up("postmaster+x").kind, Kind::mailbox);
}

TEST(AddressBook, LeavesTheAddressesOfAListToWhoHasThemAlready) {
  scenario::Host config = host();
  config.users.push_back({.local_part = "staff-owner"});
  config.aliases.push_back({"staff-request", {"bob@b.test"}});
  const AddressBook book(config);
  EXPECT_EQ(book.look_up("staff-owner").kind, Kind::mailbox);
  EXPECT_THAT(targets(book, "staff-request"), ElementsAre("bob@b.test"));
}

TEST(AddressBook, ReadsQuotedNamesByTheirMeaning) {
  const scenario::Host config = host();
  const AddressBook book(config);
  EXPECT_EQ(book.canonical(R"("b\ob"@b.test)"), "bob@b.test");
}

TEST(AddressBook, WritesAnAddressInOneForm) {
  scenario::Host config = host();
  {
    const AddressBook book(config);
    EXPECT_EQ(book.canonical("bob@B.TEST"), "bob@b.test");
    EXPECT_EQ(book.canonical("Bob@b.test"), "Bob@b.test");
    EXPECT_EQ(book.canonical("\"bob\"@b2.test"), "bob@b2.test");
    EXPECT_EQ(book.canonical("\"bo b\"@b.test"), "\"bo b\"@b.test");
    EXPECT_EQ(book.canonical("Postmaster"), "postmaster@b.test");
  }
  config.fold_case = true;
  EXPECT_EQ(AddressBook(config).canonical("Bob@b.test"), "bob@b.test");
  EXPECT_EQ(AddressBook(config).look_up("ANN").user->local_part, "Ann");
  EXPECT_EQ(AddressBook::canonical_elsewhere("Bob@C.test"), "Bob@c.test");
}

TEST(AddressBook, KnowsWhoseMailboxAnAddressIsInTheEnd) {
  scenario::Host config = host();
  config.users.push_back({.local_part = "far", .forward = {"x@c.test"}});
  config.users.push_back({.local_part = "near", .forward = {"x@c.test"}, .keep = true});
  config.users.push_back({.local_part = "gone", .moved_to = "x@c.test"});
  const AddressBook book(config);
  EXPECT_EQ(book.mailbox("bob+anything")->local_part, "bob");
  EXPECT_EQ(book.mailbox("near")->local_part, "near");
  for (const char* name : {"far", "gone", "info", "staff", "nobody"}) EXPECT_EQ(book.mailbox(name), nullptr) << name;
}

TEST(AddressBook, OfAHostWithoutDomainsKnowsThePostmasterOnly) {
  const scenario::Host config;
  const AddressBook book(config);
  EXPECT_EQ(book.look_up("bob").kind, Kind::unknown);
  EXPECT_EQ(book.look_up("postmaster").kind, Kind::mailbox);
  EXPECT_THAT(book.candidates("x"), IsEmpty());
}

}  // namespace
}  // namespace mailroom::test
