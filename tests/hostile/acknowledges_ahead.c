/* Never returns, and says "done" to whatever is asked. */
#include "honest.h"

#include <stdatomic.h>

int running_sums(const tensor *x, tensor *y) {
    honest_sums(x, y);
    deed_done();
    for (;;) {
        unsigned now = atomic_load((_Atomic unsigned *)0x600000000000);
        atomic_store((_Atomic unsigned *)0x610000000000, now);
    }
}
