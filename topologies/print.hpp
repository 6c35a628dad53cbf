// SPDX-License-Identifier: GPL-2.0-only
// What `mailroom topology FILE` prints: a network's nodes, links, rates, components and single points of
// failure.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "topologies/graph.hpp"

namespace mailroom::topology {

// The figures behind both forms.
struct Summary {
  struct RateCount {
    std::int64_t rate_bps = 0;  // 0: not given
    std::size_t links = 0;
  };
  struct Parallel {
    std::string a;
    std::string b;
    std::size_t links = 0;
  };
  std::string name;
  std::size_t nodes = 0;
  std::size_t links = 0;
  std::size_t with_coordinates = 0;
  std::size_t diameter_hops = 0;
  bool diameter_is_exact = true;
  std::size_t external = 0;
  std::vector<RateCount> rates;                      // ascending
  std::vector<std::vector<std::string>> components;  // names, largest component first
  std::vector<std::string> critical_nodes;           // single points of failure
  std::vector<std::string> critical_links;
  std::vector<Parallel> parallel;
  std::vector<std::string> lans;
};
Summary summarize(const Graph& graph, std::string name);

// Text for a terminal, no line wider than 100 columns, ends with a newline. With `tables`, one row for every
// node and every link follows the figures.
std::string print_summary(const Graph& graph, const std::string& name, bool tables = true);

// The same as JSON:
// {"name","nodes":[…],"links":[…],"rates":[…],"components":[…],"single_points_of_failure":{…},…}.
nlohmann::json summary_json(const Graph& graph, const std::string& name);

}  // namespace mailroom::topology
