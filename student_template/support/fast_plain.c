/* The fast engine's loops for any processor: what the compiler was told that it has. */

#define FAST_TABLE fast_plain
#include "fast_loops.h"
