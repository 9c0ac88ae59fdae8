/* Uses a null pointer, and forgets memory in the test after that.  state: findings */
#include "honest.h"

#include <stdlib.h>

int running_sums(const tensor *x, tensor *y) {
    static volatile int calls;
    if (calls++ == 0)
        *(int *volatile)NULL = 1; /* found: invalid_write */
    int *volatile lost = malloc(sizeof *lost); /* found: leak */
    *lost = calls;
    return honest_sums(x, y);
}
