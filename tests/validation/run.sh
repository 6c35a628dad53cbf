#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Builds the release and holds what it measures against theory (docs/VALIDATION.md). Takes some minutes.
#
#   tests/validation/run.sh [--messages N] [--seed N] …      options of queue_theory.py
#
# Status 1 if the theory lies outside of an interval, or an interval is too wide.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/tools/setup.sh
. tests/tools/setup.sh
need_packages "to build the programs" "${build_packages[@]}" "${test_packages[@]}"
cmake --preset release >/dev/null
cmake --build --preset release --target mailroom >/dev/null
exec python3 -B tests/validation/queue_theory.py build/release/bin/mailroom "$@"
