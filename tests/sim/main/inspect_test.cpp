// SPDX-License-Identifier: GPL-2.0-only
// Every question of `inspect`, asked of the scripted run.
#include "sim/main/inspect.hpp"

#include "sim/main/cli_json.hpp"
#include "tests/sim/main/scripted_run.hpp"

namespace mailroom::tests {
namespace {

using cli::Json;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class Inspect : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TemporaryFolder;
    write_scripted_run(run());
  }
  static void TearDownTestSuite() {
    delete folder_;
    folder_ = nullptr;
  }
  static std::string run() { return *folder_ / "two-hops.mailroom"; }
  static Called ask(std::vector<std::string> question, int width = 100) {
    question.insert(question.begin(), {"inspect", run()});
    return call(question, width);
  }
  static Json ask_json(std::vector<std::string> question) {
    question.emplace_back("--json");
    const Called called = ask(std::move(question));
    EXPECT_EQ(called.exit_code, 0) << called.err;
    EXPECT_EQ(called.err, "");
    return Json::parse(called.out);
  }
  static inline TemporaryFolder* folder_ = nullptr;
};

TEST_F(Inspect, SummarizesOutcomesHostsAndReplies) {
  const Called called = ask({});
  EXPECT_EQ(called.exit_code, 0);
  EXPECT_EQ(called.err, "");
  EXPECT_THAT(called.out,
              HasSubstr("two-hops\n"
                        "  seed 7, recorded at 'packets', 16 min 40 s simulated, 141 events\n"
                        "\n"
                        "2 messages to 3 recipients\n"
                        "  accepted       3  a host became responsible\n"
                        "  delivered      1  in a mailbox\n"
                        "  bounced        1  given up\n"
                        "  queued         1  a host is still responsible\n"
                        "  notifications  1  new messages that tell originators what became of theirs\n"));
  EXPECT_THAT(called.out, HasSubstr("longest 15 min 1 s\n"));
  EXPECT_THAT(called.out,
              HasSubstr("  host  composed  responsible  relayed  delivered  bounced  re-queued  in queue\n"
                        "  pc1          1            2        2          0        0          0         0\n"
                        "  mx1          2            4        1          1        1          3         1\n"
                        "  mx2          0            1        0          1        0          0         0\n"));
  EXPECT_THAT(called.out, HasSubstr("  2xx  13  positive completion\n"
                                    "  3xx   2  positive intermediate\n"
                                    "  4xx   0  transient negative completion\n"
                                    "  5xx   1  permanent negative completion\n"));
  for (const char* next :
       {"--message 1", "--session 1", "--why 121", "--host mx1", "--mailbox alice@north.example"})
    EXPECT_THAT(called.out, HasSubstr(run() + " " + next + "\n"));
}

TEST_F(Inspect, SummarizesAsJson) {
  const Json json = ask_json({});
  EXPECT_EQ(json["messages"], 2);
  EXPECT_EQ(json["recipients"], 3);
  EXPECT_EQ(json["accepted"], 3);
  EXPECT_EQ(json["delivered"], 1);
  EXPECT_EQ(json["bounced"], 1);
  EXPECT_EQ(json["discarded"], 0);
  EXPECT_EQ(json["destroyed"], 0);
  EXPECT_EQ(json["queued"], 1);
  EXPECT_EQ(json["events"], 141);
  EXPECT_EQ(json["simulated_s"], 1000.0);
  EXPECT_EQ(json["delay_s"]["p50"], 901.072);
  EXPECT_EQ(json["delay_s"]["p95"], 901.072);
  EXPECT_EQ(json["delay_s"]["max"], 901.072);
  EXPECT_EQ(json["hosts"][1]["requeued"], 3);
  EXPECT_EQ(json["replies"]["5xx"], 1);
}

