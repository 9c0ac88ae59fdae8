#!/bin/sh
# Puts student_template/ together: the tangled skeleton, the public test library, and what stands beside
# this script.  Writes into a fresh directory and then swaps it in, so that no stale file stays.
#
#   grader/skeleton/template.sh TANGLED_SKELETON TARGET
set -eu
here=$(dirname "$0")
skeleton=$1 target=$2
fresh=$target.new
rm -rf "$fresh"
mkdir -p "$fresh/support"
cp -R "$skeleton"/. "$fresh"
cp "$here"/../public/*.c "$here"/../public/*.h "$fresh/support"
cp "$here/Makefile" "$fresh"
printf 'build/\nhandin.zip\n' >"$fresh/.gitignore"
{
    cat "$here/README.md"
    echo '| problem | statement | files to fill in |'
    echo '| --- | --- | --- |'
    for document in "$fresh"/problems/[0-9]*.md; do
        name=$(basename "$document")
        title=$(sed -n '2,/^---$/s/^title: //p' "$document")
        files=$(sed -n '2,/^---$/s/^files: //p' "$document" | sed 's/=[0-9KM]*//g')
        echo "| ${name%%-*}. $title | problems/$name | $files |"
    done
} >"$fresh/README.md"
rm -rf "$target"
mv "$fresh" "$target"
