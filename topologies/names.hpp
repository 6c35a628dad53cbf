// SPDX-License-Identifier: GPL-2.0-only
// Names for nodes and links: what a file calls them becomes a name of [a-z0-9.-] that a scenario can use.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "topologies/graph.hpp"

namespace mailroom::topology {

// A name of [a-z0-9.-] for a label in UTF-8: "Prague" -> "prague", "České Budějovice" -> "ceske-budejovice",
// "St. Gallen (CH)" -> "st.gallen-ch", "Αθήνα" -> "athina". Letters of Latin, Greek and Cyrillic script are
// transliterated; others become "u" and their number in hex. It begins and ends with a letter or digit, has
// no empty label ("a..b"), and at most 63 octets. Never empty: `otherwise` is used when nothing remains.
std::string name_from_label(std::string_view label, std::string_view otherwise);

// Hands out unique names: the first "prague" is "prague", the next "prague-2".
class UniqueNames {
 public:
  std::string make(std::string name);

 private:
  std::unordered_set<std::string> taken_;
  std::unordered_map<std::string, std::size_t> next_;
};

// Names every link after its ends: "a-b", and "a-b.2" for the second between the same two. The end that comes
// first in vertex order comes first in the name.
void name_links(Graph& graph);

}  // namespace mailroom::topology
