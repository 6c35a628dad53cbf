// SPDX-License-Identifier: GPL-2.0-only
// How long the visualizer takes to build a frame of a large network: 1,000 hosts, 2,000 links, 20,000
// messages on their way and as many copies in queues. Layout, level of detail and all drawing calls into a
// back end that paints nothing, on one core; processor time, so that other programs hardly matter.
//
//     canvas_frame [FRAMES]      prints a line for each view: median, least and greatest milliseconds a frame
#include <fmt/format.h>
#include <imgui.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "sim/trace/run_file_writer.hpp"
#include "viz/app/null_screen.hpp"

namespace {

using namespace mailroom;

constexpr int kHosts = 1000;
constexpr int kLinks = 2000;
constexpr int kFlights = 20'000;
constexpr std::int64_t kNow_ns = 1'000'000'000;

trace::RunHeader network(std::mt19937& random) {
  trace::RunHeader header;
  header.scenario_name = "bench";
  header.level = trace::Level::mail;
  for (int i = 0; i < kHosts; ++i) {
    header.hosts.push_back({.name = fmt::format("host{}", i),
                            .x = static_cast<double>(random() % 10'000) / 10'000,
                            .y = static_cast<double>(random() % 10'000) / 10'000,
                            .disk_bytes = 1'000'000,
                            .detail = R"({"domains":["a.example"],"receiver_port":25})"});
  }
  // Each to one of its neighbours, and as many more, near ones.
  for (int i = 0; i < kLinks; ++i) {
    const int from = i % kHosts;
    int best = (from + 1) % kHosts;
    double nearest = 1e9;
    for (int tries = 0; tries < 60; ++tries) {
      const int to = static_cast<int>(random() % kHosts);
      const double dx =
          *header.hosts[static_cast<std::size_t>(to)].x - *header.hosts[static_cast<std::size_t>(from)].x;
      const double dy =
          *header.hosts[static_cast<std::size_t>(to)].y - *header.hosts[static_cast<std::size_t>(from)].y;
      if (to != from && dx * dx + dy * dy < nearest) {
        nearest = dx * dx + dy * dy;
        best = to;
      }
    }
    header.links.push_back({.name = fmt::format("link{}", i),
                            .from = {from + 1},
                            .to = {best + 1},
                            .rate_bps = 10'000'000,
                            .delay_ns = 5'000'000});
  }
  return header;
}

bool write_run(const std::filesystem::path& path) {
  std::mt19937 random(5);
  const trace::RunHeader header = network(random);
  auto writer = trace::RunFileWriter::create(path, header);
  if (!writer) return false;
  trace::EventId id{1};
  (*writer)->write(id, 0, {}, {.kind = trace::Kind::run_began});
  for (int i = 1; i <= kFlights; ++i) {
    const trace::HostId host{static_cast<std::int64_t>(random() % kHosts) + 1};
    const std::string queue_id = fmt::format("Q{}", i);
    (*writer)->write(
        {++id.value}, i, {},
        {.kind = trace::Kind::message_composed, .host = host, .message = {i}, .size = 2000, .value = 1});
    (*writer)->write({++id.value}, i, {},
                     {.kind = trace::Kind::message_queued,
                      .host = host,
                      .message = {i},
                      .size = 2000,
                      .value = 1,
                      .text = queue_id});
    (*writer)->write({++id.value}, i, {},
                     {.kind = trace::Kind::copy_created,
                      .host = host,
                      .message = {i},
                      .copy = {i},
                      .recipient = {1},
                      .text = queue_id});
    const auto link = random() % kLinks;
    const trace::LinkRow& row = header.links[link];
    const bool is_back = random() % 2 == 0;
    const auto before = static_cast<std::int64_t>(random() % 400'000'000) + 1;
    (*writer)->write(
        trace::Flight{.message = {i},
                      .link = {static_cast<std::int64_t>(link) + 1},
                      .from = is_back ? row.to : row.from,
                      .to = is_back ? row.from : row.to,
                      .first_bit_out_ns = kNow_ns - before,
                      .last_bit_in_ns = kNow_ns + static_cast<std::int64_t>(random() % 400'000'000) + 1,
                      .bytes = 2000});
  }
  (*writer)->write({++id.value}, 2 * kNow_ns, {}, {.kind = trace::Kind::run_ended});
  return (*writer)->finish().has_value();
}

double cpu_ms() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

void measure(viz::NullScreen& screen, const char* what, int frames) {
  std::vector<double> each;
  for (int i = 0; i < frames; ++i) {
    // Time goes on, so that nothing can be kept from the frame before.
    screen.app().desk().show_time(kNow_ns + i * 10'000);
    const double begin = cpu_ms();
    screen.frame();
    each.push_back(cpu_ms() - begin);
  }
  std::sort(each.begin(), each.end());
  fmt::print("{:<60} {:8.2f} {:8.2f} {:8.2f}\n", what, each[each.size() / 2], each.front(), each.back());
}

}  // namespace

int main(int argc, char** argv) {
  const int frames = argc > 1 ? std::max(std::atoi(argv[1]), 3) : 100;
  const std::filesystem::path path =
      std::filesystem::temp_directory_path() / fmt::format("canvas-frame-{}.mailroom", getpid());
  int status = 1;
  if (write_run(path)) {
    viz::Settings settings;
    settings.is_first_start = false;
    viz::NullScreen screen(settings, 1280, 800);
    screen.app().show_only("topology");
    if (screen.app().desk().open(path) && screen.app().desk().run->settle()) {
      status = 0;
      screen.app().desk().show_time(kNow_ns);
      for (int i = 0; i < 5; ++i) screen.frame();
      measure(screen, "canvas frame, 1000 hosts, 20000 messages, all seen, ms", frames);
      const auto zoom = [&](float notches) {
        ImGui::GetIO().MousePos = {640, 400};
        screen.frame();
        ImGui::GetIO().MouseWheel = notches;
        screen.frame();
        ImGui::GetIO().MouseWheel = 0;
      };
      zoom(3);
      measure(screen, "  nearer, names and envelopes, ms", frames);
      zoom(5);
      measure(screen, "  near, all details, ms", frames);
    }
  }
  std::filesystem::remove(path);
  return status;
}
