// SPDX-License-Identifier: GPL-2.0-only
// Faults in force as signs on the map: at which hosts and links, and which sign.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sim/trace/run_file_reader.hpp"
#include "sim/trace/world.hpp"

namespace mailroom::viz {

struct FaultSign {
  enum class Shape : std::uint8_t {
    down,    // nothing gets through: X
    losing,  // some is lost, doubled, late or spoilt on the way: a wave
    slow,    // a clock
    host,    // out of operation, stopped, hung, unreachable: a bolt
    answer,  // it answers wrongly: a warning
    disk,
    clock,  // it shows a wrong time
    names,  // of a name server
    relay   // changes what it takes
  };
  trace::FaultId fault{};
  Shape shape = Shape::host;
  std::string what{};  // the sentence: "link a-b down"
  std::int64_t until_ns = -1;
  std::vector<trace::HostId> hosts{};
  std::vector<trace::LinkId> links{};
};
FaultSign::Shape shape_of(std::string_view kind);  // by its name: "link_down"

// Those in force in a world. Reads what a fault is about once, and remembers it.
class FaultSigns {
 public:
  // In the order of their numbers, without those whose beginning `hides` keeps from the students' eyes; the
  // reference lives until the next call.
  using Hides = std::function<bool(const trace::StoredEvent&)>;
  const std::vector<FaultSign>& in_force(trace::RunFileReader& reader, const trace::World& world,
                                         const Hides& hides = {});
  void clear() { known_.clear(); }

 private:
  struct Known {
    FaultSign sign;
    trace::StoredEvent began;
  };
  std::map<trace::EventId, Known> known_;  // by the event that began it
  std::vector<FaultSign> now_;
};

}  // namespace mailroom::viz
