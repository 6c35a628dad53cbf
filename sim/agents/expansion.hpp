// SPDX-License-Identifier: GPL-2.0-only
// What becomes of the recipients of a message that a host takes on: each stays as it is, or is replaced by
// others, again and again, until nothing is left to rewrite. A plan only: who commits the message carries it
// out (Mta::commit).
//
// - Nobody gets two copies of one message from one host, however many lists and aliases lead to them and
//   however many names or routes their mailbox has; so lists that contain themselves or each other come to an
//   end.
// - What a list sends has its owner as reverse-path (RFC 5321 §3.9.2), what all other rules send has the
//   message's own (§3.9.1, §3.4). A message without a reverse-path keeps it so: nobody is told of it
//   (§4.5.5).
// - What is sent on says so: Delivered-To with the address that it was for (RFC 9228). A message that comes
//   back with it is a loop, and is not rewritten once more.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/agents/address_book.hpp"
#include "sim/agents/directory.hpp"
#include "sim/agents/router.hpp"
#include "sim/queue/entry.hpp"

namespace mailroom::agents {

struct Expansion {
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  // A queue entry to be. The first is the message as it came; each other was made by the rule of one address.
  struct Group {
    std::string reverse_path{};
    std::string fields{};                     // to be put before the message, newest first
    queue::Visited delivered_to{};  // canonical: what the fields and the message itself say
    std::size_t open = 0;           // copies in it that stay
  };
  // What a rule makes of an address: RFC 3461 §5.2.7 has a report for each.
  enum class Into : std::uint8_t { one, several, list };
  struct Copy {
    std::string forward_path{};
    std::size_t parent = kNone;
    std::size_t group = 0;
    std::size_t children = 0;
    std::string rule{};       // it ends at once by this rule: expanded into its children, or if it has none,
                              // discarded; empty: it stays
    Into into = Into::one;    // where it is expanded
    bool left_list = false;  // a list is among its ancestors
  };
  std::vector<Group> groups;
  // Those that came first and in their order; parents before children; the children of one next to each
  // other.
  std::vector<Copy> copies;
};

class Expander {
 public:
  // More rewriting on the way to one address than this is a loop.
  static constexpr int kDepthLimit = 100;

  // All must outlive the expander.
  Expander(const scenario::Host& config, const AddressBook& book, const Router& router,
           const Directory& directory)
      : config_(config), book_(book), router_(router), directory_(directory) {}

  // What the header of a message says of where it has been.
  struct Carried {
    queue::Visited delivered_to{};  // canonical; none where the host does not heed them
    bool is_of_list = false;        // a list has put its fields in front
  };
  // Of so many Delivered-To fields, the newest, each no longer than a path may be: whatever a header says, it takes no
  // more room than that, and a longer way round ends by the hop limit.
  static constexpr std::size_t kHeededFields = 100;
  static constexpr std::size_t kAddressOctets = 320;
  Carried carried(std::string_view trace_fields, std::string_view content) const;

  struct Message {
    std::string_view reverse_path{};
    Carried carried{};
    bool begins_here = false;  // a user agent of this host made it
    bool smtputf8 = false;     // it came with SMTPUTF8: its header may have what is beyond US-ASCII
  };
  Expansion expand(std::vector<std::string> forward_paths, const Message& message) const;

 private:
  struct Work;
  std::optional<Rewriting> rewriting_of(const Work& work, std::size_t index) const;
  bool is_local(std::string_view forward_path) const;
  std::string key_of(std::string_view forward_path) const;
  std::string goal_of(std::string_view forward_path) const;
  void replace(Work& work, std::size_t index, const Rewriting& rewriting) const;
  std::size_t make_group(Work& work, std::size_t index, const Rewriting& rewriting) const;
  bool keeps_own(const Work& work, std::size_t index, std::size_t target) const;

  const scenario::Host& config_;
  const AddressBook& book_;
  const Router& router_;
  const Directory& directory_;
};

}  // namespace mailroom::agents
