// SPDX-License-Identifier: GPL-2.0-only
// Proves of run files that a moment reached by seeking is the one reached by playing.
//
//   scrub RUN.mailroom...
//
// For each: at 100 random times, in random order, the whole state and the flights are those of the fold of
// all events up to it; and steps back and forward again lead to where one was. Done twice: as the window does
// it, and with snapshots so close that each seek uses another one. Status 1 and a sentence if it is not so.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "viz/model/recording.hpp"

namespace mailroom::viz {
namespace {

constexpr int kTimes = 100;

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& what) {
  fmt::print(stderr, "{}: {}\n", path.string(), what);
  std::exit(1);
}

template <class T>
T got(const std::filesystem::path& path, std::expected<T, trace::FileError> result) {
  if (!result) fail(path, result.error().text);
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

// The run as its file says it is, without any of what is tested.
struct Played {
  std::map<std::int64_t, trace::World> worlds;  // at the times asked for
  std::vector<trace::Flight> flights;
  std::vector<std::int64_t> delays_ns;  // of the links
  std::int64_t events = 0;
  std::int64_t end_ns = 0;

  // Those that are on a link: first bit out, last bit not yet in; what never arrives, for the link's delay.
  std::vector<std::int64_t> flying(std::int64_t time_ns) const {
    std::vector<std::int64_t> starts;
    for (const trace::Flight& one : flights) {
      const std::int64_t end_ns_of_it =
          one.last_bit_in_ns >= 0
              ? one.last_bit_in_ns
              : one.first_bit_out_ns + delays_ns[static_cast<std::size_t>(one.link.value - 1)];
      if (one.first_bit_out_ns <= time_ns && time_ns < end_ns_of_it) starts.push_back(one.first_bit_out_ns);
    }
    std::ranges::sort(starts);
    return starts;
  }
};

Played play(const std::filesystem::path& path, std::mt19937_64& random) {
  Played run;
  auto reader = got(path, trace::RunFileReader::open(path));
  run.end_ns = got(path, reader.last_time_ns());
  for (const trace::LinkRow& link : reader.header().links) run.delays_ns.push_back(link.delay_ns);
  got(path, reader.for_each_flight([&](const trace::Flight& flight) {
    run.flights.push_back(flight);
    return true;
  }));
  const std::int64_t last = got(path, reader.last_event()).value;
  while (std::ssize(run.worlds) < kTimes) {
    auto time_ns = static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(run.end_ns + 1));
    // A run is idle for hours: every second time lies where something happens.
    if (run.worlds.size() % 2 == 0) {
      const auto id = static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(last));
      const auto near = got(path, reader.events({.after = {id}, .limit = 1}));
      if (!near.empty()) time_ns = near.front().time_ns + static_cast<std::int64_t>(random() % 20'000'000);
    }
    // And some where something flies.
    if (run.worlds.size() % 4 == 1 && !run.flights.empty()) {
      const trace::Flight& one = run.flights[random() % run.flights.size()];
      const std::int64_t lasts_ns = std::max<std::int64_t>(one.last_bit_in_ns - one.first_bit_out_ns, 1);
      time_ns = one.first_bit_out_ns +
                static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(lasts_ns + 1));
    }
    run.worlds[time_ns];
  }
  auto next = run.worlds.begin();
  trace::World world;
  got(path, reader.for_each({}, [&](const trace::StoredEvent& event) {
    while (next != run.worlds.end() && next->first < event.time_ns) (next++)->second = world;
    world.apply(event);
    ++run.events;
    return true;
  }));
  while (next != run.worlds.end()) (next++)->second = world;
  return run;
}

std::int64_t seek(const std::filesystem::path& path, Recording& recording, const Played& run,
                  std::mt19937_64& random) {
  std::vector<std::int64_t> times_ns;
  for (const auto& [time_ns, world] : run.worlds) times_ns.push_back(time_ns);
  std::ranges::shuffle(times_ns, random);
  std::int64_t flying = 0;
  for (const std::int64_t time_ns : times_ns) {
    got(path, recording.seek_time(time_ns));
    got(path, recording.settle());
    if (recording.world() != run.worlds.at(time_ns))
      fail(path, fmt::format("the state at {} ns is not the one that playing shows", time_ns));
    std::vector<std::int64_t> starts;
    for (const trace::Flight& one : recording.flights()) starts.push_back(one.first_bit_out_ns);
    if (starts != run.flying(time_ns)) fail(path, fmt::format("other flights at {} ns", time_ns));
    flying += std::ssize(starts);
    // There and back again, from here.
    const trace::World here = recording.world();
    const auto count = 1 + static_cast<std::int64_t>(random() % 300);
    const std::int64_t back = got(path, recording.step(-count));
    if (got(path, recording.step(back)) != back || recording.world() != here)
      fail(path, fmt::format("{} steps back from {} ns and forward again lead elsewhere", count, time_ns));
    const std::int64_t forward = got(path, recording.step(count));
    if (got(path, recording.step(-forward)) != forward || recording.world() != here)
      fail(path, fmt::format("{} steps forward from {} ns and back again lead elsewhere", count, time_ns));
  }
  return flying;
}

void prove(const std::filesystem::path& path) {
  std::mt19937_64 random(static_cast<std::uint64_t>(std::filesystem::file_size(path)));
  const Played run = play(path, random);
  if (run.events < 2) fail(path, "nothing happens in it");
  Recording::Options close;
  close.index.snapshot_every = std::max<std::int64_t>(run.events / 50, 2);
  close.index.slice = close.index.snapshot_every / 2;
  close.near_every = close.index.snapshot_every / 3 + 1;
  close.most_near = 4;
  std::int64_t flying = 0;
  for (const Recording::Options& options : {Recording::Options(), close}) {
    const auto recording = got(path, Recording::open(path, options));
    flying = seek(path, *recording, run, random);
  }
  fmt::print("{}: {} events, {} times, {} flights seen\n", path.filename().string(), run.events,
             run.worlds.size(), flying);
}

}  // namespace
}  // namespace mailroom::viz

int main(int count, char** arguments) {
  if (count < 2) {
    fmt::print(stderr, "usage: scrub RUN.mailroom...\n");
    return 2;
  }
  for (int i = 1; i < count; ++i) mailroom::viz::prove(arguments[i]);
}
