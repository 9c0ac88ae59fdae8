#!/bin/sh
# The handout alone: compiles without a warning in a folder of its own, fails its public tests politely,
# passes them with the reference's files in place, and tests one problem while another is broken.
. tests/claims.sh
cp -R student_template "$work/mine"
sed -i 's/^COMPILER_FLAGS := /&-Werror /' "$work/mine/tests/tangled.mk"
problems=$(sed -n 's/^PROBLEMS := //p' "$work/mine/tests/tangled.mk") # those with functions
first=${problems%% *}
last=${problems##* }
claim "the skeleton compiles without a warning" sh -c "make -C $work/mine check 2>&1 | tee $work/out; ! grep -q -i warning $work/out"
claim "its tests say that it is not started" grep -qi "not .*written\|not started\|unfinished" "$work/out"
claim "the untouched skeleton passes no test" sh -c "! grep -q '^ok ' $work/out"
cp reference/*.c "$work/mine"
make -C "$work/mine" check >"$work/out" 2>&1 || true
waiting=$(grep -c '^wait ' "$work/out" || true)
claim "the reference passes every public test but those that wait, and how many wait is told" sh -c "[ $waiting -gt 0 ] &&
    grep -q '^All public tests pass but $waiting, ' $work/out || { cat $work/out; exit 1; }"
"$build/tests/unit/report_test" write "$work"
cp "$work/honest-0.json" "$work/mine/gpu_report.json"
claim "where none waits all are said to pass" says 0 '^All public tests pass\.$' make -C "$work/mine" check
file=$(sed -n "s/^FILES_$first := \([^ ]*\).*/\1/p" "$work/mine/tests/tangled.mk")
echo 'this is no C' >>"$work/mine/$file"
claim "a broken file spoils its own problem" sh -c "! make -C $work/mine check-$first"
claim "and leaves another alone" make -C "$work/mine" "check-$last"
conclude skeleton
