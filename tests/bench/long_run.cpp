// SPDX-License-Identifier: GPL-2.0-only
#include "tests/bench/long_run.hpp"

#include <fmt/format.h>

#include <cmath>
#include <queue>
#include <utility>
#include <vector>

#include "tests/bench/long_run_author.hpp"

namespace mailroom::bench {

std::int64_t Author::write() {
  for (std::int64_t i = 1; i <= wanted_.hosts; ++i)
    writer_.write(RecipientId{i}, fmt::format("user@h{}.example", i));
  for (std::int64_t i = 1; i <= 100; ++i) {
    writer_.write(Content{
        .id = {i}, .octets = fmt::format("Subject: letter {}\r\n\r\n{}\r\n", i, std::string(1000, 'x'))});
  }
  Letter run;
  put(run, {.kind = Kind::run_began, .text = "0.1.0", .detail = R"({"seed":1})"});
  const auto later = [](const Letter& a, const Letter& b) {
    return std::pair(a.due_ns, a.order) > std::pair(b.due_ns, b.order);
  };
  std::priority_queue<Letter, std::vector<Letter>, decltype(later)> due(later);
  std::int64_t next_letter_ns = kSecond;
  while (rows_ < wanted_.events) {
    if (due.empty() || next_letter_ns < due.top().due_ns) {
      due.push({.due_ns = next_letter_ns, .order = ++started_});
      next_letter_ns += 1 + below(2 * kBetweenLetters);
    }
    Letter letter = due.top();
    due.pop();
    now_ns_ = letter.due_ns;
    faults();
    turn(letter);
    if (letter.hop < kHops) due.push(std::move(letter));
  }
  put(run, {.kind = Kind::run_ended, .text = "duration"});
  return rows_;
}

namespace {

RunHeader header_of(const LongRun& wanted) {
  RunHeader header;
  header.scenario_name = "long-run";
  header.seed = wanted.seed;
  header.level = wanted.level;
  header.program_version = "0.1.0";
  header.network_version = "none";
  const double side = std::ceil(std::sqrt(static_cast<double>(wanted.hosts)));
  for (std::int64_t i = 1; i <= wanted.hosts; ++i) {
    const auto place = static_cast<double>(i - 1);
    header.hosts.push_back({.name = fmt::format("h{}", i),
                            .label = fmt::format("h{}", i),
                            .hostname = fmt::format("h{}.example", i),
                            .x = std::fmod(place, side) / side,
                            .y = std::floor(place / side) / side,
                            .disk_bytes = 1'000'000'000});
    header.links.push_back({.name = fmt::format("h{}-r", i),
                            .label = fmt::format("h{}-r", i),
                            .from = {i},
                            .to = {wanted.hosts + 1},
                            .rate_bps = 10'000'000,
                            .delay_ns = kHalfTrip / 2,
                            .queue_packets = 100});
  }
  header.hosts.push_back({.name = "r", .label = "r", .role = HostRow::Role::router, .x = 0.5, .y = 0.5});
  return header;
}

}  // namespace

std::expected<std::int64_t, FileError> write_long_run(const std::filesystem::path& path,
                                                      const LongRun& wanted) {
  auto writer = RunFileWriter::create(
      path, header_of(wanted),
      {.overwrite = true, .write_ahead = false, .commit_every = std::chrono::seconds(1)});
  if (!writer) return std::unexpected(std::move(writer.error()));
  const std::int64_t rows = Author(**writer, wanted).write();
  if (auto finished = (*writer)->finish(); !finished) return std::unexpected(std::move(finished.error()));
  return rows;
}

}  // namespace mailroom::bench
