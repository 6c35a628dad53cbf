// SPDX-License-Identifier: GPL-2.0-only
// The one filter language of canvas, events, ladder, timeline and plots, as a value: text in, tree out, text
// back. What it means for an event, a message or a host is matcher.hpp's.
//
//   filter = all *("or" all)              rcpt:bob or rcpt:carol
//   all    = one *(["and"] one)           rcpt:bob reply:4xx host:mx2 t>30
//   one    = ("not" / "-") one / "(" filter ")" / key (":" / ">" / "<" / ">=" / "<=" / "=") value / word
//   value  = a word, "text in quotation marks", for most keys several with commas: host:mx1,mx2
//   word   = any other word, or text in quotation marks: a part of anything that the event says or names;
//            4xx and its like stand for reply:4xx
//
// Keys are in kFilterKeys. Letters in any case. "and", "or", "not" are words of the language: as text they
// stand in quotation marks. parse() never fails but by a FilterError, whatever the octets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace mailroom::viz {

struct FilterError {
  std::size_t offset = 0;  // octets before what is wrong
  std::string wrong;       // "there is no key 'hots'"
  std::string right;       // "did you mean 'host'?"
  friend bool operator==(const FilterError&, const FilterError&) = default;
};

enum class FilterKey : std::uint8_t {
  any,  // a word without a key
  rcpt,
  from,
  to,
  host,
  link,
  message,
  copy,
  session,
  connection,
  attempt,
  fault,
  event,
  reply,
  kind,
  text,
  time,
  queue,
  size,
  is,
};

// What the values of a key are: how they are written, and compared.
enum class FilterValue : std::uint8_t {
  text,
  name,
  number,
  number_or_name,
  reply,
  kind,
  time,
  count,
  size,
  word
};

struct FilterKeyInfo {
  FilterKey key;
  std::string_view name;   // as printed: "rcpt"
  std::string_view alias;  // another way of writing it, or empty
  FilterValue value;
  std::string_view meaning;  // "the recipient: an address, or what stands before or after its @"
  std::string_view example;  // "rcpt:bob"
};
inline constexpr FilterKeyInfo kFilterKeys[] = {
    {FilterKey::rcpt, "rcpt", "recipient", FilterValue::name,
     "the recipient: an address, or what stands before or after its @", "rcpt:bob"},
    {FilterKey::from, "from", "", FilterValue::name,
     "where it comes from: a host, or the originator's address", "from:mx1"},
    {FilterKey::to, "to", "", FilterValue::name, "where it goes to: a host, or the recipient's address",
     "to:mx2"},
    {FilterKey::host, "host", "", FilterValue::name, "the host where it happens", "host:mx2"},
    {FilterKey::link, "link", "", FilterValue::name, "the link where it happens", "link:mx1-mx2"},
    {FilterKey::message, "msg", "message", FilterValue::number_or_name,
     "a message, by its number or Message-ID", "msg:3"},
    {FilterKey::copy, "copy", "", FilterValue::number, "a copy, by its number", "copy:5"},
    {FilterKey::session, "session", "", FilterValue::number, "a session, by its number", "session:2"},
    {FilterKey::connection, "connection", "", FilterValue::number, "a TCP connection, by its number",
     "connection:2"},
    {FilterKey::attempt, "attempt", "", FilterValue::number, "an attempt, by its number", "attempt:4"},
    {FilterKey::fault, "fault", "", FilterValue::number, "a fault, by its number", "fault:1"},
    {FilterKey::event, "event", "", FilterValue::number, "an event, by its number", "event:4711"},
    {FilterKey::reply, "reply", "code", FilterValue::reply,
     "the reply: a code, a class of codes, or an enhanced code", "reply:4xx"},
    {FilterKey::kind, "kind", "", FilterValue::kind, "the kind of event; * stands for anything",
     "kind:copy.*"},
    {FilterKey::text, "text", "", FilterValue::text, "words in the text of the event", "text:\"try later\""},
    {FilterKey::time, "t", "time", FilterValue::time, "the time, in seconds or with a unit", "t:10s..2m"},
    {FilterKey::queue, "queue", "", FilterValue::count, "messages in the queue of the host", "queue>5"},
    {FilterKey::size, "size", "", FilterValue::size, "the size in octets", "size>10k"},
    {FilterKey::is, "is", "", FilterValue::word, "what became of it", "is:delivered"},
};
const FilterKeyInfo& info(FilterKey key);  // not of `any`

// What `is:` may ask.
enum class FilterIs : std::uint8_t { delivered, deferred, bounced, lost, duplicate, bounce, fault };
struct FilterIsInfo {
  FilterIs is;
  std::string_view name;
  std::string_view meaning;
};
inline constexpr FilterIsInfo kFilterIs[] = {
    {FilterIs::delivered, "delivered", "put into a mailbox"},
    {FilterIs::deferred, "deferred", "re-queued: tried again later"},
    {FilterIs::bounced, "bounced", "given up, and the originator is told"},
    {FilterIs::lost, "lost", "destroyed, or octets of it lost on a link"},
    {FilterIs::duplicate, "duplicate", "delivered to a mailbox that has it already"},
    {FilterIs::bounce, "bounce", "about a notification"},
    {FilterIs::fault, "fault", "a fault begins or ends, or does it"},
};

// One condition. Which members count depends on the key's FilterValue.
struct FilterTerm {
  static constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();
  static constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();

  FilterKey key = FilterKey::any;
  std::vector<std::string> texts{};     // any of these; as written
  std::vector<std::int64_t> numbers{};  // or any of these
  FilterIs is{};
  std::int64_t least = kLeast;  // time (ns), count, size: from …
  std::int64_t most = kMost;    // … to, both included
  friend bool operator==(const FilterTerm&, const FilterTerm&) = default;
};

struct FilterNode {
  enum class What : std::uint8_t { all, any, negation, term } what = What::all;
  std::vector<FilterNode> children{};  // of all and any; of a negation one
  FilterTerm term{};
  friend bool operator==(const FilterNode&, const FilterNode&) = default;
};

class Filter {
 public:
  static constexpr std::size_t kMostOctets = 4096;
  static constexpr int kMostNested = 32;

  Filter() = default;  // everything
  // Blanks only: everything.
  static std::expected<Filter, FilterError> parse(std::string_view text);

  bool is_empty() const { return root_.what == FilterNode::What::all && root_.children.empty(); }
  // The same filter in one form, with brackets only where they are needed: parse(print()) is equal.
  std::string print() const;
  const FilterNode& root() const { return root_; }
  friend bool operator==(const Filter&, const Filter&) = default;

 private:
  FilterNode root_;
};

}  // namespace mailroom::viz
