#!/bin/sh
# Makes sure that the Debian packages for building are there; with "pack", "check" or "rehearsal" also
# those for packing, testing and rehearsing.
# As root it installs what is missing; with sudo on a terminal it asks; otherwise it prints the one
# line to run and fails.  Knows package names only.
set -eu

build="gcc libc6-dev binutils make pkg-config check libcmark-gfm-dev libcmark-gfm-extensions-dev
       libcjson-dev libarchive-dev libpng-dev libexpat1-dev"
pack="$build zip"
check="$pack gnuplot-nox clang clang-format clang-tidy cppcheck valgrind gcovr hyperfine python3-jsonschema
       libseccomp-dev libopenblas-dev zlib1g-dev dataset-fashion-mnist"
# The runtime of clang's sanitizers and fuzzer: a package of its own, but in Ubuntu 22.04 part of clang.
grep -qs '^VERSION_CODENAME=jammy' /etc/os-release || check="$check libclang-rt-dev"
rehearsal="$check debootstrap"

case "${1:-build}" in
build) wanted=$build ;;
pack) wanted=$pack ;;
check) wanted=$check ;;
rehearsal) wanted=$rehearsal ;;
*) echo "usage: packages.sh [build|pack|check|rehearsal]" >&2 && exit 2 ;;
esac

missing=
for package in $wanted; do
    state=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
    [ "$state" = "install ok installed" ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

install="apt-get install -y --no-install-recommends$missing"
if [ "$(id -u)" = 0 ]; then
    echo "gradus: installing$missing"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -q >/dev/null && $install >/dev/null
elif [ -t 0 ] && command -v sudo >/dev/null; then
    printf 'gradus needs packages:%s\nInstall them now with sudo? [y/N] ' "$missing"
    read -r answer
    case "$answer" in
    y | Y | yes) sudo apt-get update -q && sudo $install ;;
    *) echo "Run: sudo apt-get update && sudo $install" >&2 && exit 2 ;;
    esac
else
    echo "gradus needs packages. Run: sudo apt-get update && sudo $install" >&2
    exit 2
fi
