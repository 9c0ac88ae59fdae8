#!/bin/sh
# Medians and ratios in one run:  tests/bench/bench.sh BUILD
#   cold grade of the reference against one `gcc -O1 *.c -lm` of the same files,
#   the compile box against the bare compiler,
#   what the sandbox costs over bare fork and exec, and how long all crimes take,
#   worker start to first call, one call with 1 KB of tensors alone and with two pairs at once,
#   training steps and the homework's convolutions, against PyTorch where a Python has it: python3,
#   or the one that TORCH_PYTHON names.
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
BUILD="$build" "$build/tests/end/hostile_test" >"$work/hostile" || tail -n 5 "$work/hostile"
grep -E 'crimes? in' "$work/hostile"
for program in tests/bench/*_bench.c; do
    "$build/${program%.c}" | tee -a "$work/ours"
done
torch=${TORCH_PYTHON:-python3}
if "$torch" -c 'import torch' 2>/dev/null; then
    "$torch" tests/bench/pytorch_steps.py | tee "$work/pytorch"
    # Steps are measured against PyTorch's better dtype.
    awk '
        FNR == NR {
            sub(/_float[0-9]+$/, "", $1)
            if (!($1 in best) || $2 < best[$1])
                best[$1] = $2
            next
        }
        $1 in best {
            bar = $1 ~ /^cnn/ ? 3 : $1 ~ /^mlp/ ? 5 : 1
            printf "%s: %.2f times as fast as PyTorch (bar %d)\n", $1, best[$1] / $2, bar
        }
    ' "$work/pytorch" "$work/ours"
else
    echo "without PyTorch: TORCH_PYTHON=... names a Python that has it"
fi
