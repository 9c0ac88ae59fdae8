#!/bin/sh
# make check SANITIZE=1 in the handout: each mistake fails its test and is named with its line, under gcc and
# clang; guard pages still speak for themselves; the reference is clean; the other build stays as it is.
. tests/claims.sh
line_of() { grep -n "/\* found" "$1" | cut -d: -f1; }
for compiler in gcc clang; do
    mine="$work/$compiler"
    grader/skeleton/template.sh "$build/tiny/tangled/skeleton" tests/tiny/problems/support "$mine"
    cp tests/tiny/reference/*.c tests/hostile/honest.h "$mine"
    cp tests/advice/watched.h "$mine/target.h"
    sanitized() { says "$1" "$2" make -C "$mine" check-2 SANITIZE=1 CC="$compiler"; }
    claim "what is right passes ($compiler)" sanitized 0 '^problem 2: 4 of 4'
    for mistake in past_the_end=heap-buffer-overflow read_of_freed=heap-use-after-free leak=LeakSanitizer; do
        name=${mistake%=*}
        cp "tests/advice/$name.c" "$mine/series.c"
        line=$(line_of "$mine/series.c")
        claim "$name fails its test ($compiler)" sanitized 2 '^FAIL  worked_example'
        claim "it is called by its name" sanitized 2 "${mistake#*=}|detected memory leaks"
        claim "its line is named" sanitized 2 " in running_sums .*series\.c:$line"
    done
    cat >"$mine/series.c" <<'C'
#include "honest.h"

int running_sums(const tensor *x, tensor *y) {
    volatile int huge = 2147483647;
    huge = huge + x->dim[0];
    return honest_sums(x, y);
}
C
    claim "a sum that overflows is told ($compiler)" sanitized 2 'series\.c:5:.*signed integer overflow'
    sed -i 's/    volatile int huge.*/    y->at[x->dim[0] + 2] = 1;/; /huge = huge/d' "$mine/series.c"
    claim "a guard page is told as without sanitizers ($compiler)" sanitized 2 'running_sums read or wrote beyond the numbers of y'
    cp tests/advice/leak.c "$mine/series.c"
    claim "the other build sees none of it ($compiler)" make -C "$mine" check-2 CC="$compiler"
done
grader/skeleton/template.sh "$build/tangled/skeleton" problems/support "$work/reference"
cp reference/*.c "$work/reference"
claim "make help lists it" says 0 'make check SANITIZE=1' make -C "$work/reference" help
claim "the reference is clean" says 0 'All public tests pass' make -C "$work/reference" check SANITIZE=1
conclude sanitize
