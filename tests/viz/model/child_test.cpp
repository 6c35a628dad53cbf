// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/child.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>

#include <chrono>
#include <thread>

namespace mailroom::viz {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

// A child that a shell script plays.
Child play(const std::string& script) {
  auto child = Child::start("/bin/sh", {"-c", script});
  EXPECT_TRUE(child) << (child ? "" : child.error());
  return std::move(*child);
}

template <class Condition>
bool soon(Child& child, const Condition& condition) {
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    child.poll();
    std::this_thread::sleep_for(2ms);
  }
  return true;
}

std::string next(Child& child) {
  std::optional<std::string> line;
  EXPECT_TRUE(soon(child, [&] { return (line = child.next_line()).has_value(); }));
  return line.value_or("");
}

bool exists(pid_t process) { return kill(process, 0) == 0; }

TEST(Child, HearsLinesAndIsHeard) {
  Child child = play("while read line; do echo \"heard $line\" >&2; [ \"$line\" = quit ] && exit 3; done");
  EXPECT_TRUE(child.say("pause"));
  EXPECT_EQ(next(child), "heard pause");
  EXPECT_FALSE(child.end());
  EXPECT_TRUE(child.say("quit"));
  ASSERT_TRUE(soon(child, [&] { return child.end().has_value(); }));
  EXPECT_EQ(*child.end(), (Child::End{.exit_code = 3}));
  EXPECT_EQ(child.next_line(), "heard quit") << "what it said last is not lost";
  EXPECT_FALSE(child.say("more"));
  EXPECT_FALSE(exists(child.process())) << "no zombie is left";
}

TEST(Child, ACrashIsSeenWithItsLastWords) {
  Child child = play("echo one >&2; printf 'last words' >&2; kill -SEGV $$");
  ASSERT_TRUE(soon(child, [&] { return child.end().has_value(); }));
  EXPECT_EQ(child.end()->signal, SIGSEGV);
  EXPECT_THAT(describe(*child.end()), HasSubstr("signal 11"));
  EXPECT_THAT(child.last_lines(), testing::ElementsAre("one", "last words"));
}

// Whoever started this program may have had it ignored: then nobody can be waited for.
TEST(Child, OneWhoseEndTheSystemDoesNotTellHasEnded) {
  const auto before = signal(SIGCHLD, SIG_IGN);
  {
    Child child = play("exit 0");
    ASSERT_TRUE(soon(child, [&] { return child.end().has_value(); }));
    EXPECT_NE(child.end()->exit_code, 0) << "it is not taken for a success";
    EXPECT_THAT(describe(*child.end()), HasSubstr("does not tell"));
    Child other = play("exec sleep 60");
    other.end_it("", std::chrono::milliseconds(10));
    EXPECT_TRUE(other.end());
  }
  signal(SIGCHLD, before);
}

TEST(Child, OneThatDoesNotReadHoldsNobodyUpAndRaisesNoSignal) {
  Child child = play("exec <&-; sleep 0.3; exit 0");
  // The end of a pipe that nobody reads would end this process here.
  for (int i = 0; i < 2000 && !child.end(); ++i) {
    child.say(std::string(1000, 'x'));
    child.poll();
  }
  ASSERT_TRUE(soon(child, [&] { return child.end().has_value(); }));
  Child deaf = play("sleep 30");
  const auto began = std::chrono::steady_clock::now();
  for (int i = 0; i < 3000; ++i) deaf.say(std::string(1000, 'x'));  // more than any pipe takes
  deaf.poll();
  EXPECT_LT(std::chrono::steady_clock::now() - began, 10s);
  deaf.end_it("quit", 50ms);
  EXPECT_TRUE(deaf.end());
}

TEST(Child, IsEndedInOrderIfItListensAndByForceIfNot) {
  Child polite = play("read line; [ \"$line\" = quit ] && exit 5");
  polite.end_it();
  EXPECT_EQ(*polite.end(), (Child::End{.exit_code = 5}));
  Child stubborn = play("trap '' TERM; echo ready >&2; while true; do sleep 0.05; done");
  EXPECT_EQ(next(stubborn), "ready");
  stubborn.end_it("quit", 50ms);
  EXPECT_EQ(stubborn.end()->signal, SIGKILL);
}

TEST(Child, GoesWithItsOwner) {
  pid_t process = 0;
  {
    Child child = play("echo ready >&2; read line");
    EXPECT_EQ(next(child), "ready");
    process = child.process();
    EXPECT_TRUE(exists(process));
    Child moved = std::move(child);
    EXPECT_EQ(moved.process(), process);
    EXPECT_TRUE(exists(process));
  }
  EXPECT_FALSE(exists(process));
}

TEST(Child, WhatCannotBeStartedIsASentence) {
  const auto none = Child::start("/nowhere/mailroom", {"run"});
  ASSERT_FALSE(none);
  EXPECT_THAT(none.error(), HasSubstr("cannot start /nowhere/mailroom"));
}

TEST(Child, AFloodOfWordsIsKeptWithinBounds) {
  Child child = play("i=0; while [ $i -lt 60 ]; do head -c 100000 /dev/zero | tr '\\0' 'x' >&2; i=$((i+1)); done; exit 0");
  ASSERT_TRUE(soon(child, [&] { return child.end().has_value(); }));
  while (auto line = child.next_line()) EXPECT_LE(line->size(), 64u << 10);
}

}  // namespace
}  // namespace mailroom::viz
