#!/bin/sh
# `make pictures` in the handout: draws, takes a picture of one's own, and says in one sentence what is wrong
# with what it was given or with functions that are not written.
set -eu
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0
cp -R student_template "$work/mine"
cp reference/filters.c "$work/mine"
cd "$work/mine"

# try PICTURES PATTERN [VARIABLE=VALUE ...]: how many PNG files are then in OUT, and what is printed; the
# command succeeds when there are all five and only then.
try() {
    count=$1 pattern=$2
    shift 2
    rm -rf "$work/o ut"
    timeout 60 make pictures "OUT=$work/o ut" "$@" >"$work/log" 2>&1 && all=5 || all=
    found=$(find "$work/o ut" -name '*.png' -size +0 2>/dev/null | wc -l)
    if [ "$found" = "$count" ] && grep -q "$pattern" "$work/log" && [ "${count#[0-4]}" = "$all" ]; then
        passed=$((passed + 1))
    else
        echo "not so: $* leaves $count pictures and says \"$pattern\"; it left $found and said"
        head -n 20 "$work/log"
        failed=$((failed + 1))
    fi
}

try 5 'edges.png'
cp "$work/o ut/blurred_9.png" "$work/a 'photo'.png"
try 5 'original.png' "IMAGE=$work/a 'photo'.png"
try 0 'absent.png: it cannot be opened: No such file' "IMAGE=absent.png"
try 0 'Makefile: this is not a PNG file' "IMAGE=Makefile"
head -c 300 "$work/a 'photo'.png" >"$work/cut.png"
try 0 'cut.png: this PNG file is damaged' "IMAGE=$work/cut.png"
sed -i 's/y->at\[[^;]*] = look/if (i + j) &/' filters.c
try 1 'filter_image leaves 1 of 196608 numbers NaN'
cp "$OLDPWD/student_template/filters.c" .
try 1 'averaging_filter is not written yet'
echo "pictures: $passed passed, $failed failed"
[ "$failed" = 0 ]
