/* Returns with every register changed that a function has to leave alone. */
#include "honest.h"

__asm__(".text\n"
        "smash: mov $0x1234567812345678, %rbx\n"
        "mov %rbx, %rbp\n"
        "mov %rbx, %r12\n"
        "mov %rbx, %r13\n"
        "mov %rbx, %r14\n"
        "mov %rbx, %r15\n"
        "ret\n");
void smash(void);

int running_sums(const tensor *x, tensor *y) {
    int result = honest_sums(x, y);
    smash();
    return result;
}
