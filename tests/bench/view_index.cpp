// SPDX-License-Identifier: GPL-2.0-only
// How long runs open in the visualizer: prints a line for each promise about a file of ten million events
// (docs/BENCH.md). What a line compares is measured in this one process, in turn.
//
//   view_index [--quick] [--keep FILE]      --quick: a million events; --keep: the file, made if it is not
//   there
//
// Status 1 if a promise is not kept.
#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "tests/bench/long_run.hpp"
#include "viz/model/recording.hpp"

namespace mailroom::bench {
namespace {

namespace fs = std::filesystem;

constexpr int kRounds = 3;
constexpr int kSeeks = 200;

double seconds_of(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}
double processor_s() {
  return seconds_of(CLOCK_PROCESS_CPUTIME_ID);
}
double wall_s() {
  return seconds_of(CLOCK_MONOTONIC);
}

double resident_bytes() {
  std::ifstream file("/proc/self/statm");
  double all = 0;
  double resident = 0;
  file >> all >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

// Processor time for stepping over all rows, every column of them, and doing nothing with them.
double bare_scan_s(const fs::path& path) {
  const double before = processor_s();
  sqlite3* database = nullptr;
  sqlite3_open_v2(path.c_str(), &database, SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, nullptr);
  sqlite3_stmt* rows = nullptr;
  sqlite3_prepare_v2(database, "SELECT * FROM event", -1, &rows, nullptr);
  while (sqlite3_step(rows) == SQLITE_ROW) {
  }
  sqlite3_finalize(rows);
  sqlite3_close(database);
  return processor_s() - before;
}

bool all_kept = true;

void line(const std::string& name, std::vector<double> values, double bound) {
  std::ranges::sort(values);
  const double median = values[values.size() / 2];
  // What is promised of any seek is promised of the worst.
  const double judged = name.contains("any seek") ? values.back() : median;
  const bool is_kept = bound <= 0 || judged <= bound;
  all_kept = all_kept && is_kept;
  fmt::print("{:<58} {:>8.2f} {:>8.2f} {:>8.2f} {:>8} {}\n", name, median, values.front(), values.back(),
             bound > 0 ? fmt::format("{:.2f}", bound) : "-",
             bound <= 0 ? "-"
             : is_kept  ? "ok"
                        : "NOT OK");
  std::fflush(stdout);
}

std::unique_ptr<viz::Recording> open(const fs::path& path) {
  auto run = viz::Recording::open(path);
  if (!run) {
    fmt::print(stderr, "{}\n", run.error().text);
    std::exit(2);
  }
  return std::move(*run);
}

// As the window does it: a look a frame.
void wait_for_index(viz::Recording& run) {
  while (!run.index().is_over()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(16));
    if (!run.refresh()) std::exit(2);
  }
}

void measure(const fs::path& path, std::int64_t rows) {
  const auto events = static_cast<double>(rows);
  std::vector<double> first, ratio, index_us, memory;
  std::vector<double> seeks;
  for (int round = 0; round < kRounds; ++round) {
    const double bare_s = bare_scan_s(path);
    const double resident = resident_bytes();
    const double began = wall_s();
    const double worked = processor_s();
    auto run = open(path);
    // What a first frame shows: the beginning.
    if (!run->seek_time(0)) std::exit(2);
    (void)run->flights();
    first.push_back(wall_s() - began);
    wait_for_index(*run);
    const double index_s = processor_s() - worked;
    ratio.push_back(index_s / bare_s);
    index_us.push_back(index_s / events * 1e6);
    // Later rounds find memory that the process has already.
    if (round == 0) memory.push_back((resident_bytes() - resident) / events);
    std::mt19937_64 random(static_cast<std::uint64_t>(round));
    for (int i = 0; i < kSeeks; ++i) {
      const auto time_ns = static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(run->end_ns()));
      const double before = wall_s();
      if (!run->seek_time(time_ns) || run->is_waiting()) std::exit(2);
      (void)run->flights();
      seeks.push_back((wall_s() - before) * 1e3);
    }
  }
  fmt::print("{:<58} {:>8} {:>8} {:>8} {:>8}\n", "", "median", "min", "max", "bound");
  line(fmt::format("{} events, the first frame, s", rows), first, 1);
  line("the index over a bare SELECT of the rows", ratio, 3);
  line("  microseconds for an event", index_us, 0);
  line("any seek after it, ms", seeks, 100);
  line("octets of memory for an event", memory, 100);
}

}  // namespace
}  // namespace mailroom::bench

int main(int count, char** arguments) {
  using namespace mailroom;
  const std::vector<std::string_view> given(arguments + 1, arguments + count);
  const bool is_quick = std::ranges::find(given, "--quick") != given.end();
  const auto keep = std::ranges::find(given, "--keep");
  const bool is_kept = keep != given.end() && keep + 1 != given.end();
  const bench::fs::path path =
      is_kept ? bench::fs::path(*(keep + 1))
              : bench::fs::temp_directory_path() / fmt::format("mailroom-long-run-{}.mailroom", getpid());
  if (!is_kept || !bench::fs::exists(path)) {
    const auto made = bench::write_long_run(path, {.events = is_quick ? 1'000'000 : 10'000'000});
    if (!made) {
      fmt::print(stderr, "{}\n", made.error().text);
      return 2;
    }
  }
  auto reader = trace::RunFileReader::open(path);
  const auto rows = reader ? reader->event_count() : std::unexpected(reader.error());
  if (!rows) {
    fmt::print(stderr, "{}\n", rows.error().text);
    return 2;
  }
  bench::measure(path, *rows);
  if (!is_kept) bench::fs::remove(path);
  return bench::all_kept ? 0 : 1;
}
