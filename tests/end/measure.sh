#!/bin/sh
# `make gpu` without a GPU, as people run it: a rehearsal that says so; its folder agrees with itself, is
# resumed after whatever ended it, and keeps what it has when memory or disk are full; bad input is a
# sentence.
. tests/claims.sh

make -r -f grader/homework.mk HOMEWORK=. OUT="$build" BUILD="$build" "$build/programs/trainer" \
    "$build/programs/report" >/dev/null
program=$(realpath "$build/programs/trainer")
report=$(realpath "$build/programs/report")
# One thread: what threads of OpenBLAS reserve is no part of this.
export OPENBLAS_NUM_THREADS=1
quick() { # quick FOLDER OPTION ...
    folder=$1
    shift
    "$program" --cpu yes --quick yes --data made:3 "$@" -- "$folder"
}
check() { python3 tests/end/measure_check.py "$@"; }
measured() { grep -c "^  $1 .* MiB" "$work/said" || true; }

# --- A rehearsal ---

claim "a quick rehearsal ends well" says 0 'gpu_report.json' quick "$work/out"
cp "$work/said" "$work/first"
claim "its first line says what it is" sh -c "head -n 1 '$work/first' | grep -q '^This is a rehearsal (..*): the same'"
claim "it names its data" grep -q '^made up: ' "$work/first"
claim "report, ledgers, tables and plots agree" check "$work/out" --pictures
claim "the judge finds nothing inconsistent" says 0 'This is a rehearsal' "$report" "$work/out/gpu_report.json"
claim "the functions of problem 7 stand beside it" grep -qE '^  peak_bytes, adam-8 +[0-9.]+ +[0-9.]+ +[0-9.]+$' "$work/first"
claim "and the largest batch of theirs" grep -qE '^  largest_batch +[0-9]+ +[0-9]+ +[0-9]+$' "$work/first"
claim "again, it measures nothing anew" says 0 'gpu_report.json' quick "$work/out"
claim "not one piece" test "$(measured batch-4)$(grep -c 'measured before' "$work/said")" = 19
claim "another seed is measured" says 0 'batch-4 .* MiB' quick "$work/out" --seed 7
claim "real data, ResNet-34's blocks, a lever" says 0 'Fashion-MNIST' "$program" --cpu yes --quick yes \
    --data /usr/share/datasets/fashion-mnist --net 34 --levers renormalise,fused-update --epochs 4 -- "$work/real"
claim "agree as well" check "$work/real"
claim "and are named in the report" grep -q '"Fashion-MNIST"' "$work/real/gpu_report.json"
claim "and levers are" grep -q '"fused-update"' "$work/real/gpu_report.json"
mkdir "$work/empty"
claim "without gnuplot there are tables, and a line says so" says 0 'No plots' \
    env PATH="$work/empty" "$program" --cpu yes --quick yes --data made:3 -- "$work/bare"
claim "and no plot is promised" sh -c "! grep -q plots '$work/bare/gpu_report.json' && test -s '$work/bare/epochs.csv'"

# --- Interrupted ---

begin() { # begin FOLDER: until the fifth piece runs; $running is its process
    "$program" --cpu yes --quick yes --data made:3 --epochs 30 -- "$1" >"$work/progress" 2>&1 &
    running=$! mine=
    for _ in $(seq 1200); do
        [ ! -e "$1/pieces/adam-8.json" ] || ! mine=$(pgrep -P "$running") || break
        sleep 0.05
    done
}
ended() { [ -n "$mine" ] && ! kill -0 "$mine" 2>/dev/null; }
begin "$work/stopped"
kill -TERM "$running"
code=0
wait "$running" || code=$?
claim "stopped, it says how to go on" sh -c "[ $code = 130 ] && grep -q 'goes on after the last piece' '$work/progress'"
claim "its process has ended" ended
claim "what was measured is in the report" check "$work/stopped" --partial
begin "$work/killed"
kill -KILL "$running"
wait "$running" 2>/dev/null || true
for _ in $(seq 100); do
    ! ended || break
    sleep 0.1
done
claim "killed, its process ends by itself" ended
touch -d '2001-01-01' "$work/killed/pieces/adam-8.json"
claim "the same command goes on" says 0 'adam-8 +measured before' \
    quick "$work/killed" --epochs 30
claim "and does not touch what it had" test "$(date -r "$work/killed/pieces/adam-8.json" +%Y)" = 2001
claim "to a whole report" check "$work/killed"
begin "$work/twice"
claim "two runs do not share a folder" says 2 'another run measures into this folder' quick "$work/twice"
kill -TERM "$running"
wait "$running" || true

