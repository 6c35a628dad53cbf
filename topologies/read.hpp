// SPDX-License-Identifier: GPL-2.0-only
// Reads a network's map from a file: GraphML (as the Internet Topology Zoo, yEd, NetworkX and write_graphml()
// make it) or DOT (Graphviz). Whatever the file holds, the answer is a graph or a list of what is wrong;
// never an exception, never an unbounded amount of time or memory.
#pragma once

#include <cstddef>
#include <expected>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "topologies/graph.hpp"

namespace mailroom::topology {

struct Diagnostic {
  std::string file;        // as the user named it
  std::size_t line = 0;    // from 1; 0: the file as a whole
  std::size_t column = 0;  // from 1, in octets; 0: the line as a whole
  std::string wrong;
  std::string right;  // may be empty in a warning that asks for nothing
};
// "file:line:column: what is wrong; what would be right"
std::string to_string(const Diagnostic& diagnostic);

struct ReadResult {
  Graph graph;
  std::string name;  // of the network, as the file has it; may be empty
  std::vector<Diagnostic> warnings;
};
using ReadOutcome = std::expected<ReadResult, std::vector<Diagnostic>>;

// Larger files are refused before they are read.
inline constexpr std::size_t kMaxFileBytes = 32u << 20;
inline constexpr std::size_t kMaxNodes = 100'000;
inline constexpr std::size_t kMaxLinks = 400'000;
inline constexpr std::size_t kMaxDepth = 100;       // of XML elements, DOT braces
inline constexpr std::size_t kMaxDiagnostics = 50;  // of each sort; then one line says how many more

// Reads `path`, a GraphML or a DOT file: the first character that is not blank decides.
ReadOutcome read_file(const std::filesystem::path& path);

// The same on a text in memory. `file` is only for diagnostics.
//
// Understood at a node: label, Latitude, Longitude, x, y, hyperedge, Internal; at an edge: label (LinkLabel),
// rate or LinkSpeedRaw (bit/s) or LinkSpeed with LinkSpeedUnits, else a rate that LinkType or LinkLabel names
// ("OC-192", "45 Mbps DS-3"), delay, queue, loss (units.hpp). All else is ignored. Nodes keep the file's
// order and id and get unique names made of [a-z0-9.-]. A self-loop is dropped with a warning.
ReadOutcome read_graphml(std::string_view text, std::string_view file);

// Understood at a node: label, lat, lon, pos ("x,y" in points, right and up), lan=true, external=true; at an
// edge: label, rate, delay, queue, loss. Defaults ("node [...]", "edge [...]"), subgraphs, edge chains,
// ports, HTML labels and comments are DOT's own. A self-loop is an error.
ReadOutcome read_dot(std::string_view text, std::string_view file);

}  // namespace mailroom::topology
