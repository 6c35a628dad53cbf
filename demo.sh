#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# From a bare Debian to mail travelling through a simulated network: installs what is missing, builds Mailroom
# (preset release) and runs its first demo.
set -eu
here=$PWD
cd "$(dirname "$0")"
. tests/tools/setup.sh

mailroom=build/release/bin/mailroom
scenario=labs/demos/two-offices.yaml
run=build/two-offices.mailroom
log=build/demo.log

# stage TEXT COMMAND...: one line for the person, everything else into the log.
stage() {
  say "$1"
  shift
  if ! "$@" >>"$log" 2>&1; then
    tail -n 20 "$log" >&2
    stop "That did not work. All that was said is in $log."
  fi
}

need_packages "to build Mailroom" "${build_packages[@]}"
mkdir -p build
: >"$log"
if [ ! -f build/release/build.ninja ]; then
  stage "Configuring the build (build/release) ..." cmake --preset release -DMAILROOM_TESTS=OFF
fi
if [ -x "$mailroom" ]; then
  stage "Building what changed ..." cmake --build --preset release --target mailroom mailroom-view
else
  stage "Building Mailroom; the first time takes some minutes ..." cmake --build --preset release --target mailroom mailroom-view
fi

say "Running $scenario: two offices, a slow link between them, and a message."
say
"$mailroom" run "$scenario" --out "$run" --force
[ "$here" = "$PWD" ] || in_folder=" (in the folder $PWD)"
cat <<END

The run is kept in $run. The program is $mailroom; so that your shell finds it
by the name mailroom, as it calls itself above:

    PATH=$PWD/${mailroom%/*}:\$PATH

Three things to try next${in_folder:-}:

  The conversation of the two mail systems, line by line:
    $mailroom inspect $run --session 1

  What one of the two recipients would read:
    $mailroom inspect $run --mailbox myfriend@south.example

  A national backbone, 20 offices, 500 messages:
    $mailroom run labs/demos/backbone.yaml --out build/backbone.mailroom
END
