#!/bin/sh
# Valgrind over what runs outside a box, and the sanitizers over the same; and the reference, linked
# directly with the public suite as on a student's laptop, under Valgrind.
set -eu
cd "$(dirname "$0")/../.."
build=${1:-build}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0
clean() { # clean COMMAND ...
    if timeout 300 "$@" >"$work/log" 2>&1; then
        passed=$((passed + 1))
    else
        echo "not clean: $*" && tail -n 40 "$work/log"
        failed=$((failed + 1))
    fi
}
# Boxes set limits that leave no room for either tool: those tests run without them.
outside="base document homework inputs expect reference export"

for name in $outside; do
    clean valgrind --quiet --error-exitcode=9 --leak-check=full --show-leak-kinds=definite \
        "$build/tests/unit/${name}_test"
done

make BUILD="$build/sanitized" EXTRA_CFLAGS="-fsanitize=address,undefined -fno-sanitize-recover" \
    EXTRA_LDFLAGS="-fsanitize=address,undefined" homeworks >"$work/make" 2>&1 || cat "$work/make"
for name in $outside judge; do
    make BUILD="$build/sanitized" EXTRA_CFLAGS="-fsanitize=address,undefined -fno-sanitize-recover" \
        EXTRA_LDFLAGS="-fsanitize=address,undefined" "$build/sanitized/tests/unit/${name}_test" \
        >"$work/make" 2>&1 || cat "$work/make"
    clean env BUILD="$build/sanitized" ASAN_OPTIONS=detect_leaks=1 "$build/sanitized/tests/unit/${name}_test"
done

cp -R student_template "$work/mine"
cp reference/*.c "$work/mine"
make -C "$work/mine" check >"$work/make" 2>&1
for program in "$work"/mine/build/check-*; do
    case $program in *.d) continue ;; esac
    clean env CK_FORK=no valgrind --quiet --error-exitcode=9 --leak-check=full \
        --show-leak-kinds=definite "$program"
done
echo "memory: $passed passed, $failed failed"
[ "$failed" = 0 ]
