#!/bin/sh
# Graded twice, from another place: the same scorecard byte for byte outside `run`.
set -eu
cd "$(dirname "$0")/../.."
build=$(cd "${1:-build}" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0
strip() { python3 -c 'import json,sys; c=json.load(open(sys.argv[1])); del c["run"]; print(json.dumps(c, indent=1))' "$1"; }
for folder in tests/submissions/*; do
    rm -rf "$work/here" "$work/elsewhere"
    tests/assemble.sh "$folder" "$work/here"
    cp -R "$work/here" "$work/elsewhere"
    "$build/gradus" grade "$work/here" --build "$build" --out "$work/one" >"$work/one.table"
    (cd / && TZ=Asia/Kathmandu LC_ALL=C.UTF-8 taskset -c 0 "$build/gradus" grade "$work/elsewhere" \
        --homework "$OLDPWD" --build "$build" --out "$work/two" >"$work/two.table")
    strip "$work/one/scorecard.json" >"$work/one.json"
    strip "$work/two/scorecard.json" >"$work/two.json"
    diff "$work/one.json" "$work/two.json" || { echo "$folder: another scorecard"; failed=$((failed + 1)); }
done
echo "repeat: $((failed == 0)) passed, $failed failed"
[ "$failed" = 0 ]
