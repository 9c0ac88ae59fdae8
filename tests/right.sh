#!/bin/sh
# Right work earns every point, whatever compiles it:
#
#   tests/right.sh BUILD [prove|margins] [COMPILER:LEVEL ...]
#
# Grades the reference and every tests/submissions/right_*, through the sandbox, by gcc and clang at
# -O0 to -O3 unless some of these are named; two gradings at a time, as they wait for each other's
# tests.  Prints one line for each, and each test that lost a point.  `margins` prints a table
# instead: the largest error of right work, and the smallest that gave a planted mistake away, both
# divided by what is allowed.
set -eu
cd "$(dirname "$0")/.."
build=$1 what=${2:-prove}
shift $(($# < 2 ? $# : 2))
[ $# -gt 0 ] || set -- gcc:0 gcc:1 gcc:2 gcc:3 clang:0 clang:1 clang:2 clang:3

work=$build/right
rm -rf "$work"
mkdir -p "$work"
cp -R reference "$work"
for folder in tests/submissions/right_*; do
    tests/assemble.sh "$folder" "$work/$(basename "$folder")"
done
for submission in "$work"/*; do
    for combination in "$@"; do
        echo "--compiler ${combination%:*} --optimise ${combination#*:} $submission"
    done
done >"$build/right.list"

verb=right
[ "$what" = prove ] || verb=margins
status=0
xargs -P 2 -L 1 "$build/gradus" "$verb" --build "$build" <"$build/right.list" \
    >"$build/right.lines" || status=1
if [ "$what" = prove ]; then
    sort "$build/right.lines"
    exit $status
fi

for judge in "$build"/judge-*; do
    "$judge" --prove --margins || status=1
done >"$build/wrong.lines"
# Networks that learn allow more than sums do; sums in float are the mistake that is hardest to see.
awk '$1 != "margin" { next }
    $3 ~ /learns_like/ { $2 = "trajectory" }
    { kinds[$2] }
    FNR == NR { if (!($2 in right) || $4 > right[$2]) { right[$2] = $4; best[$2] = $3 " of " $5 }; next }
    $5 ~ /float/ { if (!($2 in float) || $4 < float[$2]) { float[$2] = $4; near[$2] = $3 " " $5 }; next }
    !($2 in wrong) || $4 < wrong[$2] { wrong[$2] = $4; far[$2] = $3 " " $5 }
    END { for (k in kinds) {
        print k ": right work at most " right[k] + 0 " (" best[k] ")"
        if (k in wrong) print k ": a planted mistake at least " wrong[k] " (" far[k] ")"
        if (k in float) print k ": in float at least " float[k] " (" near[k] ")" } }' \
    "$build/right.lines" "$build/wrong.lines" | sort
grep -v '^margin\|^proved' "$build/right.lines" || exit $status
exit 1
