#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Builds the release and prints how fast it is: a line for each of the project's ratios (docs/BENCH.md).
#
#   tests/bench/run.sh [--quick]      --quick: fewer repetitions and messages, for a first look
#
# Status 1 if a bound is not kept. Last comes how fast `mailroom host` is beside Exim and smtp-sink, without a bound.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/tools/setup.sh
. tests/tools/setup.sh
case "${1:-}" in '' | --quick) ;; *) stop "usage: tests/bench/run.sh [--quick]" ;; esac
need_packages "to build the programs" "${build_packages[@]}" "${test_packages[@]}"
cmake --preset release -DMAILROOM_TESTS=ON >/dev/null
cmake --build --preset release --target mailroom floor turns queue_due setup_ours setup_nix bench canvas_frame view_index >/dev/null
status=0
build/release/bin/bench build/release/bin "$@" || status=$?
build/release/bin/canvas_frame || status=$?
build/release/bin/view_index "$@" || status=$?
# Beside real servers: it decides nothing.
tests/interop/fetch.sh
MAILROOM=$PWD/build/release/bin/mailroom python3 -B tests/bench/receivers.py ${1:+--rounds 2 --messages 500} || true
exit "$status"
