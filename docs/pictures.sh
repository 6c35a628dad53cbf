#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Makes the pictures of README.md and docs/USER_GUIDE.md anew, from the demos: docs/pictures.sh [PROGRAMS]
# PROGRAMS is the folder of mailroom and mailroom-view (default: build/release/bin). No screen is needed.
set -eu
cd "$(dirname "$0")/.."
programs=${1:-build/release/bin}
pictures=docs/pictures
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$pictures"

run() { # NAME [options of mailroom run]
  local name=$1
  shift
  "$programs/mailroom" run "labs/demos/$name.yaml" --quiet --out "$work/$name.mailroom" --force "$@" 2>/dev/null
}
picture() { # NAME RUN [options of mailroom view]
  local name=$1 file=$2
  shift 2
  echo "$pictures/$name.png"
  "$programs/mailroom-view" "$work/$file.mailroom" --render "$pictures/$name.png" "$@"
}

run two-offices
run backbone
run possible-errors
run mailing-list
run lost-confirmation
message=$(sqlite3 "$work/backbone.mailroom" "SELECT message FROM flight WHERE first_bit_out_ns > 1408e9 LIMIT 1")
picture window backbone --at 1408.036s --size 1440x900 --select "host:mx.carrowick,message:$message"
picture map mailing-list --at 1.593s --pane topology --size 1000x640
picture trouble possible-errors --at 1h10m --size 1440x900 --select host:north
picture projector two-offices --at 1.9s --size 1440x900 --theme projector --select host:south
picture ladder two-offices --pane ladder --size 900x720 --select session:1
picture twice lost-confirmation --pane ladder --size 1000x760 --select message:1
picture host possible-errors --at 1h10m --pane host --size 460x600 --select host:north
picture message possible-errors --at 1h10m --pane message --size 460x320 --select message:2
picture timeline possible-errors --at 2h --pane timeline --size 1100x90
picture delay backbone --pane plots --plot delay --size 760x420
picture queue mailing-list --pane plots --plot queue --size 760x420 --theme dark
