#!/bin/sh
# The file of answers, graded: missing, empty, no text, untouched, complete.  Of the questions that are
# only checked for being answered, no word reaches anything that is written or printed.
set -eu
cd "$(dirname "$0")/../.."
build=${1:-build}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0
# A problem without files whose questions are checked, and what it is worth.
document=$(grep -l '^```question .*check=' problems/*.md | head -n 1)
number=$(basename "$document" | sed 's/-.*//')
points=$(sed -n 's/^points: //p' "$document")
cp -R reference "$work/mine"

# answers EARNED PATTERN: what that problem earns, and a sentence in results.json and in the table.
answers() {
    "$build/gradus" grade "$work/mine" --build "$build" --out "$work/out" >"$work/out/table" 2>&1 || true
    if python3 - "$work/out" "$number" "$1" "$2" <<'PYTHON'
import json, re, sys
out, number, earned, pattern = sys.argv[1:]
card, results = (json.load(open(f"{out}/{name}.json")) for name in ("scorecard", "results"))
table = " ".join(open(f"{out}/table").read().split())
problem = next(p for p in card["problems"] if p["number"] == int(number))
row = next(t for t in results["tests"] if t["number"] == number)
assert problem["earned"] == row["score"] == float(earned), (problem, row)
for told in (table, row["output"]):
    assert re.search(pattern, told), told
PYTHON
    then passed=$((passed + 1)); else echo "not so: $1 points and \"$2\"" && failed=$((failed + 1)); fi
}
mkdir "$work/out"
rm "$work/mine/answers.md"
answers 0 'answers.md was not handed in'
: >"$work/mine/answers.md"
answers 0 'answers.md is empty'
head -c 5000 /dev/zero >"$work/mine/answers.md"
answers 0 'answers.md is not text'
head -c 300000 /dev/zero | tr '\0' 'a' >"$work/mine/answers.md"
answers 0 'answers.md was handed in and not taken'
cp "$build/tangled/skeleton/answers.md" "$work/mine/answers.md"
answers 0 'missing: Nothing stands below its heading'
sed 's/^## .*/## Something else/' "$build/tangled/skeleton/answers.md" >"$work/mine/answers.md"
answers 0 'heading not found: answers.md has no heading'
sed 's/^## .*/&\nXyzzy Plugh 31415926/' "$build/tangled/skeleton/answers.md" >"$work/mine/answers.md"
answers "$points" 'answered'
cp -R "$work/out" "$work/all"

# The same words, now only where nobody may read them.
sed "s/^## $number.*/&\nXyzzy Plugh 31415926/" "$build/tangled/skeleton/answers.md" >"$work/mine/answers.md"
answers "$points" 'answered'
grep -rq 'Xyzzy' "$work/all" || { echo "not so: what a person reads is on the scorecard" && failed=$((failed + 1)); }
if grep -rqE 'Xyzzy|Plugh|31415926' "$work/out"; then
    echo "not so: what is only checked for being there is kept nowhere" && failed=$((failed + 1))
fi
echo "answers: $passed passed, $failed failed"
[ "$failed" = 0 ]
