#!/bin/sh
# Every crime of tests/hostile/homework, graded against the homework itself: what it earns, that it is
# named, that no byte of it does harm where people look, and that nothing is left behind.
set -eu
cd "$(dirname "$0")/../.."
build=${1:-build}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
crimes=tests/hostile/homework
passed=0 failed=0
wrong() { echo "$1: $2" && failed=$((failed + 1)); }

# What the crime's problem hands in, and from the reference what it uses.
hand_in() { # hand_in CRIME PROBLEM FOLDER
    document=$(ls problems/"$2"-*.md)
    file=$(sed -n 's/^files: \([^=]*\)=.*/\1/p' "$document")
    for used in $(sed -n 's/^uses: //p' "$document"); do
        cp "reference/$(sed -n 's/^reference: //p' problems/"$used"-*.md)" "$3"
    done
    case $(echo "$crimes/$1".*) in
    *.md) cp "$crimes/$1.md" "$3/answers.md" ;;
    *.c) cp "$crimes/$1.c" "$3/$file" ;;
    *) cp "reference/$file" "$3" && here=$PWD && (cd "$3" && python3 "$here/$crimes/$1.py" "$here") ;;
    esac
}

look() { # look FOLDER PROBLEM EARNED WORDS
    python3 - "$@" <<'PYTHON'
import json, os, re, sys
folder, number, earned, words = sys.argv[1:]
out = f"{folder}/out"
allowed = {"attachments", "results.json", "scorecard.json"}
assert set(os.listdir(out)) <= allowed and not os.listdir(f"{folder}/tmp"), "something was left behind"
for path in [f"{folder}/log"] + [f"{at}/{name}" for at, _, names in os.walk(out) for name in names]:
    bytes = open(path, "rb").read()
    if path.endswith(".png"):
        assert bytes.startswith(b"\x89PNG") and len(bytes) < 1 << 20, path
        continue
    harm = re.search(rb"[\0-\x08\x0b-\x1f\x7f]|\xe2\x80\xae|\\u00[01]|\\u202e|Xyzzy", bytes)
    assert not harm, f"{path} has {harm.group()}"
card = json.load(open(f"{out}/scorecard.json"))
results = json.load(open(f"{out}/results.json"))
problem = next(p for p in card["problems"] if p["number"] == int(number))
assert problem["graded"] and abs(problem["earned"] - float(earned)) < 1e-9, problem["earned"]
assert all(t["score"] <= t["max_score"] for t in results["tests"] if "max_score" in t)
assert words == "-" or words in json.dumps(card["tests"]), "the words are missing"
PYTHON
}

grep -v '^#' $crimes/table.txt >"$work/table"
while read -r name problem earned words; do
    mkdir -p "$work/$name/mine" "$work/$name/tmp"
    hand_in "$name" "$problem" "$work/$name/mine"
    if ! TMPDIR="$work/$name/tmp" timeout 120 "$build/gradus" grade "$work/$name/mine" --build "$build" \
        --memo "$work/no-memo/$name" --out "$work/$name/out" >"$work/$name/log" 2>&1; then
        wrong "$name" "gradus did not end well" && tail -n 3 "$work/$name/log"
    elif look "$work/$name" "$problem" "$earned" "$words"; then
        passed=$((passed + 1))
    else
        wrong "$name" "not as the table has it"
    fi
done <"$work/table"
for crime in "$crimes"/*_*.*; do
    name=$(basename "$crime" | sed 's/\..*//')
    grep -q "^$name " "$work/table" || wrong "$name" "it has no row in table.txt"
done
echo "crimes: $passed passed, $failed failed"
[ "$failed" = 0 ]