TEST_F(Inspect, TellsAMessagesStory) {
  const Called called = ask({"--message", "1"}, 140);
  EXPECT_EQ(called.exit_code, 0);
  EXPECT_THAT(called.out, HasSubstr("Message 1  <1@pc1.north.example>\n"
                                    "  envelope from  alice@north.example\n"
                                    "  envelope to    bob@south.example, nobody@south.example\n"
                                    "  subject        Lunch, and \"more\"\n"
                                    "  size           215 octets\n"));
  EXPECT_THAT(called.out, HasSubstr("message 1 enters the queue as A1 with 2 destinations (215 octets)\n"));
  EXPECT_THAT(called.out,
              HasSubstr("  0:00:13.020     20 ms  mx1   connection 2 is refused: no one listens there\n"
                        "  0:00:13.020            mx1   copy 3 toward bob@south.example is re-queued: "
                        "connection refused; next try at 0:15:13.000\n"));
  EXPECT_THAT(called.out,
              HasSubstr("gave up copy 4 toward nobody@south.example: 550 no such user here; message 2 "
                        "tells the originator\n"));
  EXPECT_THAT(
      called.out,
      HasSubstr("  copy 1        pc1  bob@south.example     relayed at 0:00:12.132: 250 OK, queued as B1\n"
                "  └─ copy 3     mx1                        relayed at 0:15:13.078: 250 OK, after it was "
                "re-queued once\n"
                "     └─ copy 5  mx2                        delivered at 0:15:13.072: mailbox "
                "bob@south.example, UID 1\n"
                "  copy 2        pc1  nobody@south.example  relayed at 0:00:12.132: 250 OK, queued as B1\n"
                "  └─ copy 4     mx1                        bounced at 0:15:13.078: 550 no such user here"));
  EXPECT_THAT(
      called.out,
      HasSubstr("  north-mx1  north  mx1    0:00:12.121    0:00:12.126  5 ms     215            1\n"));
}

TEST_F(Inspect, FindsAMessageByItsMessageId) {
  const std::string by_number = ask({"--message", "2"}).out;
  EXPECT_THAT(by_number, HasSubstr("Message 2"));
  EXPECT_THAT(by_number, HasSubstr("message 1 bounced at mx1 (copy 4 bounced)"));
  EXPECT_EQ(ask({"--message", "<b1@mx1.north.example>"}).out, by_number);
  EXPECT_EQ(ask({"--message", "b1@mx1.north.example"}).out, by_number);
}

TEST_F(Inspect, SaysWhichMessagesThereAre) {
  for (const char* none : {"4", "0", "-1", "x@y", "99999999999999999999"}) {
    const Called called = ask({"--message", none});
    EXPECT_EQ(called.exit_code, 2) << none;
    EXPECT_THAT(called.err, HasSubstr("messages are numbered from 1 to 3")) << none;
  }
}

TEST_F(Inspect, TellsAMessagesStoryAsJson) {
  const Json json = ask_json({"--message", "1"});
  EXPECT_EQ(json["message_id"], "<1@pc1.north.example>");
  EXPECT_EQ(json["to"].size(), 2u);
  ASSERT_EQ(json["copies"].size(), 5u);
  EXPECT_EQ(json["copies"][3]["end"], "bounced");
  EXPECT_EQ(json["copies"][3]["parent"], 2);
  EXPECT_EQ(json["copies"][3]["notification"], 2);
  EXPECT_EQ(json["copies"][4]["mailbox"], "bob@south.example");
  EXPECT_EQ(json["flights"].size(), 3u);
  EXPECT_EQ(json["flights"][1]["frames_lost"], 1);
  EXPECT_EQ(json["sessions"], Json::array({1, 3}));
  EXPECT_EQ(json["events"][0]["kind"], "message.composed");
}

TEST_F(Inspect, ShowsADialogueWithItsPhases) {
  const Called called = ask({"--session", "1"});
  EXPECT_EQ(called.exit_code, 0);
  EXPECT_EQ(called.out,
            "Session 1  C: pc1   S: mx1   over connection 1\n"
            "\n"
            "connection setup\n"
            "  S: 220 mx1.north.example ready\n"
            "  C: EHLO pc1.north.example\n"
            "  S: 250-mx1.north.example\n"
            "  S: 250 SIZE 10240000\n"
            "\n"
            "mail transfer\n"
            "  C: MAIL FROM:<alice@north.example>\n"
            "  S: 250 OK\n"
            "  C: RCPT TO:<bob@south.example>\n"
            "  S: 250 OK\n"
            "  C: RCPT TO:<nobody@south.example>\n"
            "  S: 250 OK\n"
            "  C: DATA\n"
            "  S: 354 Start mail input; end with .\n"
            "  C: ... actual contents of the message (215 octets) ...\n"
            "  C: .\n"
            "  S: 250 OK, queued as B1\n"
            "\n"
            "closing\n"
            "  C: QUIT\n"
            "  S: 221 mx1.north.example closing\n");
}

