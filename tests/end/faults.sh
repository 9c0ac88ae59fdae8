#!/bin/sh
# Faults of ours and of the machine: calls that fail, kills, full disks, what vanishes.  Nobody's points are
# wrong for it (tests/faults).  A sample with a fixed seed; FAULTS=all tries every call, which takes hours.
#
#   tests/end/faults.sh [BUILD]
set -eu
cd "$(dirname "$0")/../.."
build=${1:-build}
mkdir -p "$build/tests/faults"
"${CC:-gcc}" -std=c11 -D_GNU_SOURCE -O1 -Wall -Wextra -shared -fPIC tests/faults/inject.c \
    -o "$build/tests/faults/inject.so" -ldl
# Full disks are mounted where nobody else sees them.
alone=
[ "$(id -u)" != 0 ] || ! unshare -m true 2>/dev/null || alone="unshare -m"
code=0
for part in points kills places; do
    $alone python3 tests/faults/faults.py "$build" $part ${FAULTS:-} || code=1
done
exit $code
