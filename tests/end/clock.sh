#!/bin/sh
# The clock of a run: what a problem may take, what a run may take, and what stands in the results when
# it is cut short by its deadline, by a signal or by force.  Nothing is left running or lying about.
. tests/claims.sh
export TMPDIR="$work/tmp"
mkdir "$TMPDIR"
tiny=tests/tiny out=$work/out

# Runs COMMAND; once CARD (unless "-") shows a graded problem, sends SIGNAL.  Ends with the command's code,
# 128 + the signal that killed it, or 99 when it left a process behind.
cat >"$work/watch.py" <<'PYTHON'
import ctypes, json, os, signal, subprocess, sys, time
card, number, command = sys.argv[1], sys.argv[2], sys.argv[3:]
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # what is left behind becomes ours
process = subprocess.Popen(command)
while card != "-" and process.poll() is None:
    try:
        if any(p["graded"] for p in json.load(open(card))["problems"]):
            process.send_signal(getattr(signal, "SIG" + number))
            break
    except FileNotFoundError:
        pass
    time.sleep(0.01)
code = process.wait()
for patience in range(200):  # the killed need a moment to be gone
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        print("nothing left behind")
        sys.exit(code if code >= 0 else 128 - code)
    time.sleep(0.01)
children = open("/proc/self/task/%d/children" % os.getpid()).read().split()
for child in children:
    os.kill(int(child), signal.SIGKILL)
print("left behind:", *children)
sys.exit(99)
PYTHON
watch() { timeout 60 python3 "$work/watch.py" "$@"; }
grade() { "$build/gradus" grade "$1" --homework $tiny --build "$2" --out "$out" "$3" "$4"; }

# What CARD and results.json must say: how many points problem 1 and 2 have, "-" for not graded, and the score.
cat >"$work/look.py" <<'PYTHON'
import json, os, sys
import jsonschema
out, wanted = sys.argv[1], sys.argv[2:]
card, results = (json.load(open(f"{out}/{name}.json")) for name in ("scorecard", "results"))
jsonschema.Draft202012Validator(json.load(open("grader/export/scorecard.schema.json"))).validate(card)
found = [str(p.get("earned", "-")) for p in card["problems"]] + [str(results.get("score", "-"))]
assert found == wanted, found
scores = [t for t in results["tests"] if "score" in t or "max_score" in t]
assert len(scores) == (0 if wanted[-1] == "-" else len(results["tests"])), scores
if wanted[-1] == "-":  # what was gained can be read in another place
    for problem, points in enumerate(wanted[:-1], 1):
        extra = [t["extra_data"].get("earned") for t in results["tests"] if t["number"].startswith(f"{problem}.")]
        assert (sum(map(float, extra)) == float(points)) if points != "-" else set(extra) == {None}, extra
files = sorted(a["file"][12:] for t in card["tests"] for a in t.get("attachments", []))
there = sorted(os.listdir(f"{out}/attachments")) if os.path.isdir(f"{out}/attachments") else []
assert files == there, (files, there)
left = [n for n in os.listdir(out) if n not in ("scorecard.json", "results.json", "attachments")]
assert not left, left
PYTHON
look() { python3 "$work/look.py" "$out" "$@"; }
fault() { # what is said of problem 2, for staff
    python3 -c 'import json, sys
print([f["sentence"] for f in json.load(open(sys.argv[1]))["run"]["faults"] if f["problem"] == 2])' "$out/scorecard.json" |
        grep -q -e "$1"
}
empty() { [ -z "$(ls -A "$TMPDIR")" ]; }

# --- What a problem may take ---

slow=$work/slow bomb=$work/bomb
cp -R $tiny/reference "$slow"
cp -R $tiny/reference "$bomb"
cat >"$slow/series.c" <<'C'
#include "homework.h"
static int spin(void) { for (volatile int i = 0;; i++) continue; }
int running_sums(const tensor *x, tensor *y) { return x == y || spin(); }
void reduce_ratio(ints *v) { v->rank = spin(); }
void accumulate(const tensor *x, tensor *total) { total->rank = x->rank + spin(); }
C
claim "work without an end is timed out, which is no fault of ours" says 0 'taken the 1.2 seconds .*' \
    watch - - "$build/gradus" grade "$slow" --homework $tiny --build "$build/tiny" --out "$out"
claim "and costs its own problem only" look 9 0 9
claim "the first tests ran, and the others name the most expensive" python3 -c 'import json, sys
facts = [t["facts"] for t in json.load(open(sys.argv[1]))["tests"] if t["problem"] == 2 and t["status"] == "timed_out"]
assert [f.get("costly_test") for f in facts] == [None, None, None, 1, 1], facts
assert [f["limit_seconds"] for f in facts] == [0.5, 0.5, 0.5, 1.2, 1.2], facts' "$out/scorecard.json"

