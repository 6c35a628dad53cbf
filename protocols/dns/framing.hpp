// SPDX-License-Identifier: GPL-2.0-only
// Messages over TCP: each after its length in two octets (RFC 1035 §4.2.2, RFC 7766 §8).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailroom::dns {

// Of at most 65535 octets.
std::string frame(std::string_view message);

//   deframer.receive(octets);                     // as they come
//   while (auto message = deframer.next()) …      // each complete one
// Holds at most what was received and not yet taken.
class Deframer {
 public:
  void receive(std::string_view octets) { input_ += octets; }
  std::optional<std::string> next();
  // The connection ended: was it within a message?
  bool is_within_message() const { return !input_.empty(); }

 private:
  std::string input_;
};

}  // namespace mailroom::dns
