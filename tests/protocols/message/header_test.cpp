// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/message/header.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>

namespace mailroom::message {
namespace {

std::string rejoined(const Header& header) {
  std::string out(header.envelope_line());
  for (const Field& field : header.fields()) out += field.octets;
  out += header.separator();
  out += header.body();
  return out;
}

std::string file_octets(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(Header, SplitsFieldsFromBody) {
  const std::string octets = "Subject: one\r\nTo: a@b.example\r\n\r\nText\r\n\r\nmore\r\n";
  const Header header(octets);
  ASSERT_EQ(header.fields().size(), 2U);
  EXPECT_EQ(header.fields()[0].octets, "Subject: one\r\n");
  EXPECT_EQ(header.fields()[1].name(), "To");
  EXPECT_EQ(header.fields()[1].value(), " a@b.example");
  EXPECT_EQ(header.fields()[1].unfolded(), "a@b.example");
  EXPECT_EQ(header.separator(), "\r\n");
  EXPECT_EQ(header.body(), "Text\r\n\r\nmore\r\n");
  EXPECT_EQ(header.fields_octets(), "Subject: one\r\nTo: a@b.example\r\n");
  EXPECT_EQ(header.fields()[0].octets.data(), octets.data()) << "a view, not a copy";
}

TEST(Header, KeepsDuplicatesAndUnknownFieldsInOrder) {
  const std::string octets = "X-Odd: 1\r\nReceived: b\r\nx-odd:2\r\nReceived: a\r\n\r\n";
  const Header header(octets);
  EXPECT_EQ(header.count("RECEIVED"), 2U);
  EXPECT_EQ(header.count("Absent"), 0U);
  EXPECT_EQ(header.find("Absent"), nullptr);
  ASSERT_NE(header.find("X-ODD"), nullptr);
  EXPECT_EQ(header.find("X-ODD")->unfolded(), "1");
  EXPECT_EQ(header.fields()[2].unfolded(), "2");
  EXPECT_EQ(rejoined(header), octets);
}

TEST(Header, UnfoldsTheValueOnly) {
  const std::string octets = "Subject :\t\r\n  one\r\n\ttwo \r\n \r\n three\n\nbody";
  const Header header(octets);
  ASSERT_EQ(header.fields().size(), 1U);
  EXPECT_EQ(header.fields()[0].name(), "Subject");
  EXPECT_EQ(header.fields()[0].value(), "\t\r\n  one\r\n\ttwo \r\n \r\n three");
  EXPECT_EQ(header.fields()[0].unfolded(), "one\ttwo   three");
  EXPECT_EQ(header.body(), "body");
}

TEST(Header, EndsBeforeALineThatIsNoField) {
  const Header header("To: a@b.example\nthis is text: not a field\n\nmore");
  EXPECT_EQ(header.fields().size(), 1U);
  EXPECT_EQ(header.separator(), "");
  EXPECT_EQ(header.body(), "this is text: not a field\n\nmore");
}

TEST(Header, TakesTheMboxLineApart) {
  const Header header("From a@b.example Thu Jan  1 00:00:00 1970\nTo: c@d.example\n\nFrom here\n");
  EXPECT_EQ(header.envelope_line(), "From a@b.example Thu Jan  1 00:00:00 1970\n");
  ASSERT_EQ(header.fields().size(), 1U);
  EXPECT_TRUE(header.fields()[0].is("to"));
  EXPECT_EQ(header.body(), "From here\n");
  const Header quoted(">From a@b.example Thu Jan  1 00:00:00 1970\r\nTo: c@d.example\r\n\r\n");
  EXPECT_EQ(quoted.envelope_line(), ">From a@b.example Thu Jan  1 00:00:00 1970\r\n");
  EXPECT_EQ(quoted.fields().size(), 1U);
}

TEST(Header, RoundTripsWhateverComes) {
  const std::vector<std::string> inputs = {"",
                                           "\r\n",
                                           "\n\nx",
                                           "no header at all",
                                           "\r\nbody only",
                                           " continues nothing\r\nTo: x\r\n\r\n",
                                           ":no name\r\n\r\n",
                                           "To: x",
                                           "To: x\r\n",
                                           "To: x\r\n ",
                                           "To: x\r\rCc: y\r\n\r\n",
                                           "From x\r\n",
                                           "From ",
                                           ">From x\r\nTo: y\r\n\r\n",
                                           "To\r\n: x\r\n\r\n",
                                           std::string("A: \0b\r\n\0\r\n", 11),
                                           "A:\xff\xfe\n\n\xff"};
  for (const std::string& octets : inputs) {
    const Header header(octets);
    EXPECT_EQ(rejoined(header), octets);
    for (const Field& field : header.fields()) EXPECT_TRUE(is_field_name(field.name())) << octets;
  }
}

TEST(Header, RoundTripsEveryCutOfAMessage) {
  const std::string octets = "From x\nTo: a\r\n b\nCc:\r\n\r\n\r\nbody\r\n";
  for (std::size_t begin = 0; begin <= octets.size(); ++begin) {
    for (std::size_t end = begin; end <= octets.size(); ++end) {
      const std::string part = octets.substr(begin, end - begin);
      ASSERT_EQ(rejoined(Header(part)), part);
    }
  }
}

TEST(Header, RoundTripsPythonsTestMessages) {
  std::vector<std::filesystem::path> folders;
  for (const auto& entry : std::filesystem::directory_iterator("/usr/lib")) {
    const auto folder = entry.path() / "test/test_email/data";
    if (entry.path().filename().string().starts_with("python3.") && std::filesystem::is_directory(folder)) {
      folders.push_back(folder);
    }
  }
  if (folders.empty())
    GTEST_SKIP() << "no /usr/lib/python3.*/test/test_email/data (package libpython3.11-testsuite)";
  std::size_t messages = 0;
  std::size_t fields = 0;
  std::size_t mbox_lines = 0;
  for (const auto& folder : folders) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (!entry.is_regular_file() || entry.path().extension() != ".txt") continue;
      const std::string octets = file_octets(entry.path());
      const Header header(octets);
      ASSERT_EQ(rejoined(header), octets) << entry.path();
      const std::string crlf = canonical(octets);
      const Header same(crlf);
      ASSERT_EQ(rejoined(same), crlf) << entry.path();
      ASSERT_EQ(same.fields().size(), header.fields().size()) << entry.path();
      for (std::size_t i = 0; i < header.fields().size(); ++i) {
        EXPECT_EQ(header.fields()[i].unfolded(), same.fields()[i].unfolded()) << entry.path();
      }
      ++messages;
      fields += header.fields().size();
      if (!header.envelope_line().empty()) ++mbox_lines;
    }
  }
  EXPECT_GE(messages, 46U);
  EXPECT_GE(fields, 5 * messages);
  EXPECT_GE(mbox_lines, 2U);
}

TEST(Header, RoundTripsTheFuzzersCorpus) {
  std::size_t files = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(MAILROOM_SOURCE_DIR "/tests/fuzz/corpus/message_header")) {
    const std::string octets = file_octets(entry.path());
    EXPECT_EQ(rejoined(Header(octets)), octets) << entry.path();
    EXPECT_TRUE(is_canonical(canonical(octets, FinalLineEnd::ensure), FinalLineEnd::ensure)) << entry.path();
    ++files;
  }
  EXPECT_GE(files, 5U);
}

