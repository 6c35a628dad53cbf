// SPDX-License-Identifier: GPL-2.0-only
#include "tests/bench/bench_process.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace mailroom::bench {

namespace {

[[noreturn]] void give_up(const std::string& what) {
  fmt::print(stderr, "bench: {}\n", what);
  std::exit(2);
}

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

}  // namespace

Cost run(const std::vector<std::string>& arguments) {
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  int ends[2];
  if (pipe(ends) != 0) give_up("no pipe");
  const pid_t child = fork();
  if (child < 0) give_up("no process");
  if (child == 0) {
    dup2(ends[1], STDOUT_FILENO);
    close(ends[0]);
    close(ends[1]);
    execv(argv[0], argv.data());
    _exit(127);
  }
  close(ends[1]);
  Cost cost;
  char buffer[4096];
  for (ssize_t got = 0; (got = read(ends[0], buffer, sizeof buffer)) > 0;) {
    cost.out.append(buffer, static_cast<std::size_t>(got));
  }
  close(ends[0]);
  int status = 0;
  rusage usage{};
  if (wait4(child, &status, 0, &usage) != child) give_up("a process was lost");
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    give_up(fmt::format("{} failed: {}", fmt::join(arguments, " "), cost.out));
  cost.cpu_s = seconds(usage.ru_utime) + seconds(usage.ru_stime);
  cost.peak_rss_bytes = std::int64_t{usage.ru_maxrss} * 1024;
  return cost;
}

}  // namespace mailroom::bench
