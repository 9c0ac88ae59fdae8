/* Archives as they are handed in: what else runs in a box reads them in this process. */
#include "taking.h"

void fuzz_begin(void) {
    taking_begin();
}

void fuzz_one(const uint8_t *bytes, size_t count) {
    taking_demand(bytes, count);
}
