// SPDX-License-Identifier: GPL-2.0-only
// A run for the tests of timeline and transport: little happens, at round times.
#pragma once

#include <filesystem>

#include "sim/trace/run_file_writer.hpp"
#include "viz/app/settings.hpp"

namespace mailroom::tests {

inline constexpr std::int64_t kSecond_ns = 1'000'000'000;

// 100 s: a message is composed; 200 s: deferred; 300 s … 500 s: a fault; 600 s: delivered, after ten lines of
// a dialogue that are no events of the mail; 900 s: another one bounced; 1000 s: the end.
inline void write_time_run(const std::filesystem::path& path) {
  using namespace mailroom::trace;
  RunHeader header;
  header.hosts = {{.name = "mx1", .x = 0.2, .y = 0.5}, {.name = "mx2", .x = 0.8, .y = 0.5}};
  header.links = {{.name = "mx1-mx2", .from = {1}, .to = {2}, .rate_bps = 1'000'000, .delay_ns = 5'000'000}};
  auto writer = *RunFileWriter::create(path, header, {.overwrite = true});
  std::int64_t last = 0;
  const auto put = [&](std::int64_t at_s, const Event& event) {
    writer->write({++last}, at_s * kSecond_ns, {}, event);
  };
  put(0, {.kind = Kind::run_began});
  put(100, {.kind = Kind::message_composed, .host = {1}, .message = {1}, .text = "<1@mx1>"});
  put(100, {.kind = Kind::copy_created, .host = {1}, .message = {1}, .copy = {1}});
  put(200, {.kind = Kind::copy_deferred,
            .host = {1},
            .message = {1},
            .copy = {1},
            .code = 451,
            .value = 600 * kSecond_ns,
            .text = "4.7.1 try again later"});
  put(300, {.kind = Kind::fault_began, .link = {1}, .fault = {1}, .text = "link mx1-mx2 down"});
  put(500, {.kind = Kind::fault_ended, .link = {1}, .fault = {1}, .text = "link mx1-mx2 down"});
  for (int i = 0; i < 10; ++i)
    put(600, {.kind = Kind::reply_received,
              .host = {1},
              .session = {1},
              .message = {1},
              .code = 250,
              .text = "OK"});
  put(600,
      {.kind = Kind::copy_delivered, .host = {2}, .message = {1}, .copy = {1}, .value = 1, .text = "bob"});
  put(900, {.kind = Kind::copy_created, .host = {1}, .message = {2}, .copy = {2}});
  put(900, {.kind = Kind::copy_bounced,
            .host = {1},
            .message = {2},
            .copy = {2},
            .code = 550,
            .text = "5.1.1 no such user"});
  put(1000, {.kind = Kind::run_ended, .text = "duration"});
  (void)writer->finish();
}

// Of a person who has seen the first start: it lies over the timeline.
inline viz::Settings used_before() {
  viz::Settings settings;
  settings.is_first_start = false;
  return settings;
}

}  // namespace mailroom::tests
