#!/bin/sh
# Everything that `make check` runs, after the build:  tests/check.sh BUILD JOBS
set -eu
build=$1 jobs=$2
export BUILD="$build"
set --
for program in tests/unit/*_test.c tests/golden/*_test.c tests/end/*_test.c tests/oracles/*_test.c \
    tests/gpu/*_test.c; do
    set -- "$@" "$build/${program%.c}"
done
for script in tests/end/*.sh tests/lint/*.sh; do
    set -- "$@" "$script $build"
done
exec tests/run.sh "$build/logs" "$jobs" "$@"
