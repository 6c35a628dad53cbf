// SPDX-License-Identifier: GPL-2.0-only
#include "sim/story/printable.hpp"

namespace mailroom::story {
namespace {

TEST(Printable, ShowsNoControlCharacterOfOthers) {
  EXPECT_EQ(printable("plain"), "plain");
  EXPECT_EQ(printable("a\x1b[2Jb"), "a\\x1b[2Jb");
  EXPECT_EQ(printable("a\nb"), "a\\x0ab");
  EXPECT_EQ(printable("a\nb\tc", true), "a\nb\tc");
  EXPECT_EQ(printable("\x7f"), "\\x7f");
  EXPECT_EQ(printable("\xc2\x9b"), "\\xc2\\x9b");  // CSI as one C1 control
}

TEST(Printable, KeepsUtf8AndShowsWhatIsNone) {
  EXPECT_EQ(printable("Jos\xc3\xa9 \xe2\x82\xac \xf0\x9f\x93\xac"),
            "Jos\xc3\xa9 \xe2\x82\xac \xf0\x9f\x93\xac");
  EXPECT_EQ(printable("\xe9t\xe9"), "\\xe9t\\xe9");
  EXPECT_EQ(printable("\xc0\xaf"), "\\xc0\\xaf");           // overlong
  EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80");  // surrogate
  EXPECT_EQ(printable("\xe2\x82"), "\\xe2\\x82");           // cut short
}

TEST(Printable, ShowsTheBeginningOfALongText) {
  EXPECT_EQ(printable_beginning("short"), "short");
  EXPECT_THAT(printable_beginning(std::string(1000, 'x')),
              testing::AllOf(testing::StartsWith("xxx"), testing::EndsWith("xxx ... (1000 octets)"),
                             testing::SizeIs(218)));
}

}  // namespace
}  // namespace mailroom::story
