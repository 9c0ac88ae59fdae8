#!/bin/sh
# The kernels compile for every GPU from Turing on that nvcc knows, without a warning, a spill or a wide
# tensor that is read number by number; and bfloat16 is rounded as CUDA's own header does it.  Nothing is
# run on a GPU.  Without nvcc one line says so.
. tests/claims.sh
nvcc=$(command -v nvcc || echo "${CUDA:-/usr/local/cuda}/bin/nvcc")
if [ ! -x "$nvcc" ]; then
    echo "nvcc was not found: no kernel was compiled"
    conclude cuda
    exit
fi
strict="-O3 -std=c++17 -Iproblems/support -Werror all-warnings -Xcompiler -Wall,-Wextra,-Werror"
targets=$("$nvcc" --list-gpu-arch | sed -n 's/^compute_\([0-9]*\)$/\1/p' | sort -n | awk '$1 >= 75')
newest=$(echo "$targets" | tail -n 1)
codes=$(for target in $targets; do echo "-gencode arch=compute_$target,code=sm_$target"; done)

# What ptxas tells, a line a kernel and target: its name, and bytes spilled or registers.
# shellcheck disable=SC2086
compile() {
    "$nvcc" $strict --threads 2 -Xptxas -v $codes -gencode "arch=compute_$newest,code=compute_$newest" \
        -c problems/support/kernels.cu -o "$work/kernels.o" >"$work/told" 2>&1 ||
        { cat "$work/told" && return 1; }
}
kernels() { grep -c 'Compiling entry function' "$work/told"; }
every_target() {
    for target in $targets; do
        grep -q "for 'sm_$target'" "$work/told" || { echo "sm_$target" && return 1; }
    done
}
no_spills() {
    [ "$(grep -c ' 0 bytes stack frame, 0 bytes spill stores, 0 bytes spill loads' "$work/told")" = "$(kernels)" ] ||
        { grep -B 2 '[1-9][0-9]* bytes s[tp]' "$work/told" && return 1; }
}
# So that at least two blocks of 256 threads share a multiprocessor.
few_registers() {
    sed -n 's/.*Used \([0-9]*\) registers.*/\1/p' "$work/told" |
        awk '$1 > 128 { print $1 " registers"; bad = 1 } END { exit bad || NR == 0 }'
}
# Kernels for `lanes` numbers at a time: loads and stores of tensors are 16 bytes, but for choices of pools.
wide() {
    "$nvcc" -O3 -std=c++17 -Iproblems/support -arch "compute_$newest" -ptx problems/support/kernels.cu \
        -o "$work/kernels.ptx" && awk '
        /\.entry/ {
            match($0, /_Z[a-zA-Z0-9_]*/); name = substr($0, RSTART, RLENGTH)
            on = name ~ /(norm_apply|norm_chunks|pool)ILi(2ELi8|4ELi4)E|updateILi4E/; seen += on
        }
        on && /ld\.global.*v4/ { loads[name]++ }
        on && /st\.global.*v4/ { stores[name]++ }
        on && name ~ /norm_apply|updateILi4E/ && /(ld|st)\.global\.[^v]/ && !/\.v2/ { narrow[name]++ }
        on { names[name] }
        END {
            for (name in names)
                if (!loads[name] || (!stores[name] && name !~ /norm_chunks.*ELb1E/)) { print name; bad = 1 }
            for (name in narrow)
                if (narrow[name] > (name ~ /update/ ? 8 : 0)) { print name " is narrow"; bad = 1 }
            exit bad || seen != 17
        }' "$work/kernels.ptx"
}
warns() {
    printf '__global__ void kernel(int *at) { int unused; *at = 1; }\n' >"$work/warns.cu"
    # shellcheck disable=SC2086
    says 1 'unused' "$nvcc" $strict -c "$work/warns.cu" -o "$work/warns.o"
}
rounds() {
    cat >"$work/rounds.cc" <<'CC'
#include <cuda_bf16.h>

#include "kernel_numbers.h"

int main() {
    const uint32_t lows[] = {0, 1, 0x7fff, 0x8000, 0x8001, 0xffff};
    for (uint32_t high = 0; high < 0x10000; high++)
        for (uint32_t low : lows) {
            float number = float_of(high << 16 | low);
            if (bfloat_of(number) != __bfloat16_as_ushort(__float2bfloat16_rn(number)))
                return 1;
        }
}
CC
    "${CXX:-g++}" -std=c++17 -O1 -Wall -Wextra -Werror -Wno-unused-function -Iproblems/support \
        -isystem "$(dirname "$(dirname "$(realpath "$nvcc")")")/include" "$work/rounds.cc" -o "$work/rounds" &&
        "$work/rounds"
}

claim "nvcc compiles the kernels for $(echo $targets), and for what comes later" compile
claim "every target has them" every_target
claim "nothing is spilled" no_spills
claim "registers leave room for a second block" few_registers
claim "tensors are read and written by 16 bytes" wide
claim "a warning would be an error" warns
claim "bfloat16 is rounded as CUDA rounds it" rounds
conclude cuda
