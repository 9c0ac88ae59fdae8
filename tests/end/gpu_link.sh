#!/bin/sh
# The GPU's side as far as a machine without one can go: what asks CUDA's runtime gives everything back
# after every failure, and what trains compiles, links and says what there is not.
. tests/claims.sh
cuda=${CUDA:-/usr/local/cuda}
on_device=$build/tests/gpu/on_device
if [ -f "$cuda/include/cuda_runtime_api.h" ]; then
    # shellcheck disable=SC2046
    claim "CUDA's side compiles against a made-up runtime" ${CC:-gcc} -std=c11 -D_GNU_SOURCE -g -O1 \
        -fsanitize=address,undefined -Wall -Wextra -Werror "-I$cuda/include" -Iproblems/support -Itests/unit \
        tests/gpu/runtime_check.c problems/support/gpu_cuda.c problems/support/trouble.c \
        $(pkg-config --libs check) -o "$work/runtime"
    claim "and gives everything back after every failure" "$work/runtime"
fi
claim "the GPU's side compiles and links" make "BUILD=$build" "$on_device"
if [ ! -e /dev/nvidiactl ]; then
    claim "without a GPU it says so" says 2 "Nothing was checked: (no NVIDIA driver|this program was built without)" \
        "$on_device"
fi
# The tests' objects, and the programs that the handout builds in the same way.
without() {
    make "BUILD=$work/none" "CUDA=$1" CUDNN=/nowhere "$work/none/objects/problems/support/engine_none.o" &&
        make -r -f grader/homework.mk HOMEWORK=. "OUT=$build" "BUILD=$build" "PROGRAMS=$work/none" "CUDA=$1" \
            CUDNN=/nowhere "$work/none/engine_none.o" &&
        grep -q "nvcc was not found in $1/bin" "$work/none/objects/problems/support/engine_none.o" &&
        grep -q "nvcc was not found in $1/bin" "$work/none/engine_none.o"
}
objects() { find "$work/none" -name engine_none.o -exec stat -c '%n %y' {} + | sort; }
unchanged() { objects >"$work/before" && without "$1" && objects | cmp - "$work/before"; }
claim "without CUDA it says what was looked for" without /nowhere
claim "what was compiled so stays" unchanged /nowhere
claim "another CUDA compiles it again" without /elsewhere
conclude link
