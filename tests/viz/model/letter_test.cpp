// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/letter.hpp"

#include "tests/sim/main/scripted_run.hpp"
#include "tests/viz/model/asking.hpp"
#include "tests/viz/model/hand_made_run.hpp"
#include "viz/model/raw_text.hpp"

namespace mailroom::viz {
namespace {

using testing::HasSubstr;
using What = RawPiece::What;

class TheLetter : public testing::Test {
 protected:
  TheLetter() { tests::write_scripted_run(path_); }
  Letter read(Asked& run, trace::MessageId message, trace::CopyId copy = {}) {
    auto letter = letter_of(run.reader(), run.world(), message, copy);
    EXPECT_TRUE(letter);
    return std::move(*letter);
  }
  tests::TemporaryFolder folder_;
  std::filesystem::path path_ = folder_ / "run.mailroom";
};

TEST_F(TheLetter, HasItsEnvelopeBesideItsHeader) {
  Asked run(path_);
  const Letter letter = read(run, {1});
  ASSERT_TRUE(letter.has_envelope);
  EXPECT_EQ(letter.reverse_path, "alice@north.example");
  EXPECT_EQ(letter.forward_paths, (std::vector<std::string>{"bob@south.example", "nobody@south.example"}));
  ASSERT_GE(letter.fields.size(), 4u);
  EXPECT_EQ(letter.fields[0].name, "From");
  EXPECT_EQ(letter.fields[0].value, "Alice <alice@north.example>");
  EXPECT_GT(letter.header_bytes, 100);
  EXPECT_GT(letter.body_bytes, 10);
  ASSERT_EQ(letter.parts.size(), 1u);
  EXPECT_EQ(letter.parts[0].type, "text/plain");
}

TEST_F(TheLetter, HasItsReturnPathOnlyWhereItWasDelivered) {
  Asked run(path_);
  const auto delivered = run.first(trace::Kind::copy_delivered);
  run.after({delivered.id.value - 2});
  EXPECT_EQ(read(run, delivered.message).return_path, "");
  run.at(1'000'000'000'000);
  const Letter letter = read(run, delivered.message, delivered.copy);
  EXPECT_EQ(letter.shown, delivered.copy);
  EXPECT_EQ(letter.return_path, "<alice@north.example>");
}

TEST(TheTrace, IsInTheOrderOfTravelAndSaysWhatCannotBeRead) {
  HandMadeRun run;
  run.at(1);
  const auto message = run.compose(1);
  const auto copy = run.create(message, 1);
  run.record({.kind = trace::Kind::mailbox_appended,
              .host = {1},
              .message = message,
              .copy = copy,
              .size = 10,
              .value = 1,
              .text = "bob@example",
              .detail = R"({"trace_fields":"Received: from h2 ([10.0.0.2]) by h1 with ESMTP\r\n id Q2; Sat, 01 Jan 2000 )"
                        R"(12:00:02 +0000\r\nReceived: nonsense\r\nReceived: from pc by elsewhere with SMTP id Q1; )"
                        R"(Sat, 01 Jan 2000 12:00:01 +0000\r\n"})"});
  run.end(copy, trace::Kind::copy_delivered, message, 1, 0, 1);
  run.finish();
  Asked asked(run.path());
  const auto letter = letter_of(asked.reader(), asked.world(), message, copy);
  ASSERT_TRUE(letter);
  ASSERT_EQ(letter->trace.size(), 3u);
  EXPECT_EQ(letter->trace[0].by, "elsewhere");
  EXPECT_FALSE(letter->trace[0].host);
  EXPECT_FALSE(letter->trace[1].problem.empty());
  EXPECT_EQ(letter->trace[1].raw, "nonsense");
  EXPECT_EQ(letter->trace[2].host.value, 1);
  EXPECT_EQ(letter->trace[2].id, "Q2");
  EXPECT_EQ(letter->trace[2].date, "Sat, 01 Jan 2000 12:00:02 +0000");
}

TEST_F(TheLetter, KnowsTheWayOfACopy) {
  Asked run(path_);
  const auto delivered = run.first(trace::Kind::copy_delivered);
  std::vector<std::string> way;
  for (const trace::HostId host : way_of(run.world(), delivered.copy)) way.push_back(run.names.host(host));
  EXPECT_EQ(way, (std::vector<std::string>{"pc1", "mx1", "mx2"}));
  EXPECT_TRUE(way_of(run.world(), {999}).empty());
}

TEST_F(TheLetter, OfNoMessageIsEmpty) {
  Asked run(path_);
  const Letter letter = read(run, {999});
  EXPECT_FALSE(letter.has_envelope);
  EXPECT_TRUE(letter.octets.empty());
}

TEST(RawText, FindsLinesWithTheirEnds) {
  const auto lines = raw_lines("ab\r\nc\nd\re");
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0].end, RawLine::End::crlf);
  EXPECT_EQ(lines[0].size, 2u);
  EXPECT_EQ(lines[1].end, RawLine::End::lf);
  EXPECT_EQ(lines[2].end, RawLine::End::none);
  EXPECT_EQ(lines[2].size, 3u);
  EXPECT_TRUE(raw_lines("").empty());
  EXPECT_EQ(raw_lines("\n\n\n", 2).size(), 2u);
}

TEST(RawText, ShowsWhatIsNoText) {
  const std::string octets = "caf\xc3\xa9\t!\x01\r\n";
  const auto pieces = pieces_of(octets, raw_lines(octets).front());
  ASSERT_EQ(pieces.size(), 6u);
  EXPECT_EQ(pieces[0].text, "caf");
  EXPECT_EQ(pieces[1].what, What::eight_bit);
  EXPECT_EQ(pieces[1].text, "C3 A9");
  EXPECT_EQ(pieces[2].text, "HT");
  EXPECT_EQ(pieces[3].text, "!");
  EXPECT_EQ(pieces[4].text, "01");
  EXPECT_EQ(pieces[5].what, What::line_end);
  EXPECT_EQ(pieces[5].text, "CR LF");
}

TEST(RawText, CutsALineThatIsTooLong) {
  const std::string octets(5000, 'x');
  const auto pieces = pieces_of(octets, raw_lines(octets).front(), 10);
  ASSERT_EQ(pieces.size(), 2u);
  EXPECT_EQ(pieces[0].text.size(), 10u);
  EXPECT_EQ(pieces[1].text, "4990 more octets");
}

}  // namespace
}  // namespace mailroom::viz
