// SPDX-License-Identifier: GPL-2.0-only
// Run files as no simulation makes them, or hardly ever: for whoever must stand them.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

namespace mailroom::tests {

struct OddRun {
  int hosts = 2;
  int links = 1;            // at most hosts - 1: a chain
  std::string name{};       // of each host, with its number behind; "" for "host"
  std::string text{};       // in every reply, every queue id, every recipient
  bool has_coordinates = true;
  int messages = 3;
};

// A run in which each message is composed at the first host, relayed along the chain by full sessions, deferred once,
// and delivered to a mailbox at the last.
void write_odd_run(const std::filesystem::path& path, const OddRun& options);

// The same, as a run that goes on: what was recorded is committed, and the file is not complete until finish().
class GrowingRun {
 public:
  GrowingRun(const std::filesystem::path& path, const OddRun& options);
  ~GrowingRun();
  void more(int messages);
  void finish();

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace mailroom::tests
