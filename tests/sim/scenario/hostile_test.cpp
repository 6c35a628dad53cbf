// SPDX-License-Identifier: GPL-2.0-only
// Whatever the file is, the answer is a message: no crash, no endless work, no memory without bound.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/scenario/document.hpp"
#include "tests/sim/scenario/support.hpp"
#include "tests/support/temporary_folder.hpp"

namespace mailroom::scenario {

namespace {

using ::testing::HasSubstr;

std::string mistakes_of_file(const std::filesystem::path& path) {
  const auto loaded = load(path);
  return loaded ? "" : to_string(loaded.error());
}

std::string repeated(const std::string& text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

}  // namespace

TEST(ScenarioHostile, FilesThatAreNoneAreToldAsSuch) {
  const tests::TemporaryFolder folder;
  EXPECT_THAT(mistakes_of_file(folder / "no-such-file.yaml"),
              HasSubstr("no-such-file.yaml': there is no such file"));
  EXPECT_THAT(mistakes_of_file(folder.path()), HasSubstr("it is a directory"));
  EXPECT_THAT(mistakes_of_file("/dev/zero"), HasSubstr("it is not a regular file"));
  const std::filesystem::path pipe = folder / "scenario-pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_THAT(mistakes_of_file(pipe), HasSubstr("it is not a regular file"))
      << "and does not wait for a writer";
  std::ofstream(folder / "empty.yaml").flush();
  EXPECT_THAT(mistakes_of_file(folder / "empty.yaml"),
              HasSubstr("empty.yaml: the file is empty; a scenario begins with 'mailroom: 1'"));
  const std::string long_path(5000, 'x');
  EXPECT_THAT(mistakes_of_file(long_path), HasSubstr("cannot read"));
}

TEST(ScenarioHostile, AHundredMegabytesAreRefusedUnread) {
  const tests::TemporaryFolder folder;
  const std::filesystem::path path = folder / "line.yaml";
  std::ofstream(path).flush();
  std::filesystem::resize_file(path, 100'000'000);  // sparse
  EXPECT_THAT(mistakes_of_file(path), HasSubstr("it has 100000000 octets; at most 4194304 are read"));
  EXPECT_THAT(mistakes_of("mailroom: 1\nname: " + std::string(3'000'000, 'x')),
              HasSubstr("s.yaml:2:1048578: a line of more than 1048576 octets"));
}

TEST(ScenarioHostile, NoiseIsNoText) {
  EXPECT_EQ(mistakes_of(std::string("mailroom: 1\nname: a\0b\n", 22)),
            "s.yaml:2:8: octet 0x00: this is not a text file; a scenario is YAML in UTF-8\n");
  EXPECT_THAT(mistakes_of("\x7f"
                          "ELF\x02"),
              HasSubstr("s.yaml:1:1: octet 0x7f: this is not a text file"));
  for (const char* faulty :
       {"\xff\xfe", "a: \xc0\xaf", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xe2\x82", "\x80"})
    EXPECT_THAT(mistakes_of(faulty), HasSubstr("is not UTF-8"));
  EXPECT_EQ(mistakes_of(
                "\xef\xbb\xbf# a byte order mark, and \xc3\xa4\nmailroom: 1\ntopology: {links: [a -- b]}\n"),
            "");
  std::string noise;
  std::uint64_t state = 1;
  for (int i = 0; i < 100'000; ++i) {
    state = state * 6364136223846793005u + 1442695040888963407u;
    noise += static_cast<char>(state >> 56);
  }
  EXPECT_THAT(mistakes_of(noise), HasSubstr("s.yaml:1:"));
}

TEST(ScenarioHostile, TextThatIsNoYamlIsToldWithItsPlace) {
  for (const char* faulty : {"a: b: c\n", "'", "\"", "{", "[a", "a: [}\n", "&", "*x\n", "%YAML 3\n",
                             "a: |x\n", "\t- a\n", "- a\nb\n", "!<\n", "? [a]: b\n", "{? {}: }"})
    EXPECT_THAT(mistakes_of(faulty), HasSubstr("s.yaml:")) << faulty;
  EXPECT_THAT(mistakes_of("mailroom: 1\n---\nmailroom: 1\n"), HasSubstr("a second YAML document"));
  EXPECT_THAT(mistakes_of("mailroom: !!int 1\n"), HasSubstr("has no meaning here"));
  EXPECT_THAT(mistakes_of("7"), HasSubstr("'7' where a scenario is wanted"));
  EXPECT_THAT(mistakes_of("[]"), HasSubstr("a list where a scenario is wanted"));
  EXPECT_THAT(mistakes_of("~"), HasSubstr("nothing where a scenario is wanted"));
}

TEST(ScenarioHostile, DeepNestingIsRefusedEarly) {
  for (const char* opening : {"[", "{a: ", "- ", "? ", "a: ", "- - ? "})
    EXPECT_NE(mistakes_of(repeated(opening, 100'000)), "") << opening;
  EXPECT_THAT(mistakes_of("a: " + repeated("{a: ", 40) + "1" + repeated("}", 40)),
              HasSubstr("nested more than 32 deep"));
  std::string block;
  for (int i = 0; i < 1000; ++i) block += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  EXPECT_THAT(mistakes_of(block), HasSubstr("nested more than 32 deep"));
}

TEST(ScenarioHostile, AnAliasBombIsNotWrittenOut) {
  std::string bomb = "mailroom: 1\na0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 30; ++i) {
    const std::string last = "*a" + std::to_string(i - 1);
    bomb +=
        "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + last + repeated(", " + last, 8) + "]\n";
  }
  EXPECT_THAT(mistakes_of(bomb),
              HasSubstr("more than 2000000 values once every alias (*name) is written out"));
  EXPECT_THAT(mistakes_of("a: &a [*a]\n"), HasSubstr("an alias inside of what it stands for"));
  const std::string long_text = "mailroom: 1\nname: &n " + std::string(1'000'000, 'x') + "\ntraffic:\n";
  EXPECT_THAT(mistakes_of(long_text + repeated("- {subject: *n}\n", 1000)), HasSubstr("written out"));
}

TEST(ScenarioHostile, ManyMistakesAreCountedNotKept) {
  std::string text = "mailroom: 1\ntopology: {links: [a -- b]}\n";
  ASSERT_EQ(mistakes_of(text), "");
  for (int i = 0; i < 50'000; ++i) text += "k" + std::to_string(i) + ": 1\n";
  const auto loaded = read(text);
  ASSERT_FALSE(loaded);
  EXPECT_EQ(loaded.error().size(), 1001u);
  EXPECT_EQ(loaded.error().back().wrong, "49000 more mistakes");
}

TEST(ScenarioHostile, FewLinesCannotMakeEndlessWork) {
  std::string sets =
      "mailroom: 1\ntopology: {generate: {kind: star, nodes: 2000}}\nhosts: {'*': {domains: "
      "'{name}.example', users: [a, b, c, d, e]}}\ntraffic:\n";
  EXPECT_THAT(mistakes_of(sets + repeated("- {from: any(*@*), to: any(*@*)}\n", 3000)),
              HasSubstr("the sets of this scenario have too many addresses"));
  std::string users =
      "mailroom: 1\ntopology: {generate: {kind: star, nodes: 50000}}\nhosts: {'*': {domains: "
      "'{name}.example', users: [u0";
  for (int i = 1; i < 500; ++i) users += ", u" + std::to_string(i);
  EXPECT_THAT(mistakes_of(users + "]}}\n"), HasSubstr("the templates make too many values"));
  EXPECT_NE(mistakes_of("mailroom: 1\ntopology: {generate: {kind: line, nodes: 4000000000}}\n"), "");
}

TEST(ScenarioHostile, TheCrashesThatAFuzzerFoundStayMended) {
  const std::filesystem::path corpus = source_dir() / "tests/fuzz/corpus/scenario";
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(corpus)) {
    ++files;
    const std::string text = file_text(entry.path());
    const auto loaded = read(text);
    EXPECT_TRUE(loaded || !loaded.error().empty()) << entry.path();
  }
  EXPECT_GT(files, 0);
}

}  // namespace mailroom::scenario
