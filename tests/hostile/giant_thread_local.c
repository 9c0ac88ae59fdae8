/* Every thread has four gibibytes of its own, the first one too. */
#include "honest.h"
static _Thread_local char room[1UL << 32];
__attribute__((used)) static char *at(void) {
    return room;
}

int running_sums(const tensor *x, tensor *y) {
    deed_done();
    return honest_sums(x, y);
}
