// SPDX-License-Identifier: GPL-2.0-only
#include "viz/model/explain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>

#include "protocols/dsn/status.hpp"
#include "protocols/smtp/command_table.hpp"
#include "protocols/smtp/reply.hpp"
#include "viz/model/text_match.hpp"

namespace mailroom::viz {
namespace {

using smtp::Verb;

struct CommandWords {
  Verb verb;
  std::string_view title, text, source;
};
constexpr CommandWords kCommands[] = {
#define COMMAND(verb, title, text, source) {Verb::verb, title, text, source},
#include "viz/model/explain_words.def"
#undef COMMAND
};

struct ParameterWords {
  std::string_view keyword;
  Verb command;
  std::string_view text, source;
};
constexpr ParameterWords kParameters[] = {
#define PARAMETER(keyword, command, text, source) {keyword, Verb::command, text, source},
#include "viz/model/explain_words.def"
#undef PARAMETER
};

struct CodeWords {
  int code;
  std::string_view text, source;
};
constexpr CodeWords kCodes[] = {
#define CODE(code, text, source) {code, text, source},
#include "viz/model/explain_words.def"
#undef CODE
};
constexpr auto kCodeNumbers = [] {
  std::array<int, std::size(kCodes)> numbers{};
  for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = kCodes[i].code;
  return numbers;
}();

struct KindWords {
  trace::Kind kind;
  std::string_view title, text, source;
};
constexpr KindWords kKindWords[] = {
#define KIND(noun, verb, title, text, source) {trace::Kind::noun##_##verb, title, text, source},
#include "viz/model/explain_words.def"
#undef KIND
};

const CommandWords& words_of(Verb verb) {
  const auto found = std::ranges::find(kCommands, verb, &CommandWords::verb);
  return found == std::end(kCommands) ? kCommands[std::size(kCommands) - 1] : *found;
}

std::string source_of(const CommandWords& words) {
  if (!words.source.empty()) return std::string(words.source);
  const auto rules = smtp::command_table();
  const auto rule = std::ranges::find(rules, words.verb, &smtp::CommandRule::verb);
  return rule == rules.end() ? std::string() : std::string(rule->section);
}

void add_source(std::string& sources, std::string_view source) {
  if (source.empty() || sources.contains(source)) return;
  if (!sources.empty()) sources += "; ";
  sources += source;
}

const ParameterWords* parameter_named(std::string_view keyword, Verb command) {
  for (const ParameterWords& words : kParameters)
    if (words.command == command && equals_folded(words.keyword, keyword)) return &words;
  return nullptr;
}

// The keyword at the start of a parameter or of a line of the reply to EHLO.
std::string_view keyword_of(std::string_view text) {
  return text.substr(0, std::min(text.find_first_of("= \t"), text.size()));
}

// Blank-separated, behind the path of MAIL and RCPT.
void explain_parameters(Explanation& explanation, std::string_view line, Verb verb) {
  const std::size_t path_end = line.find('>');
  if (path_end == std::string_view::npos) return;
  std::string_view rest = line.substr(path_end + 1);
  while (!rest.empty()) {
    const std::size_t start = rest.find_first_not_of(" \t");
    if (start == std::string_view::npos) return;
    rest.remove_prefix(start);
    const std::string_view word = rest.substr(0, std::min(rest.find_first_of(" \t"), rest.size()));
    rest.remove_prefix(word.size());
    if (const ParameterWords* words = parameter_named(keyword_of(word), verb)) {
      explanation.text.append(" ").append(words->text);
      add_source(explanation.source, words->source);
    }
  }
}

// RFC 5321 §4.2.1
std::string_view second_digit(int code) {
  switch (code / 10 % 10) {
    case 0:
      return "about syntax";
    case 1:
      return "information";
    case 2:
      return "about the connection";
    case 3:
      return "about authentication";  // RFC 4954
    case 5:
      return "about the mail system";
    default:
      return {};
  }
}

std::string_view what_to_do(smtp::Category category) {
  switch (category) {
    case smtp::Category::positive_completion:
      return "The command was carried out.";
    case smtp::Category::positive_intermediate:
      return "The command is accepted, and the receiver waits for what follows.";
    case smtp::Category::transient_negative:
      return "Not now: the sender may try the same again later.";
    case smtp::Category::permanent_negative:
      return "Not at all: the sender should not try the same again.";
    case smtp::Category::none:
      return "No reply of SMTP begins with this digit.";
  }
  return {};
}

// What a code says here, where its general meaning is too thin for the moment.
std::string_view meaning_after(Verb answers, int code) {
  if (code == 250 && (answers == Verb::helo || answers == Verb::ehlo))
    return "The receiver accepts the sender's identification: connection setup is done.";
  if (code == 250 && answers == Verb::mail) return "The receiver takes note of the originator.";
  if (code == 250 && answers == Verb::rcpt) return "The receiver would take the message for this recipient.";
  if (code == 250 && answers == Verb::rset) return "The transaction is forgotten.";
  if (code == 250 && answers == Verb::vrfy) return "The mailbox exists.";
  if (code == 250 && answers == Verb::expn) return "These are the members of the list.";
  if (code == 554 && answers == Verb::unknown) return "There is no SMTP service for this sender.";
  return {};
}

void explain_extensions(Explanation& explanation, std::string_view text) {
  for (std::size_t line = text.find('\n'); line != std::string_view::npos; line = text.find('\n')) {
    text.remove_prefix(line + 1);
    if (const ParameterWords* words =
            parameter_named(keyword_of(text.substr(0, text.find('\n'))), Verb::unknown)) {
      explanation.text.append("\n").append(words->text);
      add_source(explanation.source, words->source);
    }
  }
}

void explain_enhanced(Explanation& explanation, std::string_view text) {
  const auto status = dsn::parse_status(text);
  if (!status) return;
  const dsn::Words words = dsn::words_of(*status);
  explanation.text += fmt::format("\n{}: {}", dsn::to_string(*status), words.meaning);
  if (!words.detail.empty() && words.detail != words.meaning)
    explanation.text += fmt::format(" ({})", words.detail);
  explanation.text += '.';
  add_source(explanation.source, fmt::format("RFC 3463 §3.{}", status->subject + 1));
}

}  // namespace

Explanation explain_command(std::string_view line) {
  const Verb verb = smtp::verb_of(line);
  const CommandWords& words = words_of(verb);
  Explanation explanation{.title = verb == Verb::unknown
                                       ? std::string(words.title)
                                       : fmt::format("{}: {}", smtp::name(verb), words.title),
                          .text = std::string(words.text),
                          .source = source_of(words)};
  if (verb == Verb::mail || verb == Verb::rcpt) explain_parameters(explanation, line, verb);
  return explanation;
}

Explanation explain_reply(int code, std::string_view text, Verb answers) {
  const smtp::Category category = smtp::category(code);
  Explanation explanation{.title = category == smtp::Category::none
                                       ? fmt::format("{}", code)
                                       : fmt::format("{}: {}", code, smtp::name(category)),
                          .text = std::string(what_to_do(category)),
                          .source = "RFC 5321 §4.2.1"};
  if (category == smtp::Category::none) return explanation;
  if (const auto about = second_digit(code); !about.empty()) explanation.title += fmt::format(" ({})", about);
  const auto row = std::ranges::find(kCodes, code, &CodeWords::code);
  const std::string_view here = meaning_after(answers, code);
  if (!here.empty()) {
    explanation.text.append(" ").append(here);
  } else if (row != std::end(kCodes)) {
    explanation.text.append(" ").append(row->text);
  }
  if (row != std::end(kCodes)) add_source(explanation.source, row->source);
  if (code == 250 && answers == Verb::ehlo) explain_extensions(explanation, text);
  explain_enhanced(explanation, text);
  return explanation;
}

Explanation explain_confirmation(int code, std::string_view text) {
  Explanation explanation = explain_reply(code, text, Verb::data);
  if (smtp::category(code) == smtp::Category::positive_completion) {
    explanation.text +=
        "\nThe receiver has committed the message: it is responsible from now on. The sender may forget it "
        "only when "
        "it has read this reply.";
    add_source(explanation.source, "RFC 5321 §4.2.5, §6.1");
  } else {
    explanation.text += "\nThe receiver has not taken the message: the sender stays responsible.";
    add_source(explanation.source, "RFC 5321 §4.2.5");
  }
  return explanation;
}

Explanation explain_content(bool in_chunks) {
  if (in_chunks)
    return {.title = "message text, in a part of known length",
            .text = "Header and body. The octets are counted, so no line needs to be changed on the way.",
            .source = "RFC 3030 §2"};
  return {.title = "message text, ended by a line with only a period",
          .text =
              "Header and body, line by line. A line of the text that begins with a period gets another one, "
              "which "
              "the receiver takes away again.",
          .source = "RFC 5321 §4.1.1.4, §4.5.2"};
}

Explanation explain_kind(trace::Kind kind) {
  const auto found = std::ranges::find(kKindWords, kind, &KindWords::kind);
  if (found == std::end(kKindWords)) return {};
  return {std::string(found->title), std::string(found->text), std::string(found->source)};
}

std::span<const int> explained_codes() {
  return kCodeNumbers;
}

}  // namespace mailroom::viz
