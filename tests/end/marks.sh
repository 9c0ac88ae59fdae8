#!/bin/sh
# Marks of a person, as the staff gives them: in two halves, twice, wrongly.  The automatic points stay
# what they were, nothing that is refused changes a byte, and what is still open is said.
. tests/claims.sh
# marks CODE PATTERN FILE [OUT]: the exit code, and a sentence in what is printed.
marks() {
    claim "$3 ends with $1 and says \"$2\"" says "$1" "$2" \
        "$build/gradus" marks "$3" --build "$build" --out "${4:-$work/out}"
}
same() { # same FOLDER: the results in OUT are those kept in FOLDER
    cmp -s "$work/out/scorecard.json" "$1/scorecard.json" && cmp -s "$work/out/results.json" "$1/results.json"
}
keep() { rm -rf "$1" && cp -R "$work/out" "$1"; }

# --- A submission that answers the first two questions ---
cp -R reference "$work/mine"
labels=$(sed -n 's/^## \([^ ]*\) (.*/\1/p' "$build/tangled/skeleton/answers.md")
first=$(echo "$labels" | sed -n 1p) second=$(echo "$labels" | sed -n 2p) third=$(echo "$labels" | sed -n 3p)
sed -e "s/^## \($first\|$second\) .*/&\n\nBecause of the name/" "$build/tangled/skeleton/answers.md" \
    >"$work/mine/answers.md"
grade() { "$build/gradus" grade "$work/mine" --build "$build" --out "$work/out" >"$work/log" 2>&1; }
marks 2 'cannot read .*/none/scorecard.json' "$work/none.csv" "$work/none"
grade
keep "$work/fresh"

# --- What is refused changes nothing ---
marks 1 'none.csv:1: No such file' "$work/none.csv"
printf 'question,line,points,remark\n%s,1,1,fine\n%s,1,7,\n' "$first" "$first" >"$work/high.csv"
marks 1 'high.csv:3: .*(more than this line is worth|given on line 2)' "$work/high.csv"
printf 'question,line,points,remark\n%s,1,1,fine\n1x.unknown,1,1,\n' "$first" >"$work/unknown.csv"
marks 1 'unknown.csv:3: this homework has no question "1x.unknown"' "$work/unknown.csv"
printf '{"homework": "another", "marks": []}' >"$work/foreign.json"
marks 1 'foreign.json:1: these are marks for the homework "another"' "$work/foreign.json"
head -c 1000 /dev/urandom >"$work/noise.csv"
marks 1 'noise.csv:' "$work/noise.csv"
claim "refused marks change nothing" same "$work/fresh"

# --- In two halves ---
printf 'question,line,points,remark\n%s,1,1,"Right, and ""short"""\n' "$first" >"$work/half.csv"
marks 0 "Still open: $first \(1 of 2 lines\), $second" "$work/half.csv"
keep "$work/half"
marks 0 "Still open: $first" "$work/half.csv"
claim "the same marks twice are the same marks" same "$work/half"
cat >"$work/half.json" <<JSON
{"homework": "$(sed -n 's/^id: //p' problems/homework.md)", "marks": [
    {"question": "$first", "line": 2, "points": 0.5},
    {"question": "$second", "line": 1, "points": 0, "remark": "not so"},
    {"question": "$second", "line": 2, "points": 1}
]}
JSON
marks 0 "without an answer: $third" "$work/half.json"
claim "marked questions are no longer open" sh -c "! grep -q 'Still open' '$work/said'"
printf 'question,line,points,remark\n%s,2,1,\n' "$first" >"$work/better.csv"
marks 0 "Changed: $first, line 2: 1 points, where there were 0.5" "$work/better.csv"

# --- What became of it ---
claim "points stay apart, and all else is the same" python3 - "$work" "$first" "$second" <<'PYTHON'
import json, sys
work, first, second = sys.argv[1:]
load = lambda folder, name: json.load(open(f"{work}/{folder}/{name}.json"))
old, new = load("fresh", "scorecard"), load("out", "scorecard")
label = lambda w: f"{w['problem']}{w.get('part', '')}.{w['name']}"
earned = {label(w): w["earned"] for w in new["written"] if w["status"] == "graded"}
assert earned == {first: 2, second: 1}, earned
assert all(w["status"] == "not yet graded" for w in new["written"] if label(w) not in earned)
del old["written"], new["written"]
assert old == new
old, new = load("fresh", "results"), load("out", "results")
rows = new["tests"][len(old["tests"]):]
assert [r["extra_data"]["written"] for r in rows] == [first, second]
assert not any("score" in r or "max_score" in r for r in rows)
assert "not so" in rows[1]["output"] and "1 of 2 points" in rows[1]["output"]
new["tests"] = new["tests"][:len(old["tests"])]
assert old == new
import jsonschema
schema = json.load(open("grader/export/scorecard.schema.json"))
jsonschema.Draft202012Validator(schema).validate(load("out", "scorecard"))
PYTHON
grade
claim "grading again says that marks are gone" grep -q 'run gradus marks again' "$work/log"
grade
claim "and says it once" sh -c "! grep -q 'gradus marks again' '$work/log'"
echo '{}' >"$work/out/scorecard.json"
marks 2 'cannot take marks: it is no scorecard' "$work/half.csv"
conclude marks