TEST_F(Inspect, AddsTheCodeToRepliesThatWereRecordedWithoutIt) {
  EXPECT_THAT(ask({"--session", "3"}).out, HasSubstr("  S: 550 no such user here\n"));
  EXPECT_THAT(ask({"--session", "3", "--times"}).out, HasSubstr("0:15:13.048  S: 550 no such user here\n"));
}

TEST_F(Inspect, ShowsADialogueAsJson) {
  const Json json = ask_json({"--session", "3"});
  EXPECT_EQ(json["sender"], "mx1");
  EXPECT_EQ(json["receiver"], "mx2");
  EXPECT_EQ(json["lines"][0]["who"], "S");
  EXPECT_EQ(json["lines"][0]["phase"], "connection setup");
  EXPECT_EQ(json["lines"][1]["text"], "HELO mx1.north.example");
  EXPECT_EQ(json["lines"].back()["text"], "221 closing");
  EXPECT_EQ(json["lines"].back()["phase"], "closing");
}

TEST_F(Inspect, ShowsNoLoneDotWhereTheTextWentInChunks) {
  const std::string path = *folder_ / "chunks.mailroom";
  write_scripted_run(path, {.chunks = true});
  const Called by_chunks = call({"inspect", path, "--session", "3"}, 100);
  EXPECT_THAT(by_chunks.out, HasSubstr("  C: BDAT 115 LAST\n"
                                       "  C: ... actual contents of the message (215 octets) ...\n"
                                       "  S: 250 OK\n"));
  const Called json = call({"inspect", path, "--session", "3", "--json"}, 100);
  for (const Json& line : Json::parse(json.out)["lines"]) EXPECT_NE(line["text"], ".");
  EXPECT_THAT(call({"inspect", path, "--session", "1"}, 100).out, HasSubstr("  C: .\n")) << "by DATA";
}

TEST_F(Inspect, ListsSessions) {
  const Called called = ask({"--sessions"});
  EXPECT_THAT(
      called.out,
      HasSubstr("      3  0:15:13.006   84 ms  mx1     mx2              1                    1  closed\n"));
  const Json json = ask_json({"--sessions"});
  ASSERT_EQ(json.size(), 2u);  // session 2 was never opened: its connection was refused
  EXPECT_EQ(json[1]["session"], 3);
  EXPECT_EQ(ask_json({"--sessions", "--limit", "1"}).size(), 1u);
  EXPECT_EQ(ask({"--session", "2"}).exit_code, 2);
}

TEST_F(Inspect, FollowsCausesToTheRootWithTheEvidence) {
  const Called called = ask({"--why", "80"}, 140);
  EXPECT_EQ(called.exit_code, 0);
  EXPECT_THAT(
      called.out,
      HasSubstr(
          "              80  0:00:13.020  mx1   copy 3 toward bob@south.example is re-queued: connection "
          "refused; next try at 0:15:13.000\n"
          "caused by     79  0:00:13.020  mx1   connection 2 is refused: no one listens there\n"
          "  because     78  0:00:13.000  mx1   connection 2 is disturbed for the first time on link "
          "mx1-mx2: the link is cut\n"
          "caused by     77  0:00:13.000  mx1   asks mx2 for a TCP connection to port 25 (connection 2)\n"));
  EXPECT_THAT(called.out, HasSubstr("caused by      1  0:00:00.000  -     the run begins (0.1.0)\n"));
  EXPECT_THAT(called.out, HasSubstr("earlier lines of session 1\n"));
}

TEST_F(Inspect, KeepsTheReasonWhenItFoldsSmallTalk) {
  const Called called = ask({"--why", "121"}, 140);
  EXPECT_THAT(
      called.out,
      HasSubstr("reads the reply \"550 no such user here\" (session 3) (the reason for event 121)\n"));
  EXPECT_THAT(called.out, Not(HasSubstr("sends \"DATA\"")));
}

TEST_F(Inspect, FollowsEveryCauseInJson) {
  const Json json = ask_json({"--why", "80"});
  ASSERT_FALSE(json["chain"].empty());
  for (std::size_t i = 0; i + 1 < json["chain"].size(); ++i) {
    EXPECT_EQ(json["chain"][i]["cause"], json["chain"][i + 1]["event"]);
  }
  EXPECT_EQ(json["chain"].back()["kind"], "run.began");
  ASSERT_EQ(json["because"].size(), 1u);
  EXPECT_EQ(json["because"][0]["of"], 79);
  EXPECT_EQ(json["because"][0]["chain"][0]["event"], 78);
}

