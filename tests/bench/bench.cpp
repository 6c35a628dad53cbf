// SPDX-License-Identifier: GPL-2.0-only
// Measures what the project promises about speed and memory, and prints a line for each promise;
// docs/BENCH.md says what each line means. Other programs may run at the same time: everything is processor
// time, and what a line compares is run in turn, several times.
//
//   bench BIN [--quick]      BIN: the folder of mailroom, floor, queue_due, setup_ours, setup_nix and turns
//
// Status 1 if a promise is not kept.
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <vector>

#include "tests/bench/bench_process.hpp"
#include "tests/bench/bench_scenarios.hpp"

namespace mailroom::bench {
namespace {

namespace fs = std::filesystem;

class Bench {
 public:
  Bench(fs::path programs, bool is_quick) : programs_(std::move(programs)), is_quick_(is_quick) {
    std::string name = (fs::temp_directory_path() / "mailroom-bench-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::exit(2);
    folder_ = name;
  }
  ~Bench() { fs::remove_all(folder_); }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  void over_floor(std::size_t hops, std::size_t octets, Names names);
  void seam();
  void growth();
  void memory();
  void queue();
  void set_up();
  int status() const { return all_kept_ ? 0 : 1; }

 private:
  std::string program(const char* name) const { return (programs_ / name).string(); }
  fs::path write(const std::string& name, const std::string& text) const;
  Cost simulate(const fs::path& scenario, const char* level) const;
  fs::path run_file() const { return folder_ / "run.mailroom"; }
  int rounds(int full) const { return is_quick_ ? std::min(full, 3) : full; }
  std::size_t share(std::size_t full) const { return is_quick_ ? full / 5 : full; }
  // bound <= 0: there is none.
  void line(const std::string& name, std::vector<double> values, double bound, const std::string& unit = "");
  void same_frames(const std::string& what, const std::vector<std::string>& floor, const fs::path& scenario);

  fs::path programs_, folder_;
  bool is_quick_;
  bool all_kept_ = true;
};

fs::path Bench::write(const std::string& name, const std::string& text) const {
  const fs::path path = folder_ / name;
  std::ofstream(path) << text;
  return path;
}

Cost Bench::simulate(const fs::path& scenario, const char* level) const {
  return run({program("mailroom"), "run", scenario.string(), "--quiet", "--force", "--record", level, "--out",
              run_file().string()});
}

void Bench::line(const std::string& name, std::vector<double> values, double bound, const std::string& unit) {
  std::sort(values.begin(), values.end());
  const double median = values[values.size() / 2];
  const bool is_kept = bound <= 0 || median <= bound;
  all_kept_ = all_kept_ && is_kept;
  fmt::print("{:<58} {:>8.2f} {:>8.2f} {:>8.2f} {:>8} {}{}\n", name, median, values.front(), values.back(),
             bound > 0 ? fmt::format("{:.2f}", bound) : "-",
             bound <= 0 ? "-"
             : is_kept  ? "ok"
                        : "NOT OK",
             unit);
  std::fflush(stdout);
}

// Two programs cannot be compared unless they send the same: frame by frame, octet by octet.
void Bench::same_frames(const std::string& what, const std::vector<std::string>& floor,
                        const fs::path& scenario) {
  std::vector<std::string> counting = floor;
  counting.insert(counting.end(), {"--count-frames", "1"});
  const std::string said = run(counting).out;
  Frames theirs;
  const std::size_t at = said.find("{\"frames\":");
  if (at != std::string::npos)
    std::sscanf(said.c_str() + at, "{\"frames\":%ld,\"octets\":%ld}", &theirs.count, &theirs.octets);
  simulate(scenario, "packets");
  const Frames ours = frames_of(run_file());
  const auto per_cent = [](std::int64_t a, std::int64_t b) {
    return 100.0 * static_cast<double>(a) / static_cast<double>(std::max<std::int64_t>(b, 1));
  };
  line(fmt::format("frames of both, {}, %", what), {per_cent(ours.count, theirs.count)}, 0);
  line(fmt::format("octets on the wire, {}, %", what), {per_cent(ours.octets, theirs.octets)}, 0);
}

// The whole program against bare ns-3 that moves the same octets in the same turns.
void Bench::over_floor(std::size_t hops, std::size_t octets, Names names) {
  const std::size_t messages = share(5000);
  const fs::path one = write("one.yaml", path_scenario(hops, octets, 1, names));
  const fs::path scenario = write("path.yaml", path_scenario(hops, octets, messages, names));
  simulate(one, "full");
  const Script script = script_of(run_file());
  std::vector<std::string> floor = {
      program("floor"), "--sessions", std::to_string(messages), "--hops", std::to_string(hops),
      "--mean-ms",      "50"};
  const auto give = [&floor](const char* option, const std::vector<std::int64_t>& octets_of_each) {
    floor.insert(floor.end(), {option, fmt::format("{}", fmt::join(octets_of_each, ","))});
  };
  give("--client", script.client);
  give("--server", script.server);
  const bool asks_each_time = names == Names::asked_each_time;
  if (asks_each_time) {
    give("--questions", script.questions);
    give("--answers", script.answers);
  }
  const std::string what =
      fmt::format("{} hop(s), {} octets{}", hops, octets, asks_each_time ? ", asking each time" : "");
  same_frames(what, floor, scenario);
  struct Level {
    const char* name;
    double bound;
    std::vector<double> ratios{};
  };
  std::vector<Level> levels = {{"mail", 1.15}, {"full", 1.35}, {"packets", 0}};
  // A resolver that may remember nothing is no ordinary one: what it costs is printed, not promised.
  if (asks_each_time)
    for (Level& level : levels) level.bound = 0;
  for (int round = 0; round < rounds(9); ++round) {
    for (Level& level : levels) {
      const double bare = run(floor).cpu_s;
      level.ratios.push_back(simulate(scenario, level.name).cpu_s / bare);
    }
  }
  for (const Level& level : levels)
    line(fmt::format("program over floor, {}, {}", what, level.name), level.ratios, level.bound);
}

// Our network without mail against bare ns-3.
void Bench::seam() {
  std::vector<double> ratios;
  const std::string sessions = std::to_string(share(5000));
  for (int round = 0; round < rounds(9); ++round) {
    const double bare = run({program("floor"), "--sessions", sessions}).cpu_s;
    ratios.push_back(run({program("turns"), "--sessions", sessions, "--level", "mail"}).cpu_s / bare);
  }
  line("network alone over floor, 1 hop, 2000 octets, mail", ratios, 0);
}

// Whether a message costs the same whatever came before it.
void Bench::growth() {
  constexpr std::size_t kHosts = 1000, kFan = 20;
  const std::size_t few = share(10'000), many = share(100'000);
  const fs::path none = write("none.yaml", tree_scenario(kHosts, kFan, 1));
  const fs::path less = write("less.yaml", tree_scenario(kHosts, kFan, few));
  const fs::path more = write("more.yaml", tree_scenario(kHosts, kFan, many));
  std::vector<double> ratios, microseconds, mebibytes;
  for (int round = 0; round < rounds(3); ++round) {
    const double set_up_s = simulate(none, "mail").cpu_s;
    const double of_few = (simulate(less, "mail").cpu_s - set_up_s) / static_cast<double>(few);
    const Cost cost = simulate(more, "mail");
    const double of_many = (cost.cpu_s - set_up_s) / static_cast<double>(many);
    ratios.push_back(of_many / of_few);
    microseconds.push_back(of_many * 1e6);
    mebibytes.push_back(static_cast<double>(cost.peak_rss_bytes) / (1 << 20));
  }
  line(fmt::format("cost of a message, {} over {}, 1000 hosts, mail", many, few), ratios, 1.2);
  line(fmt::format("  microseconds for each of the {}", many), microseconds, 0);
  line(fmt::format("  peak memory with {}, MiB", many), mebibytes, 0);
}

// What a message in a queue takes beyond its content.
void Bench::memory() {
  constexpr std::size_t kOctets = 2000;
  const std::size_t messages = share(20'000);
  const fs::path less = write("less.yaml", queue_scenario(messages, kOctets));
  const fs::path more = write("more.yaml", queue_scenario(2 * messages, kOctets));
  std::vector<double> octets;
  for (int round = 0; round < rounds(3); ++round) {
    const auto few = simulate(less, "mail").peak_rss_bytes;
    const auto grown = simulate(more, "mail").peak_rss_bytes - few;
    const std::string queued = fmt::format("\"queued\": {}", 2 * messages);
    if (run({program("mailroom"), "inspect", run_file().string(), "--json"}).out.find(queued) ==
        std::string::npos) {
      fmt::print(stderr, "bench: not all messages stayed queued\n");
      std::exit(2);
    }
    octets.push_back(static_cast<double>(grown) / static_cast<double>(messages) - kOctets);
  }
  line("octets of memory for a queued message, less content", octets, 4096);
}

void Bench::queue() {
  const std::int64_t many = 1'000'000, few = 10'000, turns = static_cast<std::int64_t>(share(2'000'000));
  const auto made = [this](std::int64_t recipients, std::int64_t taken) {
    return run({program("queue_due"), std::to_string(recipients), std::to_string(taken)});
  };
  std::vector<double> octets, longer;
  for (int round = 0; round < rounds(5); ++round) {
    const Cost small = made(few, 0), small_taken = made(few, turns);
    const Cost large = made(many, 0), large_taken = made(many, turns);
    octets.push_back(static_cast<double>(large.peak_rss_bytes - small.peak_rss_bytes) /
                     static_cast<double>(many - few));
    longer.push_back((large_taken.cpu_s - large.cpu_s) / (small_taken.cpu_s - small.cpu_s));
  }
  line("octets of memory for each of 1000000 queued recipients", octets, 600);
  line("finding the next due of 1000000 over of 10000", longer, 0);
}

void Bench::set_up() {
  constexpr std::size_t kHosts = 5000, kFan = 20;
  const std::string hosts = std::to_string(kHosts), fan = std::to_string(kFan);
  const fs::path scenario = write("tree.yaml", tree_scenario(kHosts, kFan, 1));
  std::vector<double> network, whole;
  for (int round = 0; round < rounds(5); ++round) {
    const double nix = run({program("setup_nix"), "--hosts", hosts, "--fan", fan}).cpu_s;
    network.push_back(run({program("setup_ours"), "--hosts", hosts, "--fan", fan}).cpu_s / nix);
    whole.push_back(simulate(scenario, "mail").cpu_s / nix);
  }
  line("set-up of 5000 hosts over nix-vector's, network", network, 3);
  line("set-up of 5000 hosts over nix-vector's, program", whole, 3);
}

int main_of(const std::vector<std::string>& arguments) {
  if (arguments.empty() || arguments.size() > 2 || (arguments.size() == 2 && arguments[1] != "--quick")) {
    fmt::print(stderr, "usage: bench BIN [--quick]\n");
    return 2;
  }
  Bench bench(arguments[0], arguments.size() == 2);
  fmt::print("{:<58} {:>8} {:>8} {:>8} {:>8}\n", "", "median", "min", "max", "bound");
  bench.over_floor(1, 2000, Names::asked_once_a_ttl);
  bench.over_floor(4, 4000, Names::asked_once_a_ttl);
  bench.over_floor(1, 2000, Names::asked_each_time);
  bench.seam();
  bench.growth();
  bench.memory();
  bench.queue();
  bench.set_up();
  return bench.status();
}

}  // namespace
}  // namespace mailroom::bench

int main(int argc, char** argv) {
  return mailroom::bench::main_of({argv + 1, argv + argc});
}
