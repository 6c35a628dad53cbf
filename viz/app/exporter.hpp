// SPDX-License-Identifier: GPL-2.0-only
// The Export menu: its commands, and the exports that are at work.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "viz/app/dialog.hpp"
#include "viz/export/job.hpp"

namespace mailroom::viz {

class Exporter {
 public:
  // `ask` opens a dialogue.
  void join(Desk& desk, std::function<void(std::unique_ptr<Dialog>)> ask);
  // Each frame: tells of those that have ended.
  void draw(Desk& desk);
  // Starts one, and says so.
  void start(Desk& desk, const ExportChoice& choice);
  bool is_busy() const { return !jobs_.empty(); }

 private:
  std::vector<ExportJob> jobs_;
};

// Asks where to and how.
std::unique_ptr<Dialog> export_dialog(Exporter& exporter, ExportFormat format, const Desk& desk);

}  // namespace mailroom::viz
