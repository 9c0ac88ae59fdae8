/* Prints the last of a few running sums: a program beside the tests. */
#include "repeated.h"

#include <stdio.h>

int main(void) {
    double ones[4] = {1, 1, 1, 1};
    tensor x = {1, {4, 1, 1, 1}, ones};
    printf("%g\n", repeated_sums(&x, 2));
    return 0;
}
