// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/export.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>

#include "tests/sim/main/scripted_run.hpp"

namespace mailroom::tests {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class Export : public testing::Test {
 protected:
  Export() : run_((folder_ / "two-hops.mailroom").string()) { write_scripted_run(run_); }
  Called write(const std::string& format, const fs::path& out, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"export", format, run_, "--out", out.string()};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return call(arguments);
  }
  TemporaryFolder folder_;
  std::string run_;
};

std::uint32_t le32(const std::string& octets, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 4; i-- > 0;) value = (value << 8) | static_cast<unsigned char>(octets[at + i]);
  return value;
}

struct Record {
  std::uint32_t s = 0;
  std::uint32_t ns = 0;
  std::string octets;
};
std::vector<Record> records_of(const std::string& pcap) {
  std::vector<Record> records;
  for (std::size_t at = 24; at + 16 <= pcap.size();) {
    const std::size_t length = le32(pcap, at + 8);
    EXPECT_EQ(le32(pcap, at + 12), length);
    records.push_back({le32(pcap, at), le32(pcap, at + 4), pcap.substr(at + 16, length)});
    at += 16 + length;
  }
  return records;
}

std::string output_of(const std::string& command) {
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::string output;
  std::array<char, 4096> buffer{};
  while (const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), pipe.get()))
    output.append(buffer.data(), got);
  return output;
}

TEST_F(Export, WritesEveryFrameOnceAsItsOriginSentIt) {
  const Called called = write("pcap", folder_ / "x.pcap");
  EXPECT_EQ(called.exit_code, 0) << called.err;
  EXPECT_THAT(called.out, HasSubstr("wrote 5 frames to "));
  const std::string pcap = contents_of(folder_ / "x.pcap");
  ASSERT_GE(pcap.size(), 24u);
  EXPECT_EQ(le32(pcap, 0), 0xa1b23c4d);
  EXPECT_EQ(le32(pcap, 20), 101u);
  const auto records = records_of(pcap);
  ASSERT_EQ(records.size(), 5u);
  EXPECT_EQ(records[0].s, 946'728'000u + 12);
  EXPECT_EQ(records[0].ns, 0u);
  EXPECT_EQ(records[1].ns, 10'000'000u);
  EXPECT_THAT(records[3].octets, HasSubstr("220 mx1.north.example ready\r\n"));
}

TEST_F(Export, WritesAllThatALinkCarried) {
  ASSERT_EQ(write("pcap", folder_ / "x.pcap", {"--link", "north-mx1"}).exit_code, 0);
  const auto records = records_of(contents_of(folder_ / "x.pcap"));
  ASSERT_EQ(records.size(), 5u);
  EXPECT_EQ(records[0].ns, 5'000'000u);   // forwarded by the router
  EXPECT_EQ(records[1].ns, 10'000'000u);  // sent by mx1
  EXPECT_EQ(write("pcap", folder_ / "y.pcap", {"--link", "mx1-mx2"}).exit_code, 0);
  EXPECT_EQ(records_of(contents_of(folder_ / "y.pcap")).size(), 0u);
}

TEST_F(Export, WritesAllThatAHostSawInOrderOfTime) {
  ASSERT_EQ(write("pcap", folder_ / "pc1.pcap", {"--host", "pc1"}).exit_code, 0);
  ASSERT_EQ(write("pcap", folder_ / "north.pcap", {"--host", "north"}).exit_code, 0);
  EXPECT_EQ(records_of(contents_of(folder_ / "pc1.pcap")).size(), 5u);
  const auto records = records_of(contents_of(folder_ / "north.pcap"));
  ASSERT_EQ(records.size(), 10u);  // each once in and once out
  for (std::size_t i = 1; i < records.size(); ++i) EXPECT_LE(records[i - 1].ns, records[i].ns);
}

TEST_F(Export, WritesWhatTsharkReadsAsSmtp) {
  if (std::system("tshark --version >/dev/null 2>&1") != 0) GTEST_SKIP() << "tshark is not installed";
  ASSERT_EQ(write("pcap", folder_ / "x.pcap").exit_code, 0);
  const std::string file = (folder_ / "x.pcap").string();
  const std::string fields = output_of(
      "tshark -r " + file +
      " -o ip.check_checksum:TRUE -o tcp.check_checksum:TRUE -Y smtp -T fields -E separator='|' -e ip.src -e "
      "tcp.checksum.status -e smtp.response.code -e smtp.req.command 2>/dev/null");
  EXPECT_EQ(fields, "10.0.0.3|1|220|\n10.0.0.1|1||EHLO\n");
  EXPECT_EQ(output_of("tshark -r " + file + " -Y _ws.malformed 2>/dev/null"), "");
}

TEST_F(Export, NeedsPacketsForACapture) {
  write_scripted_run(folder_ / "full.mailroom", {.level = trace::Level::full});
  const Called called = call({"export", "pcap", folder_ / "full.mailroom", "--out", folder_ / "x.pcap"});
  EXPECT_EQ(called.exit_code, 2);
  EXPECT_THAT(called.err, HasSubstr("run the scenario again with --record packets"));
  EXPECT_FALSE(fs::exists(folder_ / "x.pcap"));
}

