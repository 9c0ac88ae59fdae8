#!/bin/sh
# Valgrind over what runs outside a box, and the sanitizers over the same; and the reference, linked
# directly with the public suite as on a student's laptop, under Valgrind.
. tests/claims.sh
clean() { claim "$* is clean" timeout 300 "$@"; }
# Boxes set limits that leave no room for either tool: those tests run without them.
without_mutants="base document homework inputs expect print export score_none picture attachment memo marks"

for name in $without_mutants reference; do
    clean env CK_DEFAULT_TIMEOUT=100 valgrind --quiet --error-exitcode=9 --leak-check=full \
        --show-leak-kinds=definite "$build/tests/unit/${name}_test"
done

sanitized="$build/sanitized"
programs=
for name in $without_mutants judge kernels; do
    programs="$programs $sanitized/tests/unit/${name}_test"
done
# What the documents say is the same in this build: only the programs are others.
mkdir -p "$sanitized" && cp -R "$build/tangled" "$sanitized"
# shellcheck disable=SC2086
make -j2 BUILD="$sanitized" EXTRA_CFLAGS="-fsanitize=address,undefined -fno-sanitize-recover" \
    EXTRA_LDFLAGS="-fsanitize=address,undefined" $programs >"$work/make" 2>&1 || cat "$work/make"
for program in $programs; do # some tests crash on purpose: the signal is theirs
    clean env BUILD="$sanitized" ASAN_OPTIONS=handle_segv=0:handle_abort=0 "$program"
done

cp -R student_template "$work/mine"
cp reference/*.c "$work/mine"
make -C "$work/mine" check >"$work/make" 2>&1
for program in "$work"/mine/build/check-*; do
    case $program in *.d) continue ;; esac
    clean env -C "$work" CK_FORK=no valgrind --quiet --error-exitcode=9 --leak-check=full \
        --show-leak-kinds=definite "$program"
done
conclude memory
