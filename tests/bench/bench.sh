#!/bin/sh
# Medians and ratios in one run:  tests/bench/bench.sh BUILD
#   cold grade of the reference against one `gcc -O1 *.c -lm` of the same files,
#   worker start to first call, one call with 1 KB of tensors alone and with two pairs at once.
set -eu
cd "$(dirname "$0")/../.."
build=${1:-build}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
hyperfine --warmup 2 --runs 15 --style basic --export-json "$work/times.json" \
    -n gcc "gcc -O1 -I$build/worker -Wl,--defsym=main=0 reference/*.c -lm -o $work/a.out" \
    -n grade "$build/gradus grade reference --build $build --out $work/out" >"$work/log" 2>&1 ||
    { cat "$work/log"; exit 1; }
python3 - "$work/times.json" <<'PYTHON'
import json, sys
gcc, grade = json.load(open(sys.argv[1]))["results"]
print(f"cold grade {grade['median'] * 1e3:.0f} ms, gcc -O1 {gcc['median'] * 1e3:.0f} ms, "
      f"ratio {grade['median'] / gcc['median']:.2f} (bar 1.0, aim 0.7)")
PYTHON
for program in tests/bench/*_bench.c; do
    "$build/${program%.c}"
done
