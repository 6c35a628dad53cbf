// SPDX-License-Identifier: GPL-2.0-only
#include "sim/main/cli_file.hpp"

#include "tests/sim/main/scripted_run.hpp"

namespace mailroom::tests {
namespace {

namespace fs = std::filesystem;
using cli::OutputFile;

TEST(OutputFile, TakesItsNameOnlyWhenItIsWhole) {
  const TemporaryFolder folder;
  const fs::path path = folder / "out";
  ASSERT_EQ(cli::write_file(path, "before"), std::nullopt);
  {
    OutputFile file(path);
    file.write("half");
    EXPECT_EQ(contents_of(path), "before");
  }  // given up
  EXPECT_EQ(contents_of(path), "before");
  EXPECT_FALSE(fs::exists(folder / "out.part"));
  OutputFile file(path);
  file.write("a");
  file.write("b");
  ASSERT_EQ(file.finish(), std::nullopt);
  EXPECT_EQ(contents_of(path), "ab");
  EXPECT_FALSE(fs::exists(folder / "out.part"));
}

TEST(OutputFile, WritesThroughASymbolicLinkAndNeverReplacesIt) {
  const TemporaryFolder folder;
  ASSERT_EQ(cli::write_file(folder / "target", "old"), std::nullopt);
  fs::create_symlink(folder / "target", folder / "link");
  ASSERT_EQ(cli::write_file(folder / "link", "new"), std::nullopt);
  EXPECT_TRUE(fs::is_symlink(folder / "link"));
  EXPECT_EQ(contents_of(folder / "target"), "new");
}

TEST(OutputFile, SaysWhatIsWrong) {
  const TemporaryFolder folder;
  EXPECT_THAT(cli::write_file(folder / ".", "x").value_or(""), testing::HasSubstr("directory"));
  EXPECT_THAT(cli::write_file(folder / "no/such/file", "x").value_or(""), testing::HasSubstr("No such file"));
  if (fs::exists("/dev/full")) {
    EXPECT_THAT(cli::write_file("/dev/full", "x").value_or(""), testing::HasSubstr("No space left"));
    EXPECT_TRUE(fs::is_character_file("/dev/full"));
  }
}

}  // namespace
}  // namespace mailroom::tests
