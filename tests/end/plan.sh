#!/bin/sh
# `make plan`: the ledger adds up and agrees with what was measured, bad input is refused in a sentence, and
# without cuDNN or gnuplot the rest works.
. tests/claims.sh

make -r -f grader/homework.mk HOMEWORK=. OUT="$build" BUILD="$build" "$build/programs/gradus-gpu" >/dev/null
program=$(realpath "$build/programs/gradus-gpu")
plan() { "$program" plan "$@"; }

# mib NAME: the number of a ledger's line.  near WANTED NAME: within 5 %, in MB.
mib() { awk -v name="$1" 'index($0, "  " name " ") == 1 { sub("  " name, ""); print $1; exit }' "$work/ledger"; }
near() { awk -v got="$(mib "$2")" -v want="$1" \
    'BEGIN { mb = got * 1.048576; exit !(mb > 0.95 * want && mb < 1.05 * want) }'; }
adds_up() {
    awk '/there live/ { on = 1; next } / together / { exit !($2 > sum - 0.6 && $2 < sum + 0.6) }
        on { for (i = 1; i <= NF; i++) if ($i == "MiB") { sum += $(i - 1); break } }' "$work/ledger"
}

# --- What was measured: PyTorch, in the first step and later, in MB ---

for row in "152 8 sgd 1702 1702" "152 8 momentum 1701 1934" "152 8 adam 1701 2166" \
    "18 4 momentum 171 216" "18 16 momentum 433 478"; do
    # shellcheck disable=SC2086
    set -- $row
    plan --net "$1" --batch "$2" --optimiser "$3" --card T4 >"$work/ledger"
    claim "ResNet-$1, batch $2, $3: the first step" near "$4" "in the first step"
    claim "ResNet-$1, batch $2, $3: later steps" near "$5" "from the second on"
    claim "ResNet-$1, batch $2, $3: the ledger adds up" adds_up
done
claim "cuDNN's workspace is told, or why not" grep -qE '^  workspace( +[0-9.]+ MiB|: unknown: .)' "$work/ledger"

bounded() { awk -v got="$(awk '/^PyTorch/ { on = 1 } on && / workspace / { print $2 }' "$work/ledger")" \
    -v low="$1" -v high="$2" 'BEGIN { exit !(got > low && got < high) }'; }
if ! grep -q 'cuDNN 9.8 or later was not found' "$work/ledger"; then
    for row in "H200 152 8 20 80" "A100 152 8 20 90" "L4 152 8 20 80" "T4 152 8 12 50" "H200 18 256 500 2000"; do
        # shellcheck disable=SC2086
        set -- $row
        plan --net "$2" --batch "$3" --card "$1" >"$work/ledger"
        claim "$1, ResNet-$2, batch $3: cuDNN prefers from $4 to $5 MiB" bounded "$4" "$5"
        claim "and ours stays below 32 MiB" grep -qE '^  workspace +([0-9]|[12][0-9]|3[012])\.[0-9] MiB +scratch' \
            "$work/ledger"
    done
    # In floats without tensor cores, and in 16 bits with weight gradients kept aside.
    for row in "T4 fp32" "L4 fp32" "L4 bf16" "A100 fp32" "A100 bf16" "H200 fp32" "H200 bf16"; do
        # shellcheck disable=SC2086
        set -- $row
        plan --net 152 --batch 256 --card "$1" --precision "$2" >"$work/ledger"
        claim "$1, $2: all passes of ResNet-152 at batch 256 are computed within 32 MiB" \
            grep -qE '^  workspace +([0-9]|[12][0-9]|3[012])\.[0-9] MiB +scratch' "$work/ledger"
    done
fi
claim "the functions of problem 7 stand beside it" grep -qE '^  largest_batch +[0-9]+$' "$work/ledger"

# --- In the handout: before a function is written, and without cuDNN ---

grader/skeleton/template.sh "$build/tangled/skeleton" problems/support "$work/mine" >/dev/null
claim "the handout plans without cuDNN, and says so" says 0 'cuDNN 9.8 or later was not found' \
    make -C "$work/mine" plan NET=18 BATCH=4 CARD=T4 CUDNN=/nowhere "OUT=$work/o ut"
claim "and what is not written" grep -q 'largest_batch is not written yet' "$work/said"
claim "and draws" test -s "$work/o ut/timeline.png"

# --- What cannot be planned ---

refused() { # refused PATTERN OPTION ...
    pattern=$1
    shift
    claim "$*" says 2 "$pattern" plan "$@" --out "$work/refused"
    claim "$* leaves nothing" test ! -e "$work/refused"
}
refused 'one of 18' --net 20
refused 'NET=deep: .* whole number' --net deep
refused 'from 1 to 1048576' --batch 0
refused 'from 1 to 1048576' --batch 1000000000000
refused 'BATCH=99999999999999999999: .* whole number' --batch 99999999999999999999
refused 'OPTIMISER=magic: .* sgd, momentum or adam' --optimiser magic
refused 'PRECISION=fp7: .* fp32 or bf16' --precision fp7
refused 'LEVERS=luck: .* renormalise' --levers luck
refused 'CARD=Voodoo: ' --card Voodoo
refused 'CARD=: ' --card ''
refused 'part of the batch' --parts 9
refused 'forget' --parts 4 --levers fused-update
: >"$work/file"
claim "a file where the folder should be" says 2 'OUT=.*/file/out: ' plan --out "$work/file/out"
mkdir "$work/empty"
claim "without gnuplot there are numbers, and a line says so" says 0 'no gnuplot' \
    env PATH="$work/empty" "$program" plan --net 18 --out "$work/bare"
claim "all of them" grep -q '^operation,phase,weights_mib' "$work/bare/timeline.csv"
claim "with gnuplot there is a picture" says 0 'timeline.png' plan --net 18 --out "$work/drawn"
claim "of some size" test -s "$work/drawn/timeline.png"
conclude plan
