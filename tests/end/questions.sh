#!/bin/sh
# The written questions are the same everywhere: in the documents, in the headings of the answers file,
# in the table of points; and every part of the sheet that asks for words has one.
set -eu
cd "$(dirname "$0")/../.."
build=${1:-build}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# Lines "part kind" of each source.
for document in problems/[0-9]*.md; do
    number=$(basename "$document" | sed 's/-.*//')
    sed -n 's/^```question [a-z0-9_]* //p' "$document" | while read -r options; do
        part=$(echo " $options" | sed -n 's/.* part=\([^ ]*\).*/\1/p')
        case $options in
        *check=*) echo "$number$part completeness" ;;
        *extra=yes*) echo "$number$part optional" ;;
        *) echo "$number$part written" ;;
        esac
    done
done | sort >"$work/documents"
sed -n -e '/^## .*optional)$/s/^## \([^.]*\)\..*/\1 optional/p' -e '/^## .*points\{0,1\})$/s/^## \([^.]*\)\..*/\1 written/p' \
    -e '/^## [^ ]*$/s/^## \([^.]*\)\..*/\1 completeness/p' "$build/tangled/skeleton/answers.md" | sort >"$work/answers"
# A part with two questions of one kind has one row.
"$build/gradus" points | sed -n -e 's/^| \([0-9][^ ]*\) | .* | written, optional | .*/\1 optional/p' \
    -e 's/^| \([0-9][^ ]*\) | .* | \(written\|completeness\) | .*/\1 \2/p' | sort >"$work/table"
sort >"$work/sheet" <<'PARTS'
2d written
3a written
5a written
5b written
5d written
6a(i) written
6b(i) written
6b(ii) written
6c(i) written
6c(ii) written
6c(iii) optional
6c(iv) optional
6c(v) written
6d(i) written
6d(ii) written
6e(i) written
6e(ii) written
6e(iii) written
6f(i) written
7a(ii) written
7a(iii) written
7b(ii) written
7c(ii) written
7c(iii) written
8a completeness
8b completeness
8c completeness
PARTS
for source in answers table sheet; do
    if ! diff "$work/documents" "$work/$source" >"$work/log"; then
        echo "other questions in the documents (<) than in the $source (>):"
        cat "$work/log"
        failed=$((failed + 1))
    fi
done
echo "questions: $((3 - failed)) passed, $failed failed"
[ "$failed" = 0 ]
