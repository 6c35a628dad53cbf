// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/message/compose.hpp"

#include "protocols/message/date.hpp"
#include "protocols/message/message_id.hpp"

namespace mailroom::message {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Mailbox box(std::string_view text) {
  return parse_mailbox(text).value();
}
std::vector<Address> list(std::string_view text) {
  return parse_address_list(text).value();
}

Draft hello() {
  return {.from = {box("Alice <alice@alpha.example>")},
          .sender = {},
          .to = list("Bob <bob@beta.example>, team: carol@gamma.example, bob@BETA.example;"),
          .cc = list("dave@delta.example"),
          .bcc = list("secret@hidden.example, dave@delta.example"),
          .subject = "Hello",
          .text = "First line\nSecond line",
          .unix_s = 1704103200,
          .message_id = make_message_id("1", "pc.alpha.example"),
          .extra_fields = {{"X-Lab", "yes"}}};
}

TEST(Compose, WritesAMessage) {
  EXPECT_EQ(compose(hello()),
            "Date: Mon, 01 Jan 2024 10:00:00 +0000\r\n"
            "From: Alice <alice@alpha.example>\r\n"
            "To: Bob <bob@beta.example>, team: carol@gamma.example, bob@BETA.example;\r\n"
            "Cc: dave@delta.example\r\n"
            "Message-ID: <1@pc.alpha.example>\r\n"
            "Subject: Hello\r\n"
            "X-Lab: yes\r\n"
            "\r\n"
            "First line\r\nSecond line\r\n");
}

TEST(Compose, FoldsManyRecipientsSoThatTheyReadBack) {
  Draft draft = hello();
  draft.to.clear();
  for (int i = 0; i < 200; ++i)
    draft.to.push_back(box("\"User, No. " + std::to_string(i) + "\" <u" + std::to_string(i) + "@b.example>"));
  const std::string octets = compose(draft);
  EXPECT_TRUE(is_canonical(octets, FinalLineEnd::ensure));
  const Header header(octets);
  ASSERT_NE(header.find("To"), nullptr);
  const auto read = parse_address_list(header.find("To")->value());
  ASSERT_TRUE(read);
  EXPECT_EQ(format(*read), format(draft.to));
  for (std::size_t begin = 0; begin < octets.size();) {
    const std::size_t end = octets.find("\r\n", begin);
    ASSERT_LE(end - begin, 78U);
    begin = end + 2;
  }
}

TEST(Compose, NamesASenderForSeveralAuthors) {
  Draft draft = hello();
  EXPECT_EQ(Header(compose(draft)).find("Sender"), nullptr);
  draft.from.push_back(box("erin@alpha.example"));
  EXPECT_EQ(Header(compose(draft)).find("Sender")->unfolded(), "Alice <alice@alpha.example>");
  draft.sender = box("desk@alpha.example");
  const std::string octets = compose(draft);
  EXPECT_EQ(Header(octets).find("From")->unfolded(), "Alice <alice@alpha.example>, erin@alpha.example");
  EXPECT_EQ(Header(octets).find("Sender")->unfolded(), "desk@alpha.example");
  EXPECT_EQ(envelope_of(draft).reverse_path, "desk@alpha.example");
}

TEST(Compose, KeepsTextAsItIs) {
  Draft draft = hello();
  draft.text = ".\r\n..\nFrom here\rbare\n\n";
  EXPECT_EQ(Header(compose(draft)).body(), ".\r\n..\r\nFrom here\rbare\r\n\r\n");
  draft.text = "";
  const std::string octets = compose(draft);
  EXPECT_TRUE(octets.ends_with("\r\n\r\n"));
  EXPECT_EQ(Header(octets).separator(), "\r\n");
  EXPECT_EQ(Header(octets).body(), "");
}

TEST(Envelope, IsDerivedFromTheDraftWithBcc) {
  const Envelope envelope = envelope_of(hello());
  EXPECT_EQ(envelope.reverse_path, "alice@alpha.example");
  EXPECT_THAT(envelope.forward_paths, ElementsAre("bob@beta.example", "carol@gamma.example",
                                                  "dave@delta.example", "secret@hidden.example"));
  EXPECT_EQ(compose(hello()).find("secret"), std::string::npos);
}

TEST(Envelope, IsDerivedFromTheHeader) {
  const Envelope envelope = envelope_of(
      Header("From: a@x.example, b@x.example\r\nSender: (me) desk@x.example\r\nBCC: \r\nTo: Undisclosed:;\r\n"
             "to: \"c d\"@y.example,\r\n <@r.example:e@y.example>\r\nBcc: e@Y.example, "
             "E@y.example\r\nReply-To: n@z.example\r\n"
             "\r\nTo: body@no.example\r\n"));
  EXPECT_EQ(envelope.reverse_path, "desk@x.example");
  EXPECT_THAT(envelope.forward_paths, ElementsAre("\"c d\"@y.example", "e@y.example", "E@y.example"));
  EXPECT_THAT(envelope.errors, IsEmpty());
}

TEST(Envelope, TakesTheFirstAuthorWithoutSender) {
  EXPECT_EQ(envelope_of(Header("From: a@x.example, b@x.example\n\n")).reverse_path, "a@x.example");
  EXPECT_EQ(envelope_of(Header("To: a@x.example\n\n")).reverse_path, "");
}

TEST(Envelope, ReportsFieldsThatItCannotRead) {
  const Envelope envelope = envelope_of(Header("From: a@x.example\nTo: nobody\nCc: b@x.example\n\n"));
  EXPECT_THAT(envelope.forward_paths, ElementsAre("b@x.example"));
  ASSERT_EQ(envelope.errors.size(), 1U);
  EXPECT_EQ(envelope.errors[0].field, "To");
  EXPECT_EQ(envelope.errors[0].error.offset, 7U);
}

TEST(Envelope, ComesFromTheTopmostResentBlock) {
  const std::string original = "From: a@x.example\r\nTo: b@x.example\r\nCc: c@x.example\r\n\r\n";
  const std::string first =
      "Resent-Date: 1 Jan 2024 10:00 +0000\r\nResent-From: d@y.example\r\nResent-To: e@y.example\r\n";
  const std::string second =
      "Resent-From: f@z.example\r\nResent-Sender: g@z.example\r\nResent-To: h@z.example\r\nResent-Bcc: "
      "i@z.example\r\n";
  EXPECT_THAT(envelope_of(Header(original)).forward_paths, ElementsAre("b@x.example", "c@x.example"));
  const std::string once = first + original;
  EXPECT_EQ(envelope_of(Header(once)).reverse_path, "d@y.example");
  EXPECT_THAT(envelope_of(Header(once)).forward_paths, ElementsAre("e@y.example"));
  for (const std::string& twice :
       {second + first + original, second + "Received: by x; date\r\n" + first + original}) {
    EXPECT_EQ(envelope_of(Header(twice)).reverse_path, "g@z.example");
    EXPECT_THAT(envelope_of(Header(twice)).forward_paths, ElementsAre("h@z.example", "i@z.example"));
  }
}

TEST(Filler, HasTheExactSizeAndShortLines) {
  for (std::size_t size = 0; size < 700; ++size) {
    for (const std::uint64_t key : {0U, 1U, 77U}) {
      const std::string text = filler_text(size, key);
      ASSERT_EQ(text.size(), size);
      if (size < 2) continue;
      ASSERT_TRUE(is_canonical(text, FinalLineEnd::ensure)) << size;
      for (std::size_t begin = 0; begin < size;) {
        const std::size_t end = text.find("\r\n", begin);
        ASSERT_LT(end - begin, 78U);
        ASSERT_NE(text.substr(begin, end - begin), ".");
        ASSERT_FALSE(text.substr(begin).starts_with("From "));
        ASSERT_NE(text[end - 1], ' ');
        begin = end + 2;
      }
    }
  }
  EXPECT_EQ(filler_text(1'000'001, 5).size(), 1'000'001U);
}

TEST(Filler, DependsOnTheKeyOnly) {
  EXPECT_EQ(filler_text(500, 1), filler_text(500, 1));
  EXPECT_NE(filler_text(500, 1), filler_text(500, 2));
  EXPECT_EQ(filler_text(60, 1), "Letter station music near open between the open village af\r\n")
      << "a change here changes every run file";
}

TEST(Filler, FillsADraftToASize) {
  Draft draft = hello();
  const std::size_t header_bytes = fill_to_size(draft, 0, 9);
  EXPECT_EQ(header_bytes, compose(draft).size());
  EXPECT_EQ(draft.text, "");
  for (const std::size_t more : {2U, 3U, 77U, 78U, 79U, 1000U, 50000U}) {
    EXPECT_EQ(fill_to_size(draft, header_bytes + more, 9), header_bytes + more);
    EXPECT_EQ(compose_to_size(draft, header_bytes + more, 9), compose(draft)) << more;
    EXPECT_EQ(compose(draft).size(), header_bytes + more);
  }
  EXPECT_EQ(fill_to_size(draft, header_bytes + 1, 9), header_bytes + 2);
  EXPECT_EQ(compose(draft).size(), header_bytes + 2);
}

}  // namespace
}  // namespace mailroom::message
