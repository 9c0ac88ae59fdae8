#!/bin/sh
# The studies as people run them, cut short: figures hold what was computed, the page holds together, a
# folder keeps what it has, and what cannot be done is said in a sentence; then from a student's folder,
# before and after the functions are written.
. tests/claims.sh

make -f grader/homework.mk HOMEWORK=. OUT="$build" BUILD="$build" "$build/programs/experiments" >/dev/null
program=$(realpath "$build/programs/experiments")
study() { # study FOLDER OPTION ...: with our layers, quickly
    folder=$1
    shift
    "$program" --layers ours --quick yes "$@" -- "$folder"
}

# --- What it leaves ---

claim "a study ends well" says 0 'index.html' study "$work/out" --study 1 --seeds 2
claim "figures, numbers and page agree" python3 tests/end/experiments_check.py "$work/out" 1
cp "$work/out/study-1.json" "$work/first.json"
claim "another study joins the folder" says 0 'index.html' study "$work/out" --study 4 --seeds 1
claim "and leaves the first one as it was" cmp "$work/out/study-1.json" "$work/first.json"
claim "figures, numbers and page agree for both" python3 tests/end/experiments_check.py "$work/out" 1 4
claim "one process finds the same" says 0 'index.html' study "$work/one" --study 1 --seeds 2 --jobs 1
claim "to the byte" cmp "$work/one/study-1.json" "$work/first.json"
mkdir "$work/empty"
claim "without gnuplot there are numbers, and one line says so" says 0 'no gnuplot' \
    env PATH="$work/empty" "$program" --layers ours --quick yes --study 1 --seeds 1 -- "$work/bare"
claim "and a page without pictures" sh -c "! grep -q '<img' $work/bare/index.html"
claim "and with figures in words" grep -q 'Training accuracy with 10 images per class' "$work/bare/index.html"

# --- What cannot be done ---

claim "study 9" says 2 'STUDY=9: .* from 1 to 6' study "$work/no" --study 9
claim "no seeds" says 2 'SEEDS=0: .* from 1 to' study "$work/no" --seeds 0
claim "seeds in words" says 2 'SEEDS=two: .* whole number' study "$work/no" --seeds two
claim "nobody's layers" says 2 'LAYERS=his: .* ours or yours' study "$work/no" --layers his
: >"$work/file"
claim "a file where the folder should be" says 2 'OUT=.*/file/out: cannot write' study "$work/file/out" --study 1
"$program" --layers ours --study 1 --seeds 20 -- "$work/stopped" >"$work/progress" 2>&1 &
running=$!
for _ in $(seq 300); do
    grep -q 'trainings' "$work/progress" && break
    sleep 0.1
done
kill -INT "$running"
code=0
wait "$running" || code=$?
claim "Ctrl-C ends it, and says what is kept" sh -c "[ $code = 130 ] && grep -q kept $work/progress"
claim "what had finished is on the page" grep -qE 'only [1-9][0-9]* of 60 trainings finished' "$work/stopped/index.html"

# --- In a student's folder ---

grader/skeleton/template.sh "$build/tangled/skeleton" problems/support "$work/mine"
experiments="make -C $work/mine -j2 experiments STUDY=1 QUICK=yes OUT=$work/theirs"
claim "what is not written is named" says 2 'reflect_conv2d is not written yet' $experiments
claim "our layers run all the same" says 0 'index.html' $experiments LAYERS=ours
cp reference/*.c "$work/mine"
claim "the student's layers run the study" says 0 'index.html' $experiments
claim "and the page says whose they are" grep -q 'through your layers' "$work/theirs/index.html"
claim "and agrees with itself" python3 tests/end/experiments_check.py "$work/theirs" 1
sed -i 's/^void relu(.*{$/& *(volatile int *)0 = 0;/' "$work/mine/layers.c"
claim "a function that crashes is named" says 2 'relu fails on a small example' $experiments
conclude experiments