// RFC 4180, read back by a parser of its own.
std::vector<std::vector<std::string>> rows_of(const std::string& csv) {
  std::vector<std::vector<std::string>> rows = {{""}};
  bool is_quoted = false;
  for (std::size_t i = 0; i < csv.size(); ++i) {
    const char c = csv[i];
    if (is_quoted && c == '"' && i + 1 < csv.size() && csv[i + 1] == '"') {
      rows.back().back() += '"';
      ++i;
    } else if (c == '"') {
      is_quoted = !is_quoted;
    } else if (!is_quoted && c == ',') {
      rows.back().emplace_back();
    } else if (!is_quoted && c == '\r' && i + 1 < csv.size() && csv[i + 1] == '\n') {
      rows.push_back({""});
      ++i;
    } else {
      rows.back().back() += c;
    }
  }
  EXPECT_FALSE(is_quoted);
  rows.pop_back();  // after the last line end
  return rows;
}

TEST_F(Export, WritesTablesThatParseBack) {
  ASSERT_EQ(write("csv", folder_ / "event.csv").exit_code, 0);
  const auto events = rows_of(contents_of(folder_ / "event.csv"));
  ASSERT_EQ(events.size(), 1u + 141u);
  for (const auto& row : events) EXPECT_EQ(row.size(), 21u);
  EXPECT_EQ(events[2][18],
            R"({"from":"alice@north.example","to":["bob@south.example","nobody@south.example"]})");
  EXPECT_EQ(events[37][17], "250-mx1.north.example\n250 SIZE 10240000");  // a line break inside a field

  ASSERT_EQ(write("csv", folder_ / "copies.csv", {"--table", "copies"}).exit_code, 0);
  const auto copies = rows_of(contents_of(folder_ / "copies.csv"));
  ASSERT_EQ(copies.size(), 1u + 7u);
  EXPECT_EQ(copies[4][6], "bounced");
  ASSERT_EQ(write("csv", folder_ / "d.csv", {"--table", "deliveries"}).exit_code, 0);
  const auto deliveries = rows_of(contents_of(folder_ / "d.csv"));
  ASSERT_EQ(deliveries.size(), 1u + 2u);
  EXPECT_THAT(deliveries[1],
              ElementsAre("5", "1", "<1@pc1.north.example>", "pc1", "mx2", "bob@south.example", "1",
                          "12000000000", "913072000000", "901072000000", "2", "1", "215"));
  ASSERT_EQ(write("csv", folder_ / "f.csv", {"--table", "flight"}).exit_code, 0);
  EXPECT_EQ(rows_of(contents_of(folder_ / "f.csv")).size(), 1u + 3u);
  EXPECT_EQ(write("csv", folder_ / "g.csv", {"--table", "flights"}).exit_code, 2);
}

TEST_F(Export, QuotesAnMboxSoThatItCanBeUndone) {
  ASSERT_EQ(write("mbox", folder_ / "bob.mbox", {"--mailbox", "bob@south.example"}).exit_code, 0);
  const std::string mbox = contents_of(folder_ / "bob.mbox");
  EXPECT_THAT(mbox,
              testing::StartsWith("From alice@north.example Sat Jan  1 12:15:13 2000\nReturn-Path: <alice@"));
  EXPECT_THAT(mbox, HasSubstr("\n\n>From here on,\n>>From nowhere.\n\n"));
  EXPECT_THAT(mbox, testing::Not(HasSubstr("\r")));
  ASSERT_EQ(write("mbox", folder_ / "all.mbox").exit_code, 0);
  EXPECT_THAT(contents_of(folder_ / "all.mbox"), HasSubstr("From MAILER-DAEMON Sat Jan  1 12:15:13 2000\n"));
}

TEST_F(Export, WritesTheOctetsOfEveryMessage) {
  const Called called = write("eml", folder_ / "mail");
  EXPECT_EQ(called.exit_code, 0) << called.err;
  EXPECT_THAT(called.out, HasSubstr("wrote 2 messages of 2 mailboxes"));
  EXPECT_EQ(
      contents_of(folder_ / "mail/bob@south.example/1.eml"),
      "Return-Path: <alice@north.example>\r\nFrom: Alice <alice@north.example>\r\nTo: bob@south.example, "
      "nobody@south.example\r\nSubject: Lunch, and \"more\"\r\nDate: Sat, 01 Jan 2000 12:00:12 "
      "+0000\r\nMessage-ID: <1@pc1.north.example>\r\n\r\nFrom here on,\r\n>From nowhere.\r\n");
}

TEST_F(Export, OverwritesMessagesOnlyWhenTold) {
  ASSERT_EQ(write("eml", folder_ / "mail").exit_code, 0);
  const fs::path one = folder_ / "mail/bob@south.example/1.eml";
  std::ofstream(one) << "mine";
  const Called refused = write("eml", folder_ / "mail");
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.err, HasSubstr("--force"));
  EXPECT_EQ(contents_of(one), "mine");
  EXPECT_EQ(write("eml", folder_ / "mail", {"--force"}).exit_code, 0);
  EXPECT_THAT(contents_of(one), HasSubstr("Lunch"));
  EXPECT_EQ(write("eml", run_).exit_code, 2);  // a file, not a folder
}

TEST_F(Export, RefusesOptionsOfAnotherFormat) {
  EXPECT_EQ(write("csv", folder_ / "x", {"--link", "mx1-mx2"}).exit_code, 2);
  EXPECT_EQ(write("pcap", folder_ / "x", {"--mailbox", "bob@south.example"}).exit_code, 2);
  EXPECT_EQ(write("mbox", folder_ / "x", {"--table", "copies"}).exit_code, 2);
  EXPECT_EQ(write("pdf", folder_ / "x").exit_code, 2);
  EXPECT_THAT(write("pcap", folder_ / "x", {"--host", "mx3"}).err, HasSubstr("did you mean"));
}

}  // namespace
}  // namespace mailroom::tests
