// SPDX-License-Identifier: GPL-2.0-only
#include "protocols/dsn/status.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace mailroom::dsn {
namespace {

struct Row {
  std::uint16_t subject;
  std::uint16_t detail;
  std::string_view name;
  std::string_view meaning;
  std::string_view advice;
};

constexpr Row kRows[] = {
#define STATUS(subject, detail, name, meaning, advice) {subject, detail, name, meaning, advice},
#include "protocols/dsn/statuses.def"
#undef STATUS
};

// RFC 3463 §2.
constexpr std::array<std::string_view, 8> kSubjects = {
    "other or undefined",  "addressing",        "mailbox",         "mail system",
    "network and routing", "delivery protocol", "message content", "security or policy"};

const Row* find(std::uint16_t subject, std::uint16_t detail) {
  const auto found = std::ranges::find_if(
      kRows, [&](const Row& row) { return row.subject == subject && row.detail == detail; });
  return found == std::end(kRows) ? nullptr : &*found;
}

std::string_view name_of_class(std::uint16_t cls) {
  switch (cls) {
    case 2:
      return "success";
    case 4:
      return "persistent transient failure";
    case 5:
      return "permanent failure";
    default:
      return "no status";
  }
}

struct ReplyRow {
  int code;
  Status status;
};

// RFC 5321 §4.2.2's words, in those of RFC 3463. 450 and 550 are the mailbox's or a policy's and don't say whose:
// they stand for nothing more exact.
constexpr ReplyRow kReplies[] = {
    {251, {2, 1, 5}},  {421, {4, 3, 2}}, {450, {4, 0, 0}}, {451, {4, 3, 0}}, {452, {4, 3, 1}},
    {454, {4, 7, 0}},  {455, {4, 5, 4}}, {500, {5, 5, 2}}, {501, {5, 5, 4}}, {502, {5, 5, 1}},
    {503, {5, 5, 1}},  {504, {5, 5, 4}}, {521, {5, 3, 2}}, {530, {5, 7, 0}}, {535, {5, 7, 8}},
    {550, {5, 0, 0}},  {551, {5, 1, 6}}, {552, {5, 2, 2}}, {553, {5, 1, 3}}, {555, {5, 5, 4}},
    {556, {5, 1, 10}},
};

// At most three digits, without leading zeros; the rest of the text behind them.
bool read_number(std::string_view& text, std::uint16_t& number) {
  std::size_t digits = 0;
  std::uint16_t value = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') {
    if (++digits > 3) return false;
    value = static_cast<std::uint16_t>(value * 10 + (text[digits - 1] - '0'));
  }
  if (digits == 0 || (digits > 1 && text[0] == '0')) return false;
  text.remove_prefix(digits);
  number = value;
  return true;
}

bool eat_dot(std::string_view& text) {
  if (!text.starts_with('.')) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

std::string to_string(Status status) {
  return fmt::format("{}.{}.{}", status.cls, status.subject, status.detail);
}

std::optional<Status> parse_status(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t\r\n"), text.size()));
  Status status;
  if (!read_number(text, status.cls) || !eat_dot(text) || !read_number(text, status.subject) ||
      !eat_dot(text) || !read_number(text, status.detail)) {
    return std::nullopt;
  }
  if (status.cls != 2 && status.cls != 4 && status.cls != 5) return std::nullopt;
  if (!text.empty() && std::string_view(" \t\r\n(").find(text.front()) == std::string_view::npos)
    return std::nullopt;
  return status;
}

Words words_of(Status status) {
  const Row* exact = find(status.subject, status.detail);
  const Row* subject = find(status.subject, 0);
  const Row& general = subject != nullptr ? *subject : kRows[0];
  const Row& row = exact != nullptr ? *exact : general;
  return {.cls = name_of_class(status.cls),
          .subject = status.subject < kSubjects.size() ? kSubjects[status.subject] : "unknown subject",
          .detail = exact != nullptr ? exact->name : "not registered",
          .meaning = row.meaning,
          .advice = row.advice.empty() ? general.advice : row.advice};
}

std::string describe(Status status) {
  const Words words = words_of(status);
  return fmt::format("{}: {}; {}; {}", to_string(status), words.cls, words.subject, words.detail);
}

Status status_of_reply(int code) {
  for (const ReplyRow& row : kReplies) {
    if (row.code == code) return row.status;
  }
  const int cls = code / 100;
  if (cls != 2 && cls != 4 && cls != 5) return {};
  return {static_cast<std::uint16_t>(cls), 0, 0};
}

Status status_of(Trouble trouble) {
  switch (trouble) {
    case Trouble::no_answer:
      return {4, 4, 1};
    case Trouble::dns_failure:
      return {4, 4, 3};
    case Trouble::no_such_domain:
      return {5, 1, 2};
    case Trouble::null_mx:
      return {5, 1, 10};
    case Trouble::no_route:
      return {5, 4, 4};
    case Trouble::loop:
      return {5, 4, 6};
    case Trouble::expired:
      return {4, 4, 7};
  }
  std::unreachable();
}

}  // namespace mailroom::dsn
