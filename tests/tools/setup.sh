# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# The set-up that test.sh, demo.sh and the tools share. Source it from the top of the tree.
#
#   need_packages WHY PACKAGE...   installs by apt what is missing of these, says what and why, and stops with
#                                  status 2 where it cannot. Does nothing, and asks nothing, if all are there.
#   say TEXT...                    a line for the person

say() { printf '%s\n' "$*"; }
stop() {
  printf '%s\n' "$@" >&2
  exit 2
}

# 12 or 13 on those releases of Debian, else empty.
debian_release=$(
  # shellcheck source=/dev/null
  [ -r /etc/os-release ] && . /etc/os-release
  case "${ID:-}:${VERSION_ID:-}" in debian:12 | debian:13) echo "$VERSION_ID" ;; esac
)
# shellcheck source=tests/tools/packages.sh
. tests/tools/packages.sh

# Prints those of the named packages that are not installed.
missing_packages() {
  local installed package
  installed=" $(dpkg-query -W -f='${Status} ${Package}\n' "$@" 2>/dev/null |
    sed -n 's/^[a-z]* ok installed //p' | tr '\n' ' ')"
  for package in "$@"; do
    case "$installed" in *" $package "*) ;; *) echo "$package" ;; esac
  done
}

need_packages() {
  local why=$1 as_root=() missing log
  shift
  if [ -z "$debian_release" ]; then
    [ -z "${MAILROOM_SKIP_SETUP:-}" ] || return 0
    stop "This set-up knows Debian 12 and Debian 13. On another system, install what these Debian packages hold:" \
      "  $*" "and start again with MAILROOM_SKIP_SETUP=1."
  fi
  read -ra missing <<<"$(missing_packages "$@" | tr "\n" " ")"
  [ "${#missing[@]}" -gt 0 ] || return 0

  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null ||
      stop "Packages are missing $why, and there is no sudo here. As root, please run:" \
        "  apt-get update && apt-get install --no-install-recommends ${missing[*]}"
    as_root=(sudo)
    say "Installing by apt, with sudo (you may be asked for your password), $why:"
  else
    say "Installing by apt, $why:"
  fi
  say "  ${missing[*]}"
  log=$(mktemp)
  # noninteractive: tshark asks whether ordinary users may capture; we never capture, so the default (no) is right.
  if ! {
    "${as_root[@]}" apt-get -q -o DPkg::Lock::Timeout=300 update &&
      "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=300 \
        install --no-install-recommends "${missing[@]}"
  } >"$log" 2>&1 </dev/null; then
    tail -n 20 "$log" >&2
    stop "apt could not install them; all that it said is in $log."
  fi
  rm -f "$log"
  read -ra missing <<<"$(missing_packages "$@" | tr "\n" " ")"
  [ "${#missing[@]}" -eq 0 ] || stop "apt ended well, yet these are still missing: ${missing[*]}"
}