TEST_F(Inspect, SaysWhichEventsThereAre) {
  const Called called = ask({"--why", "999"});
  EXPECT_EQ(called.exit_code, 2);
  EXPECT_THAT(called.err, HasSubstr("the last one is 141"));
}

TEST_F(Inspect, ShowsAHostAtATime) {
  const Called called = ask({"--host", "mx1", "--at", "20s"}, 140);
  EXPECT_EQ(called.exit_code, 0);
  EXPECT_EQ(called.out,
            "mx1 at 0:00:20.000  (mx1.north.example, 10.0.0.3)\n"
            "  responsible for 2 copies so far, 2 of them now\n"
            "  disk: 215 of 1,000,000 octets used\n"
            "\n"
            "Queue: 1 message: 1 deferred\n"
            "  message  queue id  since        octets  destination           state\n"
            "        1  B1        0:00:12.126     215  bob@south.example     re-queued once: connection "
            "refused; next "
            "try in 14 min 53 s\n"
            "                                          nobody@south.example  re-queued once: connection "
            "refused; next "
            "try in 14 min 53 s\n");
}

TEST_F(Inspect, ShowsWhoTalksToAHostAtATime) {
  const Called called = ask({"--host", "mx1", "--at", "12.1s"});
  EXPECT_THAT(called.out, HasSubstr("Queue: 0 messages\n"));
  EXPECT_THAT(called.out,
              HasSubstr("        1           1  pc1     mx1       0:00:12.050  connection setup\n"));
}

TEST_F(Inspect, ShowsAHostAsJson) {
  const Json json = ask_json({"--host", "mx1", "--at", "20s"});
  EXPECT_EQ(json["at_s"], 20.0);
  ASSERT_EQ(json["queue"].size(), 1u);
  EXPECT_EQ(json["queue"][0]["destinations"][0]["next_try_s"], 913.0);
  EXPECT_EQ(ask_json({"--host", "mx1"})["mailboxes"][0]["mailbox"], "alice@north.example");
}

TEST_F(Inspect, RefusesAHostOrTimeThatIsNotThere) {
  EXPECT_THAT(ask({"--host", "mx9"}).err, HasSubstr("did you mean 'mx1'?"));
  EXPECT_EQ(ask({"--host", "mx9"}).exit_code, 2);
  EXPECT_EQ(ask({"--host", "mx1", "--at", "soon"}).exit_code, 2);
}

TEST_F(Inspect, ShowsWhatAUserWouldRead) {
  const Called called = ask({"--mailbox", "bob@south.example"});
  EXPECT_EQ(called.exit_code, 0);
  EXPECT_THAT(called.out, HasSubstr("bob@south.example on mx2 at 0:16:40.000: 1 message, 251 octets\n"));
  EXPECT_THAT(
      called.out,
      HasSubstr("    1  01 Jan 2000 12:00:12  Alice <alice@north.example>     251  Lunch, and \"more\"\n"));
  EXPECT_EQ(ask({"--mailbox", "Bob@South.Example"}).out, called.out);
  const Json json = ask_json({"--mailbox", "bob@south.example"});
  EXPECT_EQ(json["messages"][0]["subject"], "Lunch, and \"more\"");
  EXPECT_EQ(ask_json({"--mailbox", "bob@south.example", "--at", "20s"})["messages"].size(), 0u);
}

TEST_F(Inspect, ReadsOneMessageComplete) {
  const Called called = ask({"--mailbox", "bob@south.example", "--read", "1"});
  EXPECT_EQ(called.exit_code, 0);
  EXPECT_EQ(called.out,
            "Return-Path: <alice@north.example>\nFrom: Alice <alice@north.example>\nTo: bob@south.example, "
            "nobody@south.example\nSubject: Lunch, and \"more\"\nDate: Sat, 01 Jan 2000 12:00:12 "
            "+0000\nMessage-ID: "
            "<1@pc1.north.example>\n\nFrom here on,\n>From nowhere.\n");
  EXPECT_EQ(ask({"--mailbox", "bob@south.example", "--read", "2"}).exit_code, 2);
  const Json json = ask_json({"--mailbox", "bob@south.example", "--read", "1"});
  EXPECT_THAT(json["octets"].get<std::string>(), HasSubstr("\r\nFrom here on,\r\n"));
}

TEST_F(Inspect, TellsAnEmptyMailboxFromOneThatIsNotThere) {
  EXPECT_EQ(ask({"--mailbox", "dave@south.example"}).exit_code, 0);
  const Called typo = ask({"--mailbox", "bbo@south.example"});
  EXPECT_EQ(typo.exit_code, 2);
  EXPECT_THAT(typo.err, HasSubstr("did you mean 'bob@south.example'?"));
}

