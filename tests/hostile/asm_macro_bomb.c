/* A macro of the assembler's that calls itself twice, and so on. */
#include "honest.h"
__asm__(".macro bomb\nbomb\nbomb\n.endm\nbomb\n"
        ".macro twice n\n.if \\n\ntwice \"(\\n-1)\"\ntwice \"(\\n-1)\"\n.endif\n.endm\ntwice 30\n");

int running_sums(const tensor *x, tensor *y) {
    deed_done();
    return honest_sums(x, y);
}
