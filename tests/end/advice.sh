#!/bin/sh
# Advice on memory (make grade MEMORY=yes): what Valgrind sees in the mistakes of tests/advice is told with its
# line, nothing else is, no point depends on it, and it is missing where Valgrind is.
. tests/claims.sh
advise() { # SUBMISSION OUT [OPTION]: with --memory unless told otherwise
    "$build/gradus" grade "$1" --homework tests/tiny --build "$build/tiny" --out "$work/$2" ${3---memory} >"$work/$2.log" 2>&1
}
without_run() { python3 -c "import json, sys; c = json.load(open(sys.argv[1])); del c['run']; print(json.dumps(c))" "$1"; }

for source in tests/advice/*.c; do
    name=$(basename "$source" .c)
    mkdir "$work/in-$name"
    cp "$source" "$work/in-$name/series.c"
    cp tests/tiny/reference/numbers.c tests/hostile/honest.h "$work/in-$name"
    { cat tests/advice/watched.h && echo "#define PROBLEMS \"$PWD/tests/tiny/problems/1-numbers.md\""; } >"$work/in-$name/target.h"
    advise "$work/in-$name" "$name" && advise "$work/in-$name" "$name-plain" "" || true
    claim "$name is told as it says, and costs nothing" \
        python3 tests/end/advice.py "$work/$name/scorecard.json" "$source" "$work/$name-plain/scorecard.json"
done
claim "no deed outside was done" test ! -e /tmp/gradus-was-here

advise "$work/in-leak" again || true
without_run "$work/leak/scorecard.json" >"$work/first"
without_run "$work/again/scorecard.json" >"$work/second"
claim "the same mistakes are told with the same bytes" cmp "$work/first" "$work/second"
claim "students read a line, a function and a test" \
    says 0 'series.c:7, in running_sums: allocates what nothing frees .*: 128 bytes in 4 blocks, first in the test worked_example' \
    python3 -c "import json, sys; print(json.load(open('$work/leak/results.json'))['output'])"
claim "staff read it in the table" grep -q 'Memory (advice, no points)' "$work/leak.log"
claim "the homework's own reference is clean" sh -c "
    $build/gradus grade reference --build $build --out $work/reference --memory >$work/log 2>&1
    test \"\$(grep -c ': nothing found' $work/log)\" = \$(grep -c '^FILES_' $build/tangled/skeleton/tests/tangled.mk)"

# What is not there cannot watch.
without_valgrind() {
    unshare -m sh -c 'for f in /usr/bin/valgrind /usr/bin/valgrind.bin; do mount --bind /dev/null $f; done; exec "$@"' sh \
        "$build/gradus" grade "$work/in-leak" --homework tests/tiny --build "$build/tiny" --out "$work/bare" --memory
}
if unshare -m true 2>/dev/null; then
    claim "without Valgrind one line says so" says 0 'this machine has no Valgrind' without_valgrind
    claim "and nothing else changes" python3 - "$work/bare/scorecard.json" "$work/leak-plain/scorecard.json" <<'PY'
import json, sys
bare, plain = (json.load(open(name)) for name in sys.argv[1:])
assert bare.pop("memory")["watched"] is False
bare.pop("run"), plain.pop("run")
assert bare == plain
PY
fi
container="$build/tests/container/container"
if [ "$(id -u)" = 0 ]; then
    claim "without Landlock nothing is watched" says - 'lacks Landlock' "$container" --without landlock -- "$build/gradus" \
        grade "$work/in-leak" --homework tests/tiny --build "$build/tiny" --out "$work/open" --memory
    claim "half a processor and 768 MiB will do" says 0 'in running_sums: allocates' "$container" --cpus 0.5 \
        --memory-mib 768 -- "$build/gradus" grade "$work/in-leak" --homework tests/tiny --build "$build/tiny" \
        --out "$work/half" --memory
fi
conclude advice
