#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Installs what is missing, builds everything (preset dev) and runs every test. Arguments go to ctest: ./test.sh -R Smtp
set -eu
cd "$(dirname "$0")"
. tests/tools/setup.sh

need_packages "to build Mailroom and run its tests" "${build_packages[@]}" "${test_packages[@]}"
tests/interop/fetch.sh
cmake --preset dev
cmake --build --preset dev
exec ctest --preset dev --parallel "$(nproc)" "$@"
