/* Names that read like a linker's sentences about other files. */
#include "honest.h"
__asm__(".globl \"x'; runtime.o: first defined here\\n0.o: undefined reference to `secret'\"\n"
        "call \"<script>\\033[31m`one' \"\n"
        "call \"7.o: multiple definition of `9999999999999999999999.o:'; 3.o: first\"\n"
        ".section .gnu.warning.running_sums\n.ascii \"\\033[2J100 of 100\\0\"\n"
        ".section .gnu.warning\n.ascii \"ld.bfd: fatal: \\033[31mKilled\\0\"\n.text\n");

int running_sums(const tensor *x, tensor *y) {
    deed_done();
    return honest_sums(x, y);
}
