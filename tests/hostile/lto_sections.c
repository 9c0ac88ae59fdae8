/* An object that says it must be compiled once more, by a plugin of the linker's. */
#include "honest.h"
__asm__(".section .gnu.lto_.opts,\"e\",@progbits\n.asciz \"'-fplugin=" DROP "/plugin.so'\"\n"
        ".section .gnu.lto_.lto.0,\"e\",@progbits\n.quad 12\n"
        ".section .llvm.lto,\"e\",@progbits\n.ascii \"BC\\300\\336\"\n"
        ".text\n.comm __gnu_lto_slim, 1, 1\n");

int running_sums(const tensor *x, tensor *y) {
    deed_done();
    return honest_sums(x, y);
}
