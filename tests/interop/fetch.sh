#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Fetches the mail servers that judge Mailroom, without installing them: Exim and Postfix exclude each other as
# packages, and either would start a daemon. They are unpacked into build/interop, with the libraries that they need and
# this system lacks, and nss_wrapper, which gives Exim the system user that it insists on. No root is needed.
#
#   tests/interop/fetch.sh [FOLDER]      default: build/interop
#
# Does nothing if they are there. Where they cannot be had, it says so and ends well: their tests are skipped.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/tools/setup.sh
. tests/tools/setup.sh

folder=${1:-build/interop}
[ ! -e "$folder/complete" ] || exit 0
without() {
  say "Without Exim and Postfix's test programs ($*): the tests of tests/interop that need them are skipped."
  exit 0
}
[ -n "$debian_release" ] || without "this is neither Debian 12 nor Debian 13"

# The servers and those of their libraries that are missing here or would be made newer; libc is never among them.
packages_of() {
  apt-get -s --no-install-recommends install "$1" 2>/dev/null |
    sed -n 's/^Inst \([^ ]*\).*/\1/p' | grep -E "^lib|^$1\$" | grep -Ev '^libc6|^libc-|-dev(:|$)' || true
}
update() {
  local as_root=()
  if [ "$(id -u)" -ne 0 ]; then
    sudo -n true 2>/dev/null || return 1
    as_root=(sudo -n)
  fi
  "${as_root[@]}" apt-get -q -o DPkg::Lock::Timeout=300 update >/dev/null 2>&1
}

rm -rf "$folder"
mkdir -p "$folder/packages"
fetch() {
  local wanted
  read -ra wanted <<<"$({ echo exim4-daemon-light postfix libnss-wrapper | tr ' ' '\n'
    packages_of exim4-daemon-light
    packages_of postfix; } | sort -u | tr '\n' ' ')"
  (cd "$folder/packages" && rm -f -- *.deb && apt-get -q download "${wanted[@]}") >"$folder/said" 2>&1
}
say "Fetching Exim, Postfix's test programs and nss_wrapper into $folder (nothing is installed) …"
fetch || { update && fetch; } || without "apt-get download failed; what it said is in $folder/said"
for package in "$folder"/packages/*.deb; do dpkg-deb -x "$package" "$folder"; done
rm -rf "$folder/packages"
# Unpacked by root, Exim would be set-uid: it is to be an ordinary program.
chmod -R u-s,g-s,a+rX "$folder"
: >"$folder/complete"
