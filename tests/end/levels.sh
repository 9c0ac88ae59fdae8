#!/bin/sh
# With a layer of the sandbox switched off, gradus either says what is missing and grades nothing, or
# grades as it always does: right work earns everything, and crimes come to the same end.
. "$(dirname "$0")/../claims.sh"
container=$build/tests/container/container
if [ "$(id -u)" != 0 ]; then
    echo "This is not root: no layer can be switched off."
    conclude levels
    exit
fi

# The ordinary user reads copies, and no tool may read the homework where Landlock is missing.
chmod 755 "$work"
product=$work/product
mkdir -p "$product/tiny"
cp "$build/gradus" "$product"
cp -R "$build"/tiny/judge-* "$build/tiny/worker" "$product/tiny"
cp -R tests/tiny "$product/homework"
chmod -R go=u,go-w "$product"

crimes="forge_results kill_everyone executable_memory old_system_call include_secret incbin_reference
        giant_stdout fork_bomb_setsid ctor_work"
for crime in $crimes; do
    mkdir "$work/$crime"
    cp tests/tiny/reference/numbers.c tests/hostile/honest.h "$work/$crime"
    cp "tests/hostile/$crime.c" "$work/$crime/series.c"
    printf '#define %s "%s"\n' RESULTS "$work/results" CANARY "$work/canary" DROP "$work/drop" \
        GRADER "$product/gradus" REFERENCE "$product/homework/reference/series.c" OUT "$work" \
        >"$work/$crime/target.h"
done
cp -R tests/tiny/reference "$work/honest"

grade() { # grade SUBMISSION CONTAINER-OPTION ...: into $work/out
    submission=$1
    shift
    rm -rf "$work/out" && mkdir -m 777 "$work/out"
    "$container" "$@" "$product/gradus" grade "$work/$submission" --homework "$product/homework" \
        --build "$product/tiny" --out "$work/out"
}
statuses() { # of what was graded last, and that no secret is told
    python3 -c '
import json, sys
text = open(sys.argv[1]).read()
card = json.loads(text)
secret = "root:x:0" in text or "running sums, reduced" in text
print(card["graded"], card["problems"][0]["earned"], secret, *[t["status"] for t in card["tests"]])' \
        "$work/out/scorecard.json"
}
same() { # same SUBMISSION CONTAINER-OPTION ...
    grade "$@" && statuses >"$work/now" && diff "$work/want-$1" "$work/now"
}
calls_it() { # calls_it NAME SUBMISSION CONTAINER-OPTION ...: the refused call
    name=$1
    shift
    grade "$@" && grep -q "\"call\":.*$name" "$work/out/scorecard.json"
}

for submission in honest $crimes; do
    grade "$submission" >"$work/log" 2>&1 || cat "$work/log"
    statuses >"$work/want-$submission"
done
claim "the honest earn everything" says 0 '18 / 18' grade honest

# What is told, and either that grading is refused for what is missing or that all is as ever.
refused() { # refused MISSING CONTAINER-OPTION ...
    missing=$1
    shift
    claim "$*: grading is refused for lack of $missing" says 2 "too weak .* it lacks $missing\$" grade honest "$@"
    claim "$*: and leaves no result" [ -z "$(ls "$work/out")" ]
}
graded() { # graded ISOLATION CONTAINER-OPTION ...
    isolation=$1
    shift
    claim "$*: the table says $isolation" says 0 "^Isolation: $isolation\.\$" grade honest "$@"
    for submission in honest $crimes; do
        claim "$*: $submission is graded as ever" same "$submission" "$@"
    done
}
graded 'uid chroot landlock[0-9]+ seccomp' --without notify
claim "a refused call has a name" calls_it openat forge_results
claim "without notify it has none" calls_it 'this machine cannot name' forge_results --without notify
graded 'uid chroot landlock[1-3] seccomp-notify' --without landlock-new
graded 'user landlock[1-3] seccomp-notify' --user --without landlock-new
refused chroot --without chroot
refused seccomp --without seccomp
refused 'a user id of its own for each process' --without uid
refused 'Landlock' --user --without landlock
refused 'Landlock, seccomp' --user --without landlock --without seccomp
refused 'chroot, seccomp' --without chroot --without seccomp

# Without Landlock the compiler has a user id and the folders' modes between itself and a secret.
# What everybody on the machine may read it can read then, as include_secret does.
claim "without landlock nothing is compiled beside an open homework" \
    says 2 'machine lacks Landlock, and' grade honest --without landlock
chmod 700 "$product"
crimes=$(echo "$crimes" | sed 's/include_secret//')
graded 'uid chroot seccomp-notify' --without landlock
conclude levels
