// SPDX-License-Identifier: GPL-2.0-only
// Files as users name them: those that we ship, and those that are no topologies at all.
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/topologies/reading.hpp"
#include "topologies/analysis.hpp"
#include "topologies/delays.hpp"
#include "topologies/layout.hpp"

namespace mailroom::topology {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
namespace fs = std::filesystem;

const fs::path kShipped = fs::path(MAILROOM_SOURCE_DIR) / "topologies";

class TemporaryFile {
 public:
  explicit TemporaryFile(std::string_view text) {
    std::string pattern = (fs::temp_directory_path() / "mailroom-topology-XXXXXX").string();
    const int file = mkstemp(pattern.data());
    path_ = pattern;
    EXPECT_GE(file, 0);
    EXPECT_EQ(::write(file, text.data(), text.size()), static_cast<ssize_t>(text.size()));
    ::close(file);
  }
  ~TemporaryFile() { fs::remove(path_); }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

std::string refusal(const fs::path& path) {
  const auto outcome = read_file(path);
  EXPECT_FALSE(outcome) << path;
  if (outcome) return "";
  for (const auto& d : outcome.error()) EXPECT_FALSE(d.right.empty()) << d.wrong;
  return all_of(outcome.error());
}

TEST(ShippedTopologies, LoadWithoutAWarningAndAreConnected) {
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator(kShipped)) {
    const auto extension = entry.path().extension();
    if (extension != ".graphml" && extension != ".dot") continue;
    ++files;
    auto outcome = read_file(entry.path());
    ASSERT_TRUE(outcome) << all_of(outcome.error());
    EXPECT_TRUE(outcome->warnings.empty()) << all_of(outcome->warnings);
    EXPECT_FALSE(outcome->name.empty()) << entry.path();
    EXPECT_EQ(components(outcome->graph).count(), 1u) << entry.path();
    for (const Link& link : links_of(outcome->graph))
      EXPECT_GT(link.rate_bps, 0) << entry.path() << " " << link.name;
    fill_defaults(outcome->graph);
    layout(outcome->graph);
    for (const Link& link : links_of(outcome->graph))
      EXPECT_GE(link.delay_ns, 1'000) << entry.path() << " " << link.name;
  }
  EXPECT_GE(files, 4u);
}

TEST(ShippedTopologies, AreWhatTheirNamesSay) {
  const auto offices = read_file(kShipped / "two-offices.graphml");
  ASSERT_TRUE(offices);
  EXPECT_THAT(node_names(offices->graph), ElementsAre("alice.pc", "mail.a", "lan.a", "router.a", "router.b",
                                                      "lan.b", "mail.b", "bob.pc"));
  EXPECT_TRUE(offices->graph[2].is_lan);
  EXPECT_EQ(links_of(offices->graph)[3].rate_bps, 64'000);

  auto backbone = read_file(kShipped / "national-backbone.graphml");
  ASSERT_TRUE(backbone);
  EXPECT_EQ(boost::num_vertices(backbone->graph), 14u);
  EXPECT_EQ(boost::num_edges(backbone->graph), 21u);
  ASSERT_EQ(articulation_points(backbone->graph).size(), 1u);
  EXPECT_EQ(backbone->graph[articulation_points(backbone->graph)[0]].name, "ivelcombe");
  fill_defaults(backbone->graph);
  for (const Link& link : links_of(backbone->graph)) {
    EXPECT_GT(link.delay_ns, 200'000) << link.name;
    EXPECT_LT(link.delay_ns, 2'000'000) << link.name;
  }

  const auto campus = read_file(kShipped / "campus.dot");
  ASSERT_TRUE(campus);
  EXPECT_EQ(parallel_links(campus->graph).size(), 1u);
  const auto village = read_file(kShipped / "satellite-village.graphml");
  ASSERT_TRUE(village);
  std::int64_t worst_loss = 0;
  for (const Link& link : links_of(village->graph)) worst_loss = std::max(worst_loss, link.loss_per_billion);
  EXPECT_EQ(worst_loss, 20'000'000);
}

TEST(TopologyFiles, AreToldApartByTheirContent) {
  const TemporaryFile dot("\xEF\xBB\xBF graph { a -- b }");
  EXPECT_TRUE(read_file(dot.path())) << refusal(dot.path());
  const TemporaryFile xml("\xEF\xBB\xBF<graphml><graph><node id=\"a\"/></graph></graphml>");
  EXPECT_TRUE(read_file(xml.path())) << refusal(xml.path());
  std::string utf16 = "\xFF\xFE";
  for (const char c : std::string(
           "<?xml version=\"1.0\" encoding=\"UTF-16\"?><graphml><graph><node id=\"a\"/></graph></graphml>"))
    utf16 += {c, '\0'};
  const TemporaryFile wide(utf16);
  EXPECT_TRUE(read_file(wide.path())) << refusal(wide.path());
}

TEST(TopologyFiles, AreRefusedClearlyWhenTheyAreNone) {
  EXPECT_THAT(refusal(fs::temp_directory_path()),
              HasSubstr("this is a directory; name a GraphML or DOT file"));
  EXPECT_THAT(refusal("/nonexistent/x.graphml"), HasSubstr("/nonexistent/x.graphml: it cannot be opened"));
  EXPECT_THAT(refusal(TemporaryFile("").path()), HasSubstr("the file is empty"));
  EXPECT_THAT(refusal(TemporaryFile(" \n\n").path()), HasSubstr("the file is empty"));
  EXPECT_THAT(refusal(TemporaryFile(std::string(100, '\0') + "\x7F"
                                                             "ELF")
                          .path()),
              HasSubstr("this is no text file"));
  std::string noise;
  for (unsigned i = 0; i < 100'000; ++i) noise += static_cast<char>((i * 2654435761u) >> 13);
  EXPECT_FALSE(refusal(TemporaryFile(noise).path()).empty());
}

TEST(TopologyFiles, AreRefusedWhenTheyAreHuge) {
  // A sparse file: it has 100 MB and takes no room.
  const TemporaryFile file("<graphml>");
  fs::resize_file(file.path(), 100'000'000);
  EXPECT_THAT(refusal(file.path()), HasSubstr("larger than 32 MiB"));
  EXPECT_THAT(refusal("/dev/zero"), HasSubstr("larger than 32 MiB"));
  // Just below the limit it is read, on one line.
  const TemporaryFile line("graph { " + std::string(30'000'000, 'a') + " }");
  const auto outcome = read_file(line.path());
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->graph[0].name.size(), 63u);
  const TemporaryFile attribute("<graphml><graph><node id=\"" + std::string(20'000'000, 'a') +
                                "\"/></graph></graphml>");
  EXPECT_FALSE(refusal(attribute.path()).empty());
}

TEST(TopologyFiles, ThatOnceBrokeTheReadersAreAnswered) {
  const fs::path corpus = fs::path(MAILROOM_SOURCE_DIR) / "tests" / "fuzz" / "corpus";
  std::size_t files = 0;
  for (const char* format : {"topology_graphml", "topology_dot"}) {
    for (const auto& entry : fs::directory_iterator(corpus / format)) {
      ++files;
      SCOPED_TRACE(entry.path().string());
      std::ifstream in(entry.path(), std::ios::binary);
      const std::string text{std::istreambuf_iterator<char>(in), {}};
      for (const auto& outcome : {read_file(entry.path()), read_graphml(text, "f"), read_dot(text, "f")})
        EXPECT_TRUE(outcome ? boost::num_vertices(outcome->graph) > 0 : !outcome.error().empty());
    }
  }
  EXPECT_GT(files, 0u);
}

}  // namespace
}  // namespace mailroom::topology
