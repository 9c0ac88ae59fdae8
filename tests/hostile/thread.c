/* Somebody who keeps working after the answer was given. */
#include "honest.h"

#include <pthread.h>

static void *work(void *at) {
    for (;;)
        *(volatile double *)at = 1;
    return 0;
}

int running_sums(const tensor *x, tensor *y) {
    pthread_t thread;
    pthread_create(&thread, 0, work, y->at);
    deed_done();
    return honest_sums(x, y);
}
