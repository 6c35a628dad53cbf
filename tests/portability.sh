#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-only
# Does Mailroom build and pass on another release of Debian? Makes a bare system of it with debootstrap, puts a clean
# checkout of HEAD in, runs ./test.sh there, and prints the verdict. Needs root and about 4 GB; not part of CI.
#
#   tests/portability.sh [--suite trixie] [--dir DIR] [--only-set-up] [test.sh arguments...]
#
# DIR (default: ~/.cache/mailroom/SUITE) is kept, so that the next run installs nothing. The mirror and the way to it
# are those that this machine's own apt uses.
set -eu
cd "$(dirname "$0")/.."
. tests/tools/setup.sh

suite=trixie
dir=
only_set_up=
while [ $# -gt 0 ]; do
  case $1 in
    --suite) suite=$2 && shift 2 ;;
    --dir) dir=$2 && shift 2 ;;
    --only-set-up) only_set_up=yes && shift ;;
    *) break ;;
  esac
done
dir=${dir:-${XDG_CACHE_HOME:-$HOME/.cache}/mailroom/$suite}
case $dir in /*) ;; *) dir=$PWD/$dir ;; esac

[ "$(id -u)" -eq 0 ] || stop "A chroot needs root: please start tests/portability.sh with sudo."
need_packages "to make a Debian $suite beside this system" "${portability_packages[@]}"
command -v git >/dev/null || stop "A clean checkout needs git, and there is none here."

mirror=$(apt-get indextargets --format '$(ORIGIN) $(REPO_URI)' 'Created-By: Packages' |
  sed -n 's/^Debian \(.*\/debian\)\/\?$/\1/p' | head -n 1)
[ -n "$mirror" ] || stop "apt's lists name no Debian mirror; run apt-get update first."

# Done is done: a debootstrap that was cut short leaves no mark and is made anew.
if [ ! -f "$dir/.mailroom-ready" ]; then
  if [ -e "$dir" ] && [ ! -f "$dir/.mailroom-begun" ] && [ -n "$(ls -A "$dir")" ]; then
    stop "$dir holds something else; name another folder with --dir."
  fi
  say "Making a bare Debian $suite in $dir ..."
  rm -rf --one-file-system "$dir"
  mkdir -p "$dir"
  : >"$dir/.mailroom-begun"
  debootstrap --variant=minbase "$suite" "$dir" "$mirror" >"$dir.log" 2>&1 ||
    stop "debootstrap failed; what it said is in $dir.log."
  apt-config dump | grep -E '^Acquire::(Check-|http|ftp)' >"$dir/etc/apt/apt.conf.d/99as-on-the-host" || true
  : >"$dir/.mailroom-ready"
fi
cp -L /etc/resolv.conf /etc/hosts "$dir/etc/"

# The build folder of the last time stays, so that only what changed is built again: a file that is as it was keeps its
# time, any other gets the present one (git archive's is the commit's, which may be older than what was built).
mkdir -p "$dir/mailroom"
rm -rf --one-file-system "$dir/mailroom.new"
mkdir "$dir/mailroom.new"
git archive HEAD | tar -x -m -C "$dir/mailroom.new"
(cd "$dir/mailroom.new" && find . -type f -print0) | while IFS= read -r -d '' file; do
  if cmp -s "$dir/mailroom/$file" "$dir/mailroom.new/$file"; then
    touch -r "$dir/mailroom/$file" "$dir/mailroom.new/$file"
  fi
done
if [ -d "$dir/mailroom/build" ]; then mv "$dir/mailroom/build" "$dir/mailroom.new/"; fi
rm -rf --one-file-system "$dir/mailroom"
mv "$dir/mailroom.new" "$dir/mailroom"

# In a mount namespace of its own, so that nothing stays mounted however this ends. Terminals, because a test shows a
# bar on one; and what lies beside this checkout (the maps of the Topology Zoo), because tests are skipped without.
inside() {
  # shellcheck disable=SC2016
  unshare --mount --propagation private bash -c '
    mount -t proc proc "$1/proc" && mount -t tmpfs tmpfs "$1/dev/shm" && mount -t tmpfs -o mode=1777 tmpfs "$1/tmp" &&
    mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts "$1/dev/pts" &&
    { [ ! -d ../shared ] || { mkdir -p "$1/shared" && mount --bind -o ro ../shared "$1/shared"; }; } &&
    exec chroot "$1" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 bash -c "cd /mailroom && $2" \
      bash "${@:3}"' \
    bash "$dir" "$@"
}

if [ -n "$only_set_up" ]; then
  inside '. tests/tools/setup.sh && need_packages here "${build_packages[@]}" "${test_packages[@]}"'
  say "Debian $suite is ready in $dir."
elif inside './test.sh "$@"' "$@"; then
  say "Debian $suite: passed."
else
  say "Debian $suite: FAILED."
  exit 1
fi
