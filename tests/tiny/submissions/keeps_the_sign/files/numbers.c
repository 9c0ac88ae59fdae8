/* Whole numbers: Euclid's algorithm. */
#include "homework.h"

int64_t common_divisor(int64_t a, int64_t b) {
    if (a == 0 && b == 0)
        return -1;
    while (b != 0) {
        int64_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}
