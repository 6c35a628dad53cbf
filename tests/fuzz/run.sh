#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Builds the fuzzers (preset fuzz: clang, libFuzzer, Address and UB sanitizers) and runs each for a bounded time, one
# after the other. What it learns is kept in build/fuzz/corpus; an input that breaks something lies in
# build/fuzz/crashes. Not part of CI. Status 1 if anything broke.
#
#   tests/fuzz/run.sh [SECONDS_PER_FUZZER] [NAME...]       60 seconds, and all of them, where nothing is said
set -eu
cd "$(dirname "$0")/../.."
. tests/tools/setup.sh

seconds=${1:-60}
case $seconds in '' | *[!0-9]* | 0) stop "usage: tests/fuzz/run.sh [SECONDS_PER_FUZZER] [NAME...]" ;; esac
[ $# -eq 0 ] || shift

need_packages "to build and run the fuzzers" "${build_packages[@]}" "${fuzz_packages[@]}"
cmake --preset fuzz >/dev/null
cmake --build --preset fuzz --target fuzzers

names=("$@")
if [ ${#names[@]} -eq 0 ]; then
  for source in tests/fuzz/*_fuzz.cpp; do
    [ -e "$source" ] || stop "There is no fuzzer in tests/fuzz yet."
    names+=("$(basename "$source" _fuzz.cpp)")
  done
fi

mkdir -p build/fuzz/crashes build/fuzz/logs
broken=0
printf '%-24s %12s %10s %8s  %s\n' fuzzer runs 'per s' corpus verdict
for name in "${names[@]}"; do
  program=build/fuzz/bin/${name}_fuzz
  [ -x "$program" ] || stop "There is no fuzzer named $name."
  mkdir -p "build/fuzz/corpus/$name"
  seeds=()
  [ ! -d "tests/fuzz/corpus/$name" ] || seeds=("tests/fuzz/corpus/$name")
  dictionary=()
  [ ! -f "tests/fuzz/$name.dict" ] || dictionary=("-dict=tests/fuzz/$name.dict")
  log=build/fuzz/logs/$name.log
  verdict=ok
  # -timeout: one input that takes ten seconds is a finding too; so is half a gigabyte for a few kilobytes of input.
  if ! "$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -max_len=16384 -print_final_stats=1 \
    -artifact_prefix="build/fuzz/crashes/$name-" "${dictionary[@]}" "build/fuzz/corpus/$name" "${seeds[@]}" \
    >"$log" 2>&1 </dev/null; then
    verdict="BROKEN: $(sed -n 's/.*Test unit written to //p' "$log" | grep . || echo "see $log")"
    broken=1
  fi
  runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log" | tail -n 1)
  rate=$(sed -n 's/^stat::average_exec_per_sec: *//p' "$log" | tail -n 1)
  files=("build/fuzz/corpus/$name"/*)
  [ -e "${files[0]}" ] || files=()
  printf '%-24s %12s %10s %8s  %s\n' "$name" "${runs:--}" "${rate:--}" "${#files[@]}" "$verdict"
done

if [ "$broken" -ne 0 ]; then
  say "Mend it, and keep the input under tests/fuzz/corpus/NAME/, where every ctest run replays it."
fi
exit "$broken"
