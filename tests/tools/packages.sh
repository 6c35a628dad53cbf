# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Every Debian package that Mailroom needs, once. Sourced by tests/tools/setup.sh.

# To build the programs. ns3, libgsl-dev, libxml2-dev and libpython3-dev are there because the CMake targets of
# libns3-dev name their paths.
build_packages=(
  g++ cmake ninja-build pkg-config ccache
  libns3-dev ns3 libgsl-dev libxml2-dev libpython3-dev
  libboost-dev libboost-graph-dev
  libyaml-cpp-dev libcli11-dev libfmt-dev libsqlite3-dev nlohmann-json3-dev nettle-dev
  libjemalloc-dev
  libimgui-dev libstb-dev libglfw3-dev libegl-dev libgl-dev libgl1-mesa-dri libfreetype-dev
  fonts-inter fonts-jetbrains-mono fonts-font-awesome fonts-dejavu-core
)

# To build and run the tests: the test framework, and the judges that we did not write. Exim and Postfix are not among
# them: tests/interop/fetch.sh has them without installing them.
test_packages=(
  libgtest-dev libgmock-dev
  python3 python3-jsonschema python3-dnspython sqlite3 tshark bind9-dnsutils
  swaks curl msmtp
  xvfb xdotool ffmpeg chromium librsvg2-bin
)
case "${debian_release:-}" in
  12) test_packages+=(libpython3.11-testsuite) ;;
  13) test_packages+=(libpython3.13-testsuite) ;;
esac

# Outside CI: fuzzers, clang-tidy, clang-format, and a Debian 13 to try.
fuzz_packages=(clang-19 libclang-rt-19-dev)
tidy_packages=(clang-19 clang-tidy-19 clang-format-19)
portability_packages=(debootstrap)