# --- Too little of something ---

if [ "$(id -u)" = 0 ] && mkdir "$work/small" && mount -t tmpfs -o size=48k none "$work/small" 2>/dev/null; then
    claim "a full disk is said" says 2 'cannot be written: No space left' quick "$work/small/out"
    claim "and leaves no half file" sh -c "[ -z \"\$(find '$work/small' -name '*.new')\" ]"
    claim "what it holds can be read" python3 -c "import json, pathlib
for p in pathlib.Path('$work/small/out').rglob('*.json'): json.loads(p.read_text())"
    umount "$work/small"
fi
limited() { # limited MIB: of addresses
    timeout -k 1 60 prlimit --as=$(($1 << 20)) "$program" --cpu yes --quick yes --data made:3 -- "$work/limited"
}
# NVIDIA's libraries alone take more than that.
if ! ldd "$program" | grep -q cublas; then
    claim "too few addresses for OpenBLAS are said" says 1 'OpenBLAS needs' limited 150
    claim "and what it holds is a report" test -s "$work/limited/gpu_report.json"
fi
: >"$work/file"
claim "a file where the folder should be" says 2 'OUT=.*/file/out: cannot write there' quick "$work/file/out"

# --- What cannot be done ---

claim "no folder of images" says 2 'nowhere' quick "$work/no" --data "$work/nowhere"
mkdir "$work/foreign"
head -c 30730000 /dev/zero | tr '\0' '\377' >"$work/foreign/data_batch_1.bin"
claim "foreign files of images" says 2 'foreign' quick "$work/no" --data "$work/foreign"
claim "net 20" says 2 'NET=20: .* one of 18' quick "$work/no" --net 20
claim "net in words" says 2 'NET=deep: .* whole number' quick "$work/no" --net deep
claim "no epochs" says 2 'EPOCHS=0: .* from 1 to 64' quick "$work/no" --epochs 0
claim "precision" says 2 'PRECISION=fp7: .* fp32, tf32 or bf16' quick "$work/no" --precision fp7
claim "luck" says 2 'LEVERS=luck: .* renormalise' quick "$work/no" --levers luck
claim "maybe" says 2 'CPU=maybe: .* no or yes' quick "$work/no" --cpu maybe
claim "a seed below 0" says 2 'SEED=-1: .* from 1' quick "$work/no" --seed -1
claim "a precision that the CPU does not have" says 2 'PRECISION: .* only be fp32' quick "$work/no" --precision bf16
claim "is one sentence" test "$(wc -l <"$work/said")" = 1
if [ "$(id -u)" = 0 ]; then
    mkdir -m 755 "$work/locked" && chmod 755 "$work"
    claim "a folder of somebody else's" says 2 'cannot write there: Permission denied' \
        setpriv --reuid=65534 --regid=65534 --clear-groups "$program" --quick yes -- "$work/locked/a/b"
fi
claim "libraries that lack are named as packages" says 2 'libcjson-dev libopenblas-dev zlib1g-dev pkg-config' \
    env PKG_CONFIG_PATH= PKG_CONFIG_LIBDIR=/nowhere make -r -f grader/homework.mk HOMEWORK=. OUT="$build" \
    BUILD="$build" PROGRAMS="$work/lacking" "$work/lacking/trainer"

# --- In a student's folder ---

grader/skeleton/template.sh "$build/tangled/skeleton" problems/support "$work/mine" >/dev/null
rehearse() { make -C "$work/mine" gpu CPU=yes QUICK=yes DATA=made:3 CUDA=/nowhere CUDNN=/nowhere "OUT=$work/th eirs" "$@"; }
claim "before a function is written" says 0 'not written' rehearse
claim "all is measured" check "$work/th eirs"
cp reference/*.c "$work/mine"
claim "once they are, they predict" says 0 'largest_batch +[0-9]+' rehearse
sed -i 's/^int64_t peak_bytes(/static int64_t other_peak_bytes(/' "$work/mine/gpu_memory.c"
echo 'int64_t peak_bytes(int64_t p, int64_t s, int64_t b, int w, int k) { return *(volatile int *)0 + p + s + b + w + k; }' \
    >>"$work/mine/gpu_memory.c"
sed -i 's/^static int64_t other_peak/__attribute__((unused)) static int64_t other_peak/' "$work/mine/gpu_memory.c"
claim "one that crashes costs nothing that was measured" says 0 'crashed: signal 11' rehearse
claim "and the report is there" check "$work/th eirs"
conclude measure
