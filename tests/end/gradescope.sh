#!/bin/sh
# What is packed for Gradescope, what is refused, and what run_autograder leaves when anything of ours
# fails: a text, and never a score.  tests/rehearsal goes through all of it in a system of its own.
. tests/claims.sh
trap '[ -z "${mounted:-}" ] || umount "$mounted"; rm -rf "$work"' EXIT
build=$(realpath "$build")
pack=grader/gradescope/pack.sh
rules=tests/rehearsal/results.py
all=$(earned_by perfect)

# --- Packing ---

echo "xyzzy plugh" >"$work/secret"
chmod 600 "$work/secret"
claim "the zip is packed, and the total is told" \
    says 0 'must lose no point' $pack "$build" "$work/1.zip" "$work/secret"
claim "the same tree gives the same bytes" $pack "$build" "$work/2.zip" "$work/secret"
claim "they are the same" cmp "$work/1.zip" "$work/2.zip"
claim "only its owner can read them" [ "$(stat -c %a "$work/1.zip")" = 600 ]
claim "without a secret a warning comes" says 0 'practice seed' $pack "$build" "$work/practice.zip" ""
unpack() { python3 -m zipfile -e "$1" "$2"; }
claim "the zip can be unpacked" unpack "$work/1.zip" "$work/source"
claim "what the platform runs stands at the root" [ -f "$work/source/setup.sh" -a -f "$work/source/run_autograder" ]
claim "the secret is in it" cmp "$work/secret" "$work/source/secret"
claim "everything that is built from is in it" diff -r -x gradescope -x '.*' grader "$work/source/grader"
claim "no test, no build and no result is in it" [ "$(ls "$work/source" | tr '\n' ' ')" = \
    "Makefile grader problems reference run_autograder secret setup.sh " ]
claim "an empty secret is refused" says 2 'it is empty' $pack "$build" "$work/no.zip" /dev/null
mkdir -p "$work/tree/grader"
for part in Makefile problems; do cp -R $part "$work/tree/$part"; done
cp -R grader/gradescope "$work/tree/grader"
mkdir "$work/tree/reference"
cp reference/*.c reference/*.md "$work/tree/reference"
in_tree() { (cd "$work/tree" && grader/gradescope/pack.sh "$build" "$work/no.zip"); }
rm "$work/tree/reference/$(sed -n 's/^reference: *//p' problems/3-*.md)"
claim "a reference with a hole is not packed" says 1 'every point' in_tree
sed -i 's/^points: .*/points: none/' "$work/tree/problems/3-"*.md
claim "a document with a mistake is not packed" says 1 'problems/3-.*:[0-9]+: ' in_tree
claim "what is refused leaves no zip" [ ! -e "$work/no.zip" ]

# --- Running ---

# autograder NAME CODE PATTERN: runs it in a place like the platform's whose gradus is the script on
# standard input, or the real one where that is empty.
autograder() {
    place=$work/$1
    mkdir -p "$place/source/build" "$place/results"
    for part in problems reference; do ln -s "$PWD/$part" "$place/source/$part"; done
    for part in "$build"/*; do ln -s "$part" "$place/source/build/${part##*/}"; done
    cat >"$work/stand-in"
    if [ -s "$work/stand-in" ]; then
        rm "$place/source/build/gradus"
        install -m 755 "$work/stand-in" "$place/source/build/gradus"
    fi
    claim "$1: it ends with $2 and says \"$3\"" \
        says "$2" "$3" env AUTHENTICATION_TOKEN=Xyzzy grader/gradescope/run_autograder "$place"
}
failed_well() { claim "$1: a text and no score" $rules "$work/$1/results/results.json" --ungraded; }

mkdir "$work/right"
ln -s "$PWD/reference" "$work/right/submission"
autograder right 0 'automatic points' </dev/null
claim "right: it earns everything" $rules "$work/right/results/results.json" --earned "$all"
claim "right: nothing else is left, and nobody else can look" \
    [ "$(ls -A "$work/right/results") $(stat -c %a "$work/right")" = "results.json 700" ]

autograder nothing_handed_in 2 'cannot read the submission' </dev/null
failed_well nothing_handed_in
echo 'kill -9 $$' | sed '1i #!/bin/sh' | autograder killed 137 'no score'
failed_well killed
printf '#!/bin/sh\nenv\nexit 2\n' | autograder environment 2 'no score'
failed_well environment
claim "environment: the platform's credentials do not reach gradus" \
    sh -c "! grep -q Xyzzy '$work/said'"
printf '#!/bin/nothing\n' | autograder missing 127 'no score'
failed_well missing
mkdir -p "$work/unbuilt/results"
claim "unbuilt: it fails" says 2 'no score' grader/gradescope/run_autograder "$work/unbuilt"
failed_well unbuilt
mkdir -p "$work/disk_full/results"
if mount -t tmpfs -o size=16k none "$work/disk_full/results" 2>/dev/null; then
    mounted=$work/disk_full/results
    ln -s "$PWD/reference" "$work/disk_full/submission"
    autograder disk_full 2 'cannot write' </dev/null
    failed_well disk_full
fi
conclude gradescope
