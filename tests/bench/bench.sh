#!/bin/sh
# Medians and ratios in one run:  tests/bench/bench.sh BUILD
#   cold grade of the reference against one `gcc -O1 *.c -lm` of the same files,
#   the compile box against the bare compiler,
#   a submission in a container with half a processor, its networks remembered and trained anew,
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
if [ "$(id -u)" = 0 ]; then
    half="$build/tests/container/container --cpus 0.5 --memory-mib 768 -- $build/gradus grade reference"
    hyperfine --warmup 1 --runs 3 --style basic --export-json "$work/half.json" \
        "$half --build $build --memo $work/memo --out $work/out" \
        --prepare "rm -rf $work/none" "$half --build $build --memo $work/none --out $work/out" >"$work/log" 2>&1 ||
        { cat "$work/log"; exit 1; }
    python3 - "$work/half.json" <<'PYTHON'
import json, sys
known, anew = json.load(open(sys.argv[1]))["results"]
print(f"a submission at half a processor and 768 MB {known['median']:.1f} s, "
      f"with networks trained anew {anew['median']:.1f} s (bar 15 s)")
PYTHON
else
    echo "a submission at half a processor: only root can simulate a container"
fi
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
