#!/bin/sh
# ResNet-152 on this machine's GPU: images a second and peak memory of our trainer beside PyTorch's, in one
# run:  tests/bench/gpu_bench.sh BUILD [--rehearse]
# Keeps what was measured in tests/gpu/runs/.  PyTorch is that of python3, or of the Python that
# TORCH_PYTHON names.  Exit code 1 when a bar is missed, 2 without a GPU or without PyTorch.
# --rehearse: the same on the CPU with tiny networks and without any bar, to see that this script works;
# OUT=folder gets what was measured.
set -eu
cd "$(dirname "$0")/../.."
build=${1:-build}
[ $# = 0 ] || shift
make -r -f grader/homework.mk HOMEWORK=. OUT="$build" BUILD="$build" "$build/programs/trainer" >/dev/null
exec "${TORCH_PYTHON:-python3}" tests/bench/gpu_bench.py "$build/programs/trainer" "${OUT:-tests/gpu/runs}" "$@"
