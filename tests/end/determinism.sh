#!/bin/sh
# The same training has the same bits whatever the compiler, its options and the processor's
# abilities:  tests/end/determinism.sh BUILD
# One more build rounds a product before adding it: were it to give the same bits too, this script
# would have compared nothing.
set -u
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
sources=tests/end/training_bits.c
for name in fast fast_cnn fast_mlp fast_stage fast_plain fast_avx2 edges model training; do
    sources="$sources problems/support/$name.c"
done
passed=0 failed=0

# bits NAME COMPILER FLAGS...: trains with such a build, into $work/NAME
bits() {
    name=$1 compiler=$2
    shift 2
    # shellcheck disable=SC2086
    "$compiler" -std=c11 -D_DEFAULT_SOURCE -Iproblems/support "$@" $sources -lm -o "$work/program" \
        2>"$work/errors" || { cat "$work/errors"; return 1; }
    "$work/program" >"$work/$name"
}

pass() { passed=$((passed + 1)); }
fail() {
    failed=$((failed + 1))
    echo "determinism: $*"
}

compilers=gcc
command -v clang >/dev/null && compilers="gcc clang"
has() { grep -qw "$1" /proc/cpuinfo; }
bits first gcc -O2 || fail "the first build does not run"
for compiler in $compilers; do
    set -- "-O1" "-O3" "-O1 -DFAST_PLAIN"
    has avx2 && set -- "$@" "-O2 -DFAST_PLAIN -march=x86-64-v3 -ffp-contract=fast"
    has avx512vl && set -- "$@" "-O3 -DFAST_PLAIN -march=x86-64-v4 -mprefer-vector-width=512"
    for flags in "$@"; do
        # shellcheck disable=SC2086
        if bits other "$compiler" $flags && cmp -s "$work/first" "$work/other"; then
            pass
        else
            fail "other bits from $compiler $flags"
        fi
    done
done
if bits other gcc -O2 -DFAST_PLAIN '-D__builtin_fmaf(a,b,c)=((a)*(b)+(c))' &&
    ! cmp -s "$work/first" "$work/other"; then
    pass
else
    fail "rounding twice gives the same bits: nothing is compared"
fi
echo "determinism: $passed passed, $failed failed"
[ "$failed" = 0 ]
