// SPDX-License-Identifier: GPL-2.0-only
// DNS messages in words, for the log: who opens a session in the visualizer wants to read DNS as she reads
// SMTP.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/dns/message.hpp"

namespace mailroom::agents {

// "MX north.example"
std::string question_words(const dns::Name& name, dns::Type type);
std::string question_words(const dns::Message& message);

// "10 mx.north.example, 20 relay.test"; the first few, and how many more.
std::string record_words(const std::vector<dns::Record>& records);
// "MX north.example: 10 mx.north.example", "… does not exist (NXDOMAIN)", "… is delegated to
// mx.north.example"
std::string response_words(const dns::Message& message);

// The `detail` of an event, key by key.
class JsonObject {
 public:
  JsonObject& text(std::string_view key, std::string_view value);
  JsonObject& number(std::string_view key, std::int64_t value);
  JsonObject& flag(std::string_view key, bool value);
  JsonObject& records(std::string_view key, const std::vector<dns::Record>& records);  // as in a master file
  std::string take() { return std::move(octets_) + "}"; }

 private:
  void key(std::string_view key);
  std::string octets_ = "{";
};

}  // namespace mailroom::agents
