#!/bin/sh
# Every results.json that gradus writes obeys the platform's documented rules, shows nothing of a hidden
# test, and has a score only when everything was graded; and whoever looks after that sees each fault.
. tests/claims.sh
rules=tests/rehearsal/results.py

# --- Submissions ---

# graded FOLDER EARNED
graded() {
    claim "$1 is graded" "$build/gradus" grade "$1" --build "$build" --out "$work/out"
    claim "$1 earns $2 by the rules" \
        $rules "$work/out/results.json" --earned "$2" --scorecard "$work/out/scorecard.json"
}
for name in untouched flipped_filter wrong_signature constructor_exits; do
    folder=tests/submissions/$name
    tests/assemble.sh "$folder" "$work/$name"
    graded "$work/$name" "$(earned_by $name)"
done
mkdir "$work/texts"
cp reference/*.c "$work/texts"
printf '\n#error "</pre><script>\033[31m 100/100 \302\200 \342\200\256 \377 {\\"score\\": 100}"\n' \
    >>"$work/texts/$(ls reference | grep '\.c$' | head -n 1)"
claim "texts of a submission are graded" "$build/gradus" grade "$work/texts" --build "$build" --out "$work/out"
claim "texts of a submission are only text" \
    $rules "$work/out/results.json" --scorecard "$work/out/scorecard.json"
graded reference "$(earned_by perfect)"

# --- Faults of ours ---

mkdir "$work/build"
for part in "$build"/*; do
    ln -s "$(realpath "$part")" "$work/build/${part##*/}"
done
ln -sf /bin/false "$work/build/judge-3"
claim "a judge that fails makes gradus say so" \
    says 2 'not graded' "$build/gradus" grade reference --build "$work/build" --out "$work/half"
claim "then nothing has a score" $rules "$work/half/results.json" --ungraded --scorecard "$work/half/scorecard.json"

# --- The rules themselves ---

# noticed PATTERN EDIT: results in which Python's EDIT was made are not let through.
noticed() {
    cp "$work/out/results.json" "$work/edited.json"
    python3 - "$work/edited.json" "$2" <<'PYTHON'
import json, sys
path, edit = sys.argv[1:]
results = json.load(open(path))
tests = results["tests"]
hidden = next(t for t in tests if "(hidden)" in t["name"])
exec(edit)
json.dump(results, open(path, "w"))
PYTHON
    claim "noticed: $2" says 1 "$1" $rules "$work/edited.json" --scorecard "$work/out/scorecard.json"
}
noticed 'Additional properties' 'results["points"] = 3'
noticed 'not of type' 'tests[0]["number"] = 1.1'
noticed 'not of type' 'tests[0]["score"] = "1"'
noticed 'not one of' 'tests[0]["status"] = "wrong"'
noticed 'not one of' 'results["output_format"] = "markdown"'
noticed 'longer' 'tests[3]["output"] = "x" * 100001'
noticed 'the character' 'tests[3]["output"] = "a\0b"'
noticed 'the character' 'tests[3]["output"] = "a\ud800b"'
noticed 'not everything is visible' 'tests[0]["visibility"] = "hidden"'
noticed 'stdout' 'results["stdout_visibility"] = "visible"'
noticed 'no text for the whole' 'results["output"] = ""'
noticed 'same number' 'tests[0]["number"] = tests[1]["number"]'
noticed 'add up to' 'results["score"] += 1'
noticed 'more points than there are' 'tests[0]["score"] = 7; results["score"] += 6'
noticed 'is called failed' 'tests[0]["status"] = "failed"'
noticed 'there is no total' 'del results["score"]'
noticed '1.1 has no score' 'del tests[0]["score"]'
noticed 'awaits something, and has a score' 'tests[0]["extra_data"]["status"] = "awaiting"'
noticed 'is hidden, and has' 'hidden["extra_data"]["facts"] = {}'
noticed 'is hidden, and shows its line' 'hidden["output"] = "Where: problems/x.md:3"'
noticed 'line of staff' 'hidden["output"] = [l for l in open(__import__("glob").glob("problems/[0-9]*.md")[0]).read().split("```mutant")[1].splitlines() if len(l) > 40][-1][2:]'
noticed 'required' 'results["leaderboard"] = [{"name": "speed"}]'
sed 's/"number"/"score": 5, "number"/' "$work/half/results.json" >"$work/edited.json"
claim "noticed: a score in what was not graded" says 1 'there is a score' $rules "$work/edited.json" --ungraded
head -c 1000 "$work/out/results.json" >"$work/edited.json"
claim "noticed: half a file" says 1 'edited.json' $rules "$work/edited.json"
conclude results
