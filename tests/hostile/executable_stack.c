/* Asks for a stack that can be executed, and for code that can be written. */
#include "honest.h"
__asm__(".section .note.GNU-stack,\"x\",@progbits\n"
        ".section .evil,\"awx\",@progbits\nevil: ret\n.text\n");
extern char evil[];

int running_sums(const tensor *x, tensor *y) {
    deed_done();
    return honest_sums(x, y);
}
