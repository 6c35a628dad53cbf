// SPDX-License-Identifier: GPL-2.0-only
// What a person, or a real client or server, does to a live run: lines of one grammar, wherever they come
// from (standard input, telnet, serve, a replay). docs/LIVE.md prints the grammar.
//
//     connect N from HOST to HOST:PORT            somebody at a simulated host opens a TCP connection
//     listen N at HOST:PORT                       and somebody there takes connections, named N.1, N.2, …
//     datagram N from HOST to HOST:PORT "OCTETS"  somebody at a simulated host sends a datagram
//     type N "OCTETS"                             octets into a connection
//     finish N                                    the end of what is typed (FIN); no more datagrams, no more
//     listening reset N ["WHY"]                             a connection is cut off (RST) hold N, unhold N
//     nothing more is read from a connection for now; it is read again
//
// OCTETS have the escapes \r \n \t \" \\ and \xHH; an octet that is no printable ASCII is escaped. Any other
// first word is for somebody else (a fault): the line is kept as it is.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <variant>

namespace mailroom::control {

// Octets of one line; what is longer becomes several lines.
inline constexpr std::size_t kMostOctets = 4096;
// A datagram must go at once: as UDP has it.
inline constexpr std::size_t kMostDatagramOctets = 65'507;

// Who is meant: "3", or "3.2", the second connection that listener 3 took. Numbers go from 1 to 999,999,999.
struct Name {
  std::uint32_t number = 0;
  std::uint32_t taken = 0;  // 0: none
  friend auto operator<=>(const Name&, const Name&) = default;
};

struct Place {
  std::string host;
  std::uint16_t port = 0;
  friend bool operator==(const Place&, const Place&) = default;
};

struct Connect {
  Name name;
  std::string from;
  Place to;
  friend bool operator==(const Connect&, const Connect&) = default;
};
struct Listen {
  Name name;
  Place at;
  friend bool operator==(const Listen&, const Listen&) = default;
};
struct Datagram {
  Name name;
  std::string from;
  Place to;
  std::string octets;
  friend bool operator==(const Datagram&, const Datagram&) = default;
};
struct Type {
  Name name;
  std::string octets;
  friend bool operator==(const Type&, const Type&) = default;
};
struct Finish {
  Name name;
  friend bool operator==(const Finish&, const Finish&) = default;
};
struct Reset {
  Name name;
  std::string why;
  friend bool operator==(const Reset&, const Reset&) = default;
};
struct Hold {
  Name name;
  bool on = true;  // false: unhold
  friend bool operator==(const Hold&, const Hold&) = default;
};
struct Other {
  std::string text;  // without blanks around it
  friend bool operator==(const Other&, const Other&) = default;
};
using Line = std::variant<Connect, Listen, Datagram, Type, Finish, Reset, Hold, Other>;

// The error says what is wrong and what would be right.
std::expected<Line, std::string> parse(std::string_view text);

// As parse() reads it; two texts of equal lines are equal.
std::string to_string(const Line& line);
std::string to_string(Name name);

// "mx1:25".
std::expected<Place, std::string> parse_place(std::string_view text);
std::string to_string(const Place& place);

// OCTETS in quotes.
std::string quote(std::string_view octets);

// The first word of a line, and whether it is one of those above.
std::string_view first_word(std::string_view text);
bool is_verb(std::string_view word);

}  // namespace mailroom::control