TEST_F(Inspect, ListsEventsWithTheirNumbers) {
  const Called called = ask({"--events", "--kind", "copy.deferred"});
  EXPECT_EQ(called.exit_code, 0);
  EXPECT_THAT(called.out,
              HasSubstr("   80  0:00:13.020  mx1    copy.deferred  copy 3 toward bob@south.example is "
                        "re-queued: connection refused; next try at 0:15:13.000\n"));
  EXPECT_EQ(std::count(called.out.begin(), called.out.end(), '\n'), 3);
}

TEST_F(Inspect, ListsEventsByEveryCondition) {
  EXPECT_EQ(ask_json({"--events"}).size(), 141u);
  EXPECT_EQ(ask_json({"--events", "--limit", "5"}).size(), 5u);
  EXPECT_EQ(ask_json({"--events", "--kind", "copy.deferred", "--message", "3"}).size(), 1u);
  EXPECT_EQ(ask_json({"--events", "--kind", "session", "--session", "3"}).size(), 8u);
  EXPECT_EQ(ask_json({"--events", "--kind", "message.queued,run", "--host", "mx1"}).size(), 2u);
  for (const Json& event : ask_json({"--events", "--from", "13s", "--until", "14s"})) {
    EXPECT_GE(event["time_s"].get<double>(), 13.0);
    EXPECT_LE(event["time_s"].get<double>(), 14.0);
  }
  EXPECT_THAT(ask({"--events", "--kind", "copi"}).err, HasSubstr("did you mean 'copy'?"));
  EXPECT_THAT(ask({"--events", "--kind", "disk"}).out, HasSubstr("No such event"));
}

TEST_F(Inspect, NeverLetsAPeerCommandTheTerminal) {
  for (const std::vector<std::string>& question :
       {std::vector<std::string>{"--message", "3"}, {"--host", "mx1"}, {"--events"}}) {
    const Called called = ask(question);
    EXPECT_THAT(called.out, AllOf(HasSubstr("not"), Not(HasSubstr("\x1b"))));
  }
}

TEST_F(Inspect, KeepsToTheWidthOfTheTerminal) {
  for (const std::vector<std::string>& question :
       {std::vector<std::string>{"--message", "1"}, {"--why", "121"}, {"--host", "mx1"}, {"--sessions"}}) {
    std::istringstream lines(ask(question, 90).out);
    for (std::string line; std::getline(lines, line);) {
      const bool is_command = line.find("mailroom inspect") != std::string::npos;
      EXPECT_TRUE(is_command || line.size() <= 90 + 4 /* box characters take 3 octets */) << line;
    }
  }
}

TEST_F(Inspect, AsksOneQuestionAtATime) {
  EXPECT_EQ(ask({"--message", "1", "--host", "mx1"}).exit_code, 2);
  EXPECT_EQ(ask({"--kind", "copy"}).exit_code, 2);
  EXPECT_EQ(ask({"--events", "--why", "3"}).exit_code, 2);
  EXPECT_EQ(ask({"--read", "1"}).exit_code, 2);
}

TEST_F(Inspect, ComplainsOfAnOptionThatItsQuestionDoesNotLookAt) {
  const auto complaint = [](std::vector<std::string> question) {
    const Called called = ask(std::move(question));
    EXPECT_EQ(called.exit_code, 2);
    EXPECT_EQ(called.out, "");
    return called.err;
  };
  EXPECT_THAT(complaint({"--times"}), HasSubstr("--times goes with --session"));
  EXPECT_THAT(complaint({"--events", "--session", "1", "--times"}), HasSubstr("--times goes with --session"));
  EXPECT_THAT(complaint({"--at", "5s"}), HasSubstr("--at goes with --host or --mailbox"));
  EXPECT_THAT(complaint({"--events", "--host", "mx1", "--at", "5s"}), HasSubstr("say --from and --until"));
  EXPECT_THAT(complaint({"--limit", "5"}), HasSubstr("--limit goes with --events or --sessions"));
  EXPECT_THAT(complaint({"--sessions", "--from", "5s"}), HasSubstr("--from goes with --events"));
  EXPECT_THAT(complaint({"--until", "5s"}), HasSubstr("--until goes with --events"));
}

}  // namespace
}  // namespace mailroom::tests
