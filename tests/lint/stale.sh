#!/bin/sh
# What is generated and committed is fresh: student_template/ and the points table of GRADING.md.
set -eu
cd "$(git rev-parse --show-toplevel)"
build=${1:-build} found=0
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT
grader/skeleton/template.sh "$build/tangled/skeleton" problems/support "$fresh/student_template"
diff -r -x build -x handin.zip "$fresh/student_template" student_template ||
    { echo "student_template/ is stale: make template"; found=$((found + 1)); }
grader/skeleton/points.sh "$build/gradus" GRADING.md >"$fresh/GRADING.md"
diff "$fresh/GRADING.md" GRADING.md || { echo "GRADING.md's table is stale: make template"; found=$((found + 1)); }
echo "stale: $((2 - found)) passed, $found failed"
[ "$found" = 0 ]
