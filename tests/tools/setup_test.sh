#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# The set-up asks apt for exactly what is missing, and for nothing when nothing is. dpkg-query, apt-get, sudo and id are
# stand-ins here that note how they were called; no package is touched.
set -eu
cd "$(dirname "$0")/../.."

place=$(mktemp -d)
trap 'rm -rf "$place"' EXIT
mkdir "$place/bin"
stand_in() { printf '#!/bin/bash\n%s\n' "$2" >"$place/bin/$1" && chmod +x "$place/bin/$1"; }

# shellcheck disable=SC2016
{
  stand_in dpkg-query 'while read -r p; do for w; do [ "$w" != "$p" ] || echo "install ok installed $p"; done; done <"$PLACE/installed"
                       echo "deinstall ok config-files gone"; exit 1'
  stand_in apt-get 'echo "apt-get $*" >>"$PLACE/calls"; [ ! -e "$PLACE/offline" ] || exit 100
                    case "$*" in *install*) echo "new" >>"$PLACE/installed" ;; esac'
  stand_in sudo 'echo "sudo" >>"$PLACE/calls"; exec "$@"'
  stand_in id 'cat "$PLACE/id"'
}

# What need_packages says to these packages, its status in $status, its calls of apt in $calls.
ask() {
  : >"$place/calls"
  status=0
  # shellcheck disable=SC2016
  said=$(PLACE=$place PATH=$place/bin:$PATH bash -c '
    . tests/tools/setup.sh; debian_release=$1; shift; need_packages "to see" "$@"' bash "$@" 2>&1) || status=$?
  calls=$(cat "$place/calls")
}
fail() {
  printf 'FAILED: %s\nstatus %s\nsaid: %s\ncalls: %s\n' "$1" "$status" "$said" "$calls"
  exit 1
}
begin() { printf '%s\n' old older >"$place/installed" && echo "$1" >"$place/id" && rm -f "$place/offline"; }

begin 0
ask 12 old older
[ "$status:$said:$calls" = "0::" ] || fail "with everything there it must do and say nothing"

ask 12 old new older
[ "$status" = 0 ] || fail "a missing package must be installed"
[[ $said == *"to see:"*"  new"* && $said != *older* ]] || fail "it must say what and why"
[[ $calls == *" update"*" install --no-install-recommends new" && $calls != *sudo* ]] || fail "root needs no sudo"
ask 12 old new older
[ "$status:$said:$calls" = "0::" ] || fail "a second run must install nothing"

begin 0
ask 12 old gone
[ "$status" = 2 ] && [[ $said == *"still missing: gone"* ]] || fail "a removed package with files left is missing"

begin 1000
ask 12 new
[ "$status" = 0 ] && [[ $said == *sudo* && $calls == sudo*install*new ]] || fail "who is not root needs sudo"

begin 0 && touch "$place/offline"
ask 12 new
[ "$status" = 2 ] && [[ $said == *"apt could not"* ]] || fail "a failure of apt must end it"

begin 0
ask "" new
[ "$status:$calls" = "2:" ] && [[ $said == *"Debian 12 and Debian 13"*"  new"* ]] || fail "another system is told what is needed"
MAILROOM_SKIP_SETUP=1 ask "" new
[ "$status:$said:$calls" = "0::" ] || fail "another system may go on by itself"

echo "ok"
