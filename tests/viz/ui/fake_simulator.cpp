// SPDX-License-Identifier: GPL-2.0-only
#include "tests/viz/ui/fake_simulator.hpp"

#include <stdlib.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/sim/main/scripted_run.hpp"

namespace mailroom::tests {
namespace {

constexpr const char* kSimulator = R"(#!/bin/sh
here=$(dirname "$0")
echo "$@" >> "$here/orders"
scenario=$2
while [ $# -gt 0 ]; do [ "$1" = --out ] && out=$2; [ "$1" = --pace ] && paced=1; shift; done
case $scenario in *wrong.yaml) echo "$scenario:1:1: it is wrong; write a scenario" >&2; exit 2;; esac
if [ -e "$here/mistakes" ]; then cat "$here/mistakes" >&2; exit 2; fi
cp "$here/run" "$out"
[ -z "$paced" ] && exit 0
while read -r number word rest; do
  [ "$number" = quit ] && echo quit >> "$here/told" && exit 0
  printf '%s\n' "$word $rest" >> "$here/told"
  case $word in
    pause) echo "$number done: paused at 1s, pace 1x" >&2;;
    resume) echo "$number done: running at 1s, pace 1x" >&2;;
    step) echo "$number done: paused at 2s: copy.created" >&2;;
    pace) echo "$number done: running at 1s, pace $rest" >&2;;
    stay) echo "$number done: running at 0s, pace 1x" >&2;;
    connect) echo "$number done: at 1s" >&2; echo '1: connected' >&2; printf '%s\n' '1: "220 mx1 ready\r\n"' >&2;;
    type) echo "$number done: at 1s" >&2; case $rest in *DATA*) printf '%s\n' '1: "354 go on\r\n"' >&2;; *nobody*) printf '%s\n' '1: "550 5.1.1 no such user\r\n"' >&2;; *) printf '%s\n' '1: "250 OK\r\n"' >&2;; esac;;
    finish) echo "$number done: at 1s" >&2; echo '1: closed' >&2;;
    mend) case $rest in *never*) echo "$number wrong: nothing is in force that could be mended" >&2;; *) echo "$number done: at 1s" >&2;; esac;;
    crash) echo "assertion failed: queue is empty" >&2; kill -KILL $$;;
    *) echo "$number done: at 1s" >&2;;
  esac
done
)";

}  // namespace

void use_fake_simulator(const std::filesystem::path& folder) {
  std::ofstream(folder / "simulator") << kSimulator;
  chmod((folder / "simulator").c_str(), 0755);
  setenv("MAILROOM", (folder / "simulator").c_str(), 1);
  write_scripted_run(folder / "run", {.details = true});
}

void use_real_simulator() { unsetenv("MAILROOM"); }

}  // namespace mailroom::tests
