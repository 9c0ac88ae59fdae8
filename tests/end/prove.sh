#!/bin/sh
# Both homeworks are proved: full marks for the reference, nothing for idle work, every mutant caught;
# and right work keeps its points when others compile it (make prove tries all that it may be).
set -eu
cd "$(dirname "$0")/../.."
build=${1:-build}
failed=0
"$build/gradus" prove --build "$build" student_template "$build"/tangled/trivial/* || failed=1
"$build/gradus" prove --homework tests/tiny --build "$build/tiny" "$build"/tiny/tangled/trivial/* \
    "$build/tiny/tangled/skeleton" || failed=$((failed + 1))
tests/right.sh "$build" prove clang:0 gcc:3 || failed=$((failed + 1))
echo "prove: $((3 - failed)) passed, $failed failed"
[ "$failed" = 0 ]
