// SPDX-License-Identifier: GPL-2.0-only
// A small network and what happens in it, written event by event, for the tests of what the canvas shows.
//
//     ann (host 1) --1-- r (router 2) --2-- bob (host 3)      links of 1 Mbps and 10 ms
//     lan (segment 4) with stations ann (link 3) and bob (link 4)
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "sim/trace/run_file_reader.hpp"
#include "sim/trace/run_file_writer.hpp"
#include "sim/trace/world.hpp"
#include "tests/support/temporary_folder.hpp"

namespace mailroom::viz::tests {

inline constexpr std::int64_t kMs = 1'000'000;

inline trace::RunHeader small_header() {
  trace::RunHeader header;
  header.scenario_name = "small";
  header.level = trace::Level::full;
  header.hosts = {
      {.name = "ann",
       .label = "Ann's office",
       .disk_bytes = 1000,
       .detail =
           R"({"domains":["north.example"],"receiver_port":25,"users":[{"name":"ann"}],"zones":["example"]})"},
      {.name = "r", .label = "r", .role = trace::HostRow::Role::router},
      {.name = "bob", .disk_bytes = 1000, .detail = R"({"domains":["south.example"],"receiver_port":25})"},
      {.name = "lan", .role = trace::HostRow::Role::lan}};
  for (const auto& [from, to] : {std::pair{1, 2}, {2, 3}, {1, 4}, {3, 4}}) {
    header.links.push_back({.name = std::to_string(from) + "-" + std::to_string(to),
                            .from = {from},
                            .to = {to},
                            .rate_bps = 1'000'000,
                            .delay_ns = 10 * kMs});
  }
  return header;
}

class SmallRun {
 public:
  explicit SmallRun(const trace::RunHeader& header = small_header()) {
    auto writer = trace::RunFileWriter::create(path_, header);
    EXPECT_TRUE(writer) << writer.error().text;
    writer_ = std::move(*writer);
    happens(0, {.kind = trace::Kind::run_began});
  }
  trace::EventId happens(std::int64_t time_ns, const trace::Event& event) {
    last_ = {last_.value + 1};
    writer_->write(last_, time_ns, {}, event);
    world.apply(trace::stored(last_, time_ns, {}, event));
    return last_;
  }
  void flies(const trace::Flight& flight) { writer_->write(flight); }
  // The finished file.
  const std::filesystem::path& file() {
    if (writer_ != nullptr) {
      EXPECT_TRUE(writer_->finish());
      writer_.reset();
    }
    return path_;
  }
  trace::RunFileReader read() {
    auto reader = trace::RunFileReader::open(file());
    EXPECT_TRUE(reader) << reader.error().text;
    return std::move(*reader);
  }

  trace::World world;  // after what has happened so far
  trace::EventId last() const { return last_; }

 private:
  mailroom::tests::TemporaryFolder folder_;
  std::filesystem::path path_ = folder_ / "small.mailroom";
  std::unique_ptr<trace::RunFileWriter> writer_;
  trace::EventId last_{};
};

}  // namespace mailroom::viz::tests