# --- What a run may take ---

# Judges that hang: the first or the second never comes to an end.
for hung in 1 2 12; do
    mkdir "$work/hung$hung"
    ln -s "$PWD/$build/tiny/"* "$work/hung$hung"
    for judge in $(echo $hung | sed 's/./& /g'); do
        rm "$work/hung$hung/judge-$judge"
        printf '#!/bin/sh\nexec sleep 600\n' >"$work/hung$hung/judge-$judge"
        chmod +x "$work/hung$hung/judge-$judge"
    done
done
claim "a run ends at its deadline" says 2 'ran out of time \(2 s\)' watch - - \
    "$build/gradus" grade $tiny/reference --homework $tiny --build "$work/hung2" --out "$out" --deadline 2
claim "and keeps what was judged, without a score" look 9 - -
claim "and says why" fault 'ran out of time (2 s)'
claim "one judge that hangs on the only processor leaves the other its time" says 2 'did not come to an end within' watch - - \
    taskset -c 0 "$build/gradus" grade $tiny/reference --homework $tiny --build "$work/hung2" --out "$out" --deadline 4
claim "so that it is judged" look 9 - -
printf '#define A B B B B B B B B\n#define B C C C C C C C C\n#define C D D D D D D D D\n#define D E E E E E E E E\n' >"$bomb/series.c"
printf '#define E F F F F F F F F\n#define F G G G G G G G G\n#define G 1 +\nint x = A A A A A A A A 1;\n' >>"$bomb/series.c"
claim "compiling ends with the run, too" says 2 'ran out of time \(1 s\)' watch - - \
    "$build/gradus" grade "$bomb" --homework $tiny --build "$build/tiny" --out "$out" --deadline 1
claim "and then nothing is graded" look - - -
for wrong in 0 -1 1e9 soon ''; do
    claim "a deadline of \"$wrong\" is refused" says 2 'is not a number of seconds' grade $tiny/reference "$build/tiny" --deadline "$wrong"
done

# --- Results as they are gained ---

good() { "$build/gradus" grade $tiny/reference --homework $tiny --build "$build/tiny" --out "$out"; }
claim "a run without haste" good
claim "has a score" look 9 9 18
claim "what is refused" says 2 'is not a number' grade $tiny/reference "$build/tiny" --deadline never
claim "leaves it" look 9 9 18
for signal in TERM INT HUP; do
    rm "$out/scorecard.json"
    claim "SIG$signal ends a run in order" says 2 "interrupted \\(SIG$signal\\)" watch "$out/scorecard.json" $signal \
        "$build/gradus" grade $tiny/reference --homework $tiny --build "$work/hung2" --out "$out"
    claim "which keeps what was judged, without a score" look 9 - -
    claim "and says why" fault "interrupted (SIG$signal)"
done
claim "nothing was left in the temporary directory" empty

claim "a run can be killed" good
rm "$out/scorecard.json"
claim "and takes its judges and workers along" says 137 'nothing left behind' watch "$out/scorecard.json" KILL \
    "$build/gradus" grade "$slow" --homework $tiny --build "$build/tiny" --out "$out"
claim "what was gained by then is there, whole and without a score" python3 -c 'import json, sys
card, results = (json.load(open(f"{sys.argv[1]}/{name}.json")) for name in ("scorecard", "results"))
assert [p["graded"] for p in card["problems"]] == [True, False]
assert "score" not in results and not any("score" in t for t in results["tests"])' "$out"
claim "it could not clean up" [ -d "$(echo "$TMPDIR"/gradus-run-*)" ]
touch -d '1 hour ago' "$TMPDIR"/gradus-run-*
claim "the next run does" good
claim "so that nothing is left" empty
claim "and it grades the whole" look 9 9 18

# --- Whose results they are ---

(code=0 && watch - - "$build/gradus" grade $tiny/reference --homework $tiny --build "$work/hung12" --out "$out" \
    --deadline 4 >"$work/first" 2>&1 || code=$?; echo $code >"$work/first.code") &
while look 9 9 18 2>/dev/null; do sleep 0.05; done
claim "as soon as a grading begins, the results of the last one are gone" look - - -
claim "two gradings into one place are refused" says 2 'another gradus is writing' grade $tiny/reference "$build/tiny" --deadline 9
claim "without harm to the first" look - - -
wait
claim "which ends like any other" [ "$(cat "$work/first.code")" = 2 ]
claim "nothing was left in the temporary directory at the end" empty
conclude clock
