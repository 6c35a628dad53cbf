// SPDX-License-Identifier: GPL-2.0-only
// The plan that an Expander makes, over address books drawn at random: everyone is reached once, and what
// reaches nobody is not lost.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>

#include "sim/agents/expansion.hpp"

namespace mailroom::test {
namespace {

using agents::AddressBook;
using agents::Expander;
using agents::Expansion;

// What leads where, told apart from how the book finds it.
using Graph = std::map<std::string, std::vector<std::string>>;

// All ends that can be reached.
std::set<std::string> ends_from(const Graph& graph, const std::string& start) {
  std::set<std::string> seen, ends;
  std::vector<std::string> open{start};
  while (!open.empty()) {
    const std::string at = open.back();
    open.pop_back();
    if (!seen.insert(at).second) continue;
    const auto leads = graph.find(at);
    if (leads == graph.end())
      ends.insert(at);
    else
      open.insert(open.end(), leads->second.begin(), leads->second.end());
  }
  return ends;
}

struct Drawn {
  scenario::Host host;
  Graph graph;
  std::vector<std::string> arrivals;
};

Drawn draw(unsigned seed) {
  std::mt19937 random(seed);
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  Drawn drawn;
  drawn.host.domains = {"b.test"};
  drawn.host.delivered_to = below(2) == 0;
  const auto name = [](int i) { return fmt::format("n{}", i); };
  const int names = 3 + below(10);
  const auto target = [&] {
    const int i = below(names + 3);
    return i < names ? name(i) + "@b.test" : fmt::format("r{}@c.test", i - names);
  };
  for (int i = 0; i < names; ++i) {
    std::vector<std::string> targets;
    for (int count = 1 + below(3); count > 0; --count) targets.push_back(target());
    switch (below(5)) {
      case 0:
        drawn.host.users.push_back({.local_part = name(i)});
        continue;
      case 1:  // a list
        drawn.host.lists.push_back({name(i), targets, "own@b.test"});
        break;
      case 2: {  // a user with a redirection
        scenario::User user{.local_part = name(i)};
        user.forward = targets;
        drawn.host.users.push_back(user);
        break;
      }
      case 3:  // nobody
        continue;
      default:
        drawn.host.aliases.push_back({name(i), targets});
    }
    drawn.graph[name(i) + "@b.test"] = targets;
  }
  std::set<std::string> arrivals;
  for (int count = 1 + below(4); count > 0; --count) arrivals.insert(target());
  drawn.arrivals = {arrivals.begin(), arrivals.end()};
  return drawn;
}

TEST(Expansion, OfRandomAddressBooksReachesEveryoneOnce) {
  const agents::Directory directory;
  const agents::Router router({.local_domains = {"b.test"}}, directory);
  int expanded = 0, discarded = 0, circles = 0;
  for (unsigned seed = 1; seed <= 3000; ++seed) {
    SCOPED_TRACE(seed);
    const Drawn drawn = draw(seed);
    const AddressBook book(drawn.host);
    const Expander expander(drawn.host, book, router, directory);
    const Expansion plan = expander.expand(drawn.arrivals, {.reverse_path = "ann@a.test"});

    std::set<std::string> wanted;
    for (const std::string& arrival : drawn.arrivals) wanted.merge(ends_from(drawn.graph, arrival));
    std::multiset<std::string> reached;
    std::map<std::size_t, std::size_t> children, open;
    std::set<std::size_t> told;  // roots of copies that will bounce
    for (std::size_t i = 0; i < plan.copies.size(); ++i) {
      const Expansion::Copy& copy = plan.copies[i];
      if (copy.parent != Expansion::kNone) {
        ASSERT_LT(copy.parent, i);
        ++children[copy.parent];
      } else {
        ASSERT_LT(i, drawn.arrivals.size());
        EXPECT_EQ(copy.forward_path, drawn.arrivals[i]);
        EXPECT_EQ(copy.group, 0u);
      }
      const auto ends = ends_from(drawn.graph, copy.forward_path);
      if (!copy.rule.empty()) {
        ++(copy.children > 0 ? expanded : discarded);
        EXPECT_FALSE(copy.children == 0 && ends.empty()) << copy.forward_path << " is lost";
        continue;
      }
      ++open[copy.group];
      if (drawn.graph.contains(copy.forward_path)) {
        ++circles;
        std::size_t root = i;
        while (plan.copies[root].parent != Expansion::kNone) root = plan.copies[root].parent;
        told.insert(root);
        EXPECT_TRUE(ends.empty()) << copy.forward_path << " leads to somebody";
      } else {
        reached.insert(copy.forward_path);
      }
    }
    EXPECT_EQ(reached, std::multiset<std::string>(wanted.begin(), wanted.end()));
    for (std::size_t i = 0; i < plan.copies.size(); ++i) EXPECT_EQ(plan.copies[i].children, children[i]);
    for (std::size_t i = 0; i < plan.groups.size(); ++i) EXPECT_EQ(plan.groups[i].open, open[i]);
    for (std::size_t i = 0; i < drawn.arrivals.size(); ++i)
      EXPECT_TRUE(told.contains(i) || !ends_from(drawn.graph, drawn.arrivals[i]).empty())
          << drawn.arrivals[i] << " reaches nobody, and nobody will know";
  }
  // The draw has all of it.
  EXPECT_GT(expanded, 1000);
  EXPECT_GT(discarded, 100);
  EXPECT_GT(circles, 100);
}

// However much a header says, each entry that is made of the message shares it.
TEST(Expansion, OfAMessageWithManyDeliveredToFieldsTakesLittle) {
  const agents::Directory directory;
  const agents::Router router({.local_domains = {"b.test"}}, directory);
  scenario::Host host;
  host.domains = {"b.test"};
  scenario::MailingList list{.name = "all", .members = {}, .owner = "own@b.test"};
  for (int i = 0; i < 300; ++i) {
    host.aliases.push_back({fmt::format("n{}", i), {fmt::format("r{}@c.test", i)}});
    list.members.push_back(fmt::format("n{}@b.test", i));
  }
  host.lists.push_back(list);
  const AddressBook book(host);
  const Expander expander(host, book, router, directory);
  std::string content = "Delivered-To: n7@B.test\r\nDelivered-To: " + std::string(900, 'x') + "@c.test\r\n";
  for (int i = 0; i < 100'000; ++i) content += fmt::format("Delivered-To: p{}@c.test\r\n", i);
  const Expander::Carried carried = expander.carried("", content + "\r\n");
  ASSERT_NE(carried.delivered_to.before, nullptr);
  EXPECT_TRUE(carried.delivered_to.contains("n7@b.test"));
  EXPECT_TRUE(carried.delivered_to.contains("p97@c.test"));
  EXPECT_EQ(carried.delivered_to.before->size(), Expander::kHeededFields - 1) << "the newest, but for the long one";
  const Expansion plan = expander.expand({"all@b.test"}, {.reverse_path = "ann@a.test", .carried = carried});
  ASSERT_EQ(plan.groups.size(), 301u) << "the message, the list's, and one for each alias but n7";
  for (const Expansion::Group& group : plan.groups) {
    EXPECT_EQ(group.delivered_to.before, carried.delivered_to.before) << "shared";
    EXPECT_LE(group.delivered_to.here.size(), 2u);
  }
  EXPECT_TRUE(plan.groups.back().delivered_to.contains("n299@b.test"));
}

TEST(Expansion, OfWhatNothingIsRewrittenInIsWhatCame) {
  scenario::Host host;
  host.domains = {"b.test"};
  host.users = {{.local_part = "bob"}};
  const agents::Directory directory;
  const agents::Router router({.local_domains = {"b.test"}}, directory);
  const AddressBook book(host);
  const Expander expander(host, book, router, directory);
  const Expansion plan =
      expander.expand({"bob@b.test", "nobody@b.test", "x@c.test", "@r.test:bob@b.test", "bob@b.test"}, {});
  ASSERT_EQ(plan.copies.size(), 5u);
  ASSERT_EQ(plan.groups.size(), 1u);
  EXPECT_EQ(plan.groups[0].open, 3u) << "bob gets one copy";
  for (const std::size_t again : {3u, 4u}) {
    EXPECT_EQ(plan.copies[again].children, 0u);
    EXPECT_EQ(plan.copies[again].rule,
              fmt::format("one copy each: {} has one already", plan.copies[again].forward_path));
  }
  EXPECT_EQ(plan.groups[0].fields, "");
}

}  // namespace
}  // namespace mailroom::test
