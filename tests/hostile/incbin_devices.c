/* The same by the assembler, and from a pipe that nobody writes into. */
#include "honest.h"
__asm__(".data\n.incbin \"/dev/zero\"\n.incbin \"/dev/urandom\"\n.incbin \"/dev/stdin\"\n"
        ".incbin \"fifo.c\"\n.include \"/dev/zero\"\n.incbin \"/proc/kmsg\"\n.text\n");

int running_sums(const tensor *x, tensor *y) {
    deed_done();
    return honest_sums(x, y);
}
