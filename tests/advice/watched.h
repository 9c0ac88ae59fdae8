/* Asking Valgrind something, as its own header does: code can tell that it is watched. */
#ifndef WATCHED_H
#define WATCHED_H

#include <stdint.h>

enum { RUNNING_ON_VALGRIND = 0x1001, CHANGE_ERR_DISABLEMENT = 0x1801 };

static inline uint64_t ask_valgrind(uint64_t request, uint64_t argument) {
    volatile uint64_t arguments[6] = {request, argument};
    uint64_t answer = 0;
    __asm__ volatile("rolq $3, %%rdi; rolq $13, %%rdi; rolq $61, %%rdi; rolq $51, %%rdi\n\t"
                     "xchgq %%rbx, %%rbx"
                     : "=d"(answer)
                     : "a"(&arguments[0]), "0"(answer)
                     : "cc", "memory");
    return answer;
}

static inline int is_watched(void) {
    return ask_valgrind(RUNNING_ON_VALGRIND, 0) != 0;
}

#endif
