// SPDX-License-Identifier: GPL-2.0-only
// Who obeys control lines that are not about outsiders.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mailroom::control {

class ControlTarget {
 public:
  virtual ~ControlTarget() = default;
  // Whether lines that begin with this word are for it.
  virtual bool takes(std::string_view first_word) const = 0;
  // What is wrong with the line now, as a sentence for a person; nothing: it can be obeyed.
  virtual std::optional<std::string> objection(std::string_view line) const = 0;
  // Under a context whose event is the line's control.received. The simulation stands.
  virtual void obey(std::string_view line) = 0;
};

}  // namespace mailroom::control
