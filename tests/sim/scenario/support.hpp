// SPDX-License-Identifier: GPL-2.0-only
// Shared by the tests of scenarios.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "sim/scenario/load.hpp"

namespace mailroom::scenario {

inline std::filesystem::path source_dir() {
  return MAILROOM_SOURCE_DIR;
}

inline std::string file_text(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  EXPECT_TRUE(in) << path;
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

inline auto read(const std::string& text, const Overrides& overrides = {}) {
  return load_text(text, "s.yaml", std::filesystem::path(MAILROOM_SOURCE_DIR) / "tests/sim/scenario/files",
                   overrides);
}

// The scenario; fails the test with all its mistakes if it is faulty.
inline Scenario scenario_of(const std::string& text, const Overrides& overrides = {}) {
  auto loaded = read(text, overrides);
  if (loaded) return std::move(loaded->scenario);
  ADD_FAILURE() << to_string(loaded.error());
  return {};
}

// All mistakes, a line each; "" if there are none.
inline std::string mistakes_of(const std::string& text, const Overrides& overrides = {}) {
  const auto loaded = read(text, overrides);
  return loaded ? "" : to_string(loaded.error());
}

inline std::string warnings_of(const std::string& text) {
  const auto loaded = read(text);
  EXPECT_TRUE(loaded) << to_string(loaded.error());
  return loaded ? to_string(loaded->warnings) : "";
}

// Two mail hosts, a PC, users: what most tests start from.
inline const std::string kBase = R"(mailroom: 1
topology:
  links:
    - pc -- mx.north: {rate: 10Mbps, delay: 1ms}
    - mx.north -- r1 -- mx.south: {rate: 64kbps, delay: 40ms}
hosts:
  pc: {submit-to: mx.north}
  mx.north: {domains: north.example, users: [ann, bob]}
  mx.south: {domains: [south.example], users: {carol: {}, dave: {quota: 20kB}, postmaster: {}}}
)";

}  // namespace mailroom::scenario