std::size_t longest_line(const std::string& text) {
  std::size_t longest = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = text.find("\r\n", begin);
    longest = std::max(longest, end - begin);
    begin = end + 2;
  }
  return longest;
}

TEST(FormatField, FoldsAtBlanksAndUnfoldsToTheSame) {
  std::string value = "first";
  for (int i = 0; i < 60; ++i) value += (i % 7 == 0 ? "  word" : " word") + std::to_string(i);
  ASSERT_GT(value.size(), 300U);
  const std::string field = format_field("Subject", value);
  EXPECT_LE(longest_line(field), 78U);
  const Header header(field);
  ASSERT_EQ(header.fields().size(), 1U);
  EXPECT_EQ(header.fields()[0].unfolded(), value);
  EXPECT_EQ(header.body(), "");
}

TEST(FormatField, KeepsShortAndEmptyValuesOnOneLine) {
  EXPECT_EQ(format_field("Subject", "Hello there"), "Subject: Hello there\r\n");
  EXPECT_EQ(format_field("Subject", ""), "Subject:\r\n");
  EXPECT_EQ(format_field("Subject", " \t "), "Subject:\r\n");
}

TEST(FormatField, LetsNoValueStartAnotherField) {
  const std::string field = format_field("Subject", "a\r\nBcc: x@y.example\n\nbody\rend");
  EXPECT_EQ(field, "Subject: a Bcc: x@y.example  body end\r\n");
}

TEST(FormatField, BreaksAWordThatNoLineCanHold) {
  const std::string field = format_field("X", std::string(2500, 'w'));
  EXPECT_LE(longest_line(field), 998U);
  const Header header(field);
  ASSERT_EQ(header.fields().size(), 1U);
  std::string value = header.fields()[0].unfolded();
  std::erase(value, ' ');
  EXPECT_EQ(value, std::string(2500, 'w'));
}

TEST(WithoutField, TakesOutEveryFieldOfTheName) {
  const std::string octets = "From x\nBCC: a\n b\nTo: c\nbcc : d\n\nBcc: body\n";
  EXPECT_EQ(without_field(octets, "Bcc"), "From x\nTo: c\n\nBcc: body\n");
  EXPECT_EQ(without_field(octets, "Cc"), octets);
}

TEST(Canonical, TurnsLfIntoCrlfOnly) {
  EXPECT_EQ(canonical("a\nb\r\nc\rd\n\n\r\r\n"), "a\r\nb\r\nc\rd\r\n\r\n\r\r\n");
  EXPECT_EQ(canonical("a"), "a");
  EXPECT_EQ(canonical("a", FinalLineEnd::ensure), "a\r\n");
  EXPECT_EQ(canonical("a\r", FinalLineEnd::ensure), "a\r\r\n");
  EXPECT_EQ(canonical("a\n", FinalLineEnd::ensure), "a\r\n");
  EXPECT_EQ(canonical("", FinalLineEnd::ensure), "");
}

TEST(Canonical, AgreesWithIsCanonical) {
  const std::string alphabet = "a\r\n";
  for (int code = 0; code < 3 * 3 * 3 * 3 * 3; ++code) {
    std::string text;
    for (int rest = code; rest > 0; rest /= 3) text += alphabet[static_cast<std::size_t>(rest % 3)];
    for (const auto final_line_end : {FinalLineEnd::keep, FinalLineEnd::ensure}) {
      const std::string once = canonical(text, final_line_end);
      EXPECT_TRUE(is_canonical(once, final_line_end)) << testing::PrintToString(text);
      EXPECT_EQ(is_canonical(text, final_line_end), once == text) << testing::PrintToString(text);
      EXPECT_EQ(canonical(once, final_line_end), once) << testing::PrintToString(text);
    }
  }
}

}  // namespace
}  // namespace mailroom::message
