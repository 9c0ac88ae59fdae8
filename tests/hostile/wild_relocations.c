/* Asks the linker for addresses that cannot be. */
#include "honest.h"
__asm__(".data\nhere: .quad 1\n.reloc here, R_X86_64_TPOFF64, here\n"
        ".long running_sums + 0x7fffffffff\n.quad printf - . + (1 << 62)\n"
        ".reloc here, R_X86_64_GOTPCREL, here\n.text\n");

int running_sums(const tensor *x, tensor *y) {
    deed_done();
    return honest_sums(x, y);
}
