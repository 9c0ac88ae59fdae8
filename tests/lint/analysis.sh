#!/bin/sh
# No warning from clang-tidy or cppcheck.
set -eu
cd "$(git rev-parse --show-toplevel)"
build=${1:-build}
files=$(git ls-files -co --exclude-standard 'grader/*.c' 'reference/*.c' 'problems/support/*.c')
# What CUDA's headers are needed for is looked at where they are.
cuda=${CUDA:-/usr/local/cuda}/include
[ -f "$cuda/cudnn.h" ] || files=$(grep -LE '#include <(cuda|cudnn|cublas)' $files)
found=0
checks='-*,clang-analyzer-*,bugprone-*,-bugprone-easily-swappable-parameters,-bugprone-reserved-identifier'
# valist.Uninitialized: version 14 takes every va_list parameter for uninitialised.
checks="$checks,-bugprone-narrowing-conversions,-clang-analyzer-valist.Uninitialized"
checks="$checks,-clang-analyzer-optin.performance.Padding"
checks="$checks,-clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling"
export checks build cuda
# shellcheck disable=SC2016
echo "$files" | xargs -P "$(nproc)" -n 4 sh -c '
    clang-tidy --quiet --warnings-as-errors="*" --checks="$checks" --header-filter="grader/.*" "$@" -- \
        -std=c11 -D_GNU_SOURCE -Igrader -Igrader/public -Iproblems/support "-I$build/tangled" -isystem "$cuda" 2>/dev/null' sh ||
    found=$((found + 1))
cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr --error-exitcode=1 \
    --suppress=missingIncludeSystem -D__x86_64__ -Igrader -Igrader/public -Iproblems/support "-I$build/tangled" \
    -j "$(nproc)" $files || found=$((found + 1))
echo "analysis: $((2 - found)) passed, $found failed"
[ "$found" = 0 ]
