// SPDX-License-Identifier: GPL-2.0-only
// libFuzzer: any octets as DOT. What is read is also analysed, laid out, written and read back.
#include <cassert>
#include <cstddef>
#include <cstdint>

#include "topologies/delays.hpp"
#include "topologies/layout.hpp"
#include "topologies/print.hpp"
#include "topologies/read.hpp"
#include "topologies/write.hpp"

#include <nlohmann/json.hpp>

using namespace mailroom::topology;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(octets), size);
  auto outcome = read_dot(text, "fuzz");
  if (!outcome) {
    assert(!outcome.error().empty());
    return 0;
  }
  Graph& graph = outcome->graph;
  assert(boost::num_vertices(graph) > 0);
  fill_defaults(graph);
  layout(graph);
  assert(!print_summary(graph, outcome->name).empty());
  assert(!summary_json(graph, outcome->name).dump().empty());
  const std::string written = write_graphml(graph, outcome->name);
  const auto again = read_graphml(written, "written");
  assert(again);
  assert(write_graphml(again->graph, again->name) == written);
  return 0;
}
