#!/bin/sh
# Every C file is laid out as .clang-format says.
set -eu
cd "$(git rev-parse --show-toplevel)"
found=0
files=$(git ls-files -co --exclude-standard 'grader/*.[ch]' 'reference/*.[ch]' 'problems/support/*.[ch]' 'tests/unit/*.[ch]' \
    ':(glob)tests/golden/*.[ch]' 'tests/end/*.[ch]' 'tests/oracles/*.[ch]' 'tests/bench/*.[ch]' 'tests/fuzz/*.[ch]')
for file in $files; do
    clang-format "$file" | diff -q - "$file" >/dev/null || { echo "$file: make format"; found=$((found + 1)); }
done
echo "format: $(echo "$files" | wc -l) passed, $found failed"
[ "$found" = 0 ]
