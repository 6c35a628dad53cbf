// SPDX-License-Identifier: GPL-2.0-only
// What the tests of the readers share.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "topologies/read.hpp"

namespace mailroom::topology {

inline std::string all_of(const std::vector<Diagnostic>& diagnostics) {
  std::string result;
  for (const auto& d : diagnostics) result += to_string(d) + "\n";
  return result;
}

inline std::vector<std::string> node_names(const Graph& graph) {
  std::vector<std::string> names;
  for (const Vertex v : boost::make_iterator_range(boost::vertices(graph))) names.push_back(graph[v].name);
  return names;
}

inline std::vector<Link> links_of(const Graph& graph) {
  std::vector<Link> links;
  for (const Edge e : boost::make_iterator_range(boost::edges(graph))) links.push_back(graph[e]);
  return links;
}

inline std::vector<std::string> link_names(const Graph& graph) {
  std::vector<std::string> names;
  for (const Link& link : links_of(graph)) names.push_back(link.name);
  return names;
}

// Every text field and figure, so that two graphs are equal if these are.
inline std::string everything(const Graph& graph) {
  std::string all;
  const auto put = [&](const auto& value) { all += testing::PrintToString(value) + " "; };
  for (const Vertex v : boost::make_iterator_range(boost::vertices(graph))) {
    const Node& n = graph[v];
    put(n.name), put(n.label), put(n.id), put(n.is_lan), put(n.is_external);
    put(n.latitude), put(n.longitude), put(n.x), put(n.y);
    all += "\n";
  }
  for (const Edge e : boost::make_iterator_range(boost::edges(graph))) {
    const Link& l = graph[e];
    put(boost::source(e, graph)), put(boost::target(e, graph)), put(l.name), put(l.label), put(l.rate_bps);
    put(l.delay_ns), put(l.queue_packets), put(l.loss_per_billion);
    all += "\n";
  }
  return all;
}

}  // namespace mailroom::topology
