#!/bin/sh
# Puts student_template/ together: the tangled skeleton, the public test library, the homework's public
# support, and what stands beside this script.  Writes into a fresh directory and then swaps it in, so that
# no stale file stays.
#
#   grader/skeleton/template.sh TANGLED_SKELETON SUPPORT TARGET
set -eu
here=$(dirname "$0")
skeleton=$1 support=$2 target=$3
fresh=$target.new
rm -rf "$fresh"
mkdir -p "$fresh/support"
cp -R "$skeleton"/. "$fresh"
cp "$here"/../public/*.c "$here"/../public/*.h "$here/programs.mk" "$fresh/support"
for file in $(sed -n 's/^PUBLIC_SUPPORT[_0-9]* := //p' "$skeleton/tests/tangled.mk" | tr ' ' '\n' | sort -u); do
    [ ! -e "$fresh/support/$file" ] || {
        echo "template: $support/$file has the name of a file of the public library" >&2
        exit 1
    }
    cp "$support/$file" "$fresh/support"
done
cp "$here/Makefile" "$fresh"
printf 'build/\npictures/\nresults/\nhandin.zip\n' >"$fresh/.gitignore"
{
    sed '/^    make handin/q' "$here/README.md"
    [ ! -f "$fresh/support/verbs.mk" ] ||
        awk -F ':.*## ' '/^[a-z]+:.*## / { printf "    make %-12s %s\n", $1, $2 }' "$fresh/support/verbs.mk"
    sed '1,/^    make handin/d' "$here/README.md"
    echo '| problem | statement | files to fill in |'
    echo '| --- | --- | --- |'
    answers=$(sed -n '2,/^---$/s/^answers: \(.*\)=.*/\1/p' "$fresh/problems/homework.md")
    for document in "$fresh"/problems/[0-9]*.md; do
        name=$(basename "$document")
        title=$(sed -n '2,/^---$/s/^title: //p' "$document")
        files=$(sed -n '2,/^---$/{s/^files: //p;s/^data: //p;}' "$document" | paste -sd '~' | sed 's/=[0-9KM]*//g; s/~/, /')
        echo "| ${name%%-*}. $title | problems/$name | ${files:-$answers} |"
    done
} >"$fresh/README.md"
rm -rf "$target"
mv "$fresh" "$target"
