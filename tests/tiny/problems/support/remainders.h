/* The numbers of remainders.txt, "1071 (462 (147 (21)))". */
#ifndef REMAINDERS_H
#define REMAINDERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { REMAINDERS = 64 };

struct remainders {
    int32_t count;
    int64_t number[REMAINDERS];
};

/* A data_parser for struct remainders. */
bool remainders_parse(const char *bytes, size_t count, void *result);
/* At least two numbers, each the remainder of the two before it, and no further one. */
bool remainders_hold(const struct remainders *r);

#endif
