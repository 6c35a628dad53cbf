// SPDX-License-Identifier: GPL-2.0-only
#include "sim/agents/dns_words.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sim/agents/detail_text.hpp"

namespace mailroom::agents {
namespace {

constexpr std::size_t kRecordsShown = 4;

// As in a master file, but for the dots at the ends of names.
std::string data_words(const dns::Rdata& data) {
  if (const auto* mx = std::get_if<dns::Mx>(&data))
    return fmt::format("{} {}", mx->preference, mx->exchange.text());
  if (const auto* ns = std::get_if<dns::Ns>(&data)) return ns->server.text();
  if (const auto* cname = std::get_if<dns::Cname>(&data)) return cname->target.text();
  if (const auto* ptr = std::get_if<dns::Ptr>(&data)) return ptr->target.text();
  return dns::text(data);
}

}  // namespace

std::string question_words(const dns::Name& name, dns::Type type) {
  return fmt::format("{} {}", dns::name(type), name.text());
}

std::string question_words(const dns::Message& message) {
  if (message.questions.empty()) return "no question";
  return question_words(message.questions.front().name, message.questions.front().type);
}

std::string record_words(const std::vector<dns::Record>& records) {
  std::string words;
  for (std::size_t i = 0; i < std::min(records.size(), kRecordsShown); ++i)
    words += (i > 0 ? ", " : "") + data_words(records[i].data);
  if (records.size() > kRecordsShown) words += fmt::format(" and {} more", records.size() - kRecordsShown);
  return words;
}

std::string response_words(const dns::Message& message) {
  std::string words = question_words(message);
  if (message.rcode == dns::Rcode::name_error) return words + " does not exist (NXDOMAIN)";
  if (message.rcode != dns::Rcode::no_error) return words + ": " + dns::name(message.rcode);
  if (message.is_truncated) return words + ": the answer is too long (TC)";
  if (!message.answers.empty()) return words + ": " + record_words(message.answers);
  std::vector<dns::Record> servers;
  std::ranges::copy_if(message.authority, std::back_inserter(servers),
                       [](const dns::Record& record) { return record.type() == dns::Type::ns; });
  if (servers.empty()) return words + ": there are no such records";
  return fmt::format("{}: ask the servers of {}: {}", words, servers.front().owner.text(),
                     record_words(servers));
}

void JsonObject::key(std::string_view key) {
  if (octets_.size() > 1) octets_ += ',';
  append_json(octets_, key);
  octets_ += ':';
}

JsonObject& JsonObject::text(std::string_view name, std::string_view value) {
  key(name);
  append_json(octets_, value);
  return *this;
}

JsonObject& JsonObject::number(std::string_view name, std::int64_t value) {
  key(name);
  octets_ += std::to_string(value);
  return *this;
}

JsonObject& JsonObject::flag(std::string_view name, bool value) {
  key(name);
  octets_ += value ? "true" : "false";
  return *this;
}

JsonObject& JsonObject::records(std::string_view name, const std::vector<dns::Record>& records) {
  key(name);
  octets_ += '[';
  for (const dns::Record& record : records) {
    if (octets_.back() != '[') octets_ += ',';
    append_json(octets_, dns::text(record));
  }
  octets_ += ']';
  return *this;
}

}  // namespace mailroom::agents
