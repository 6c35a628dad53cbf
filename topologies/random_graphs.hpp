// SPDX-License-Identifier: GPL-2.0-only
// The generators that draw at random. Names are given by generate().
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "topologies/graph.hpp"

namespace mailroom::topology {

// Nodes at random places of the unit square (their x and y); each pair at distance d is linked with
// probability alpha · exp(-d / (beta · √2)). Then the components are joined by the shortest links that do so.
// None if there would be more than kMaxLinks links.
std::optional<Graph> waxman(std::size_t nodes, double alpha, double beta, const Link& link,
                            std::uint64_t seed);

// Begins with `links` + 1 nodes, each joined to each; every further node is joined to `links` different ones,
// chosen with probability in proportion to their degree. 1 <= links < nodes.
Graph barabasi_albert(std::size_t nodes, std::size_t links, const Link& link, std::uint64_t seed);

}  // namespace mailroom::topology
