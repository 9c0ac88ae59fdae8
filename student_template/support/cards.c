/* The cards (cards.h).  Sizes as NVML reports them on such a card, with error correction where it
 * is on by default; peaks from NVIDIA's data sheets, without sparsity. */
#include "cards.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#define MIB  ((int64_t)1 << 20)
#define TERA 1e12
#define GIGA 1e9

const struct card cards[] = {
    {"Tesla T4", 7, 5, 40, 1024, 15360 * MIB, 8.1 * TERA, 0, 0, 320 * GIGA},
    {"L4", 8, 9, 58, 1536, 23034 * MIB, 30.3 * TERA, 60 * TERA, 121 * TERA, 300 * GIGA},
    {"A10G", 8, 6, 80, 1536, 23028 * MIB, 31.2 * TERA, 35 * TERA, 70 * TERA, 600 * GIGA},
    {"Tesla V100-SXM2-16GB", 7, 0, 80, 2048, 16384 * MIB, 15.7 * TERA, 0, 0, 900 * GIGA},
    {"A100-SXM4-40GB", 8, 0, 108, 2048, 40960 * MIB, 19.5 * TERA, 156 * TERA, 312 * TERA,
     1555 * GIGA},
    {"A100-SXM4-80GB", 8, 0, 108, 2048, 81920 * MIB, 19.5 * TERA, 156 * TERA, 312 * TERA,
     2039 * GIGA},
    {"H100 80GB HBM3", 9, 0, 132, 2048, 81559 * MIB, 67 * TERA, 494 * TERA, 989 * TERA,
     3350 * GIGA},
    {"H200", 9, 0, 132, 2048, 143771 * MIB, 67 * TERA, 494 * TERA, 989 * TERA, 4800 * GIGA},
    {"GeForce RTX 3060 Laptop GPU", 8, 6, 30, 1536, 6144 * MIB, 10.9 * TERA, 11 * TERA, 22 * TERA,
     336 * GIGA},
    {"GeForce RTX 4060 Laptop GPU", 8, 9, 24, 1536, 8188 * MIB, 15.1 * TERA, 15 * TERA, 30 * TERA,
     256 * GIGA},
    {"GeForce RTX 3090", 8, 6, 82, 1536, 24576 * MIB, 35.6 * TERA, 36 * TERA, 71 * TERA,
     936 * GIGA},
    {"GeForce RTX 4090", 8, 9, 128, 1536, 24564 * MIB, 82.6 * TERA, 83 * TERA, 165 * TERA,
     1008 * GIGA},
};
const int card_count = sizeof cards / sizeof *cards;

/* The names are not ours, so their case is nobody's business. */
static int has_part(const char *name, const char *part) {
    size_t length = strlen(part);
    for (; *name; name++)
        if (strncasecmp(name, part, length) == 0)
            return 1;
    return 0;
}

const struct card *card_find(const char *name) {
    for (int i = 0; i < card_count && *name; i++)
        if (has_part(cards[i].name, name))
            return &cards[i];
    return NULL;
}

int64_t card_context_bytes(const struct card *c) {
    enum { STACK = 2048 };
    return (int64_t)STACK * c->threads * c->multiprocessors;
}

/* From the table of compute capabilities in NVIDIA's CUDA programming guide. */
struct card_limits card_limits(const struct card *c) {
    static const struct {
        int capability;
        struct card_limits limits;
    } rows[] = {{70, {98304, 32}},  {75, {65536, 16}},  {80, {166912, 32}},
                {86, {101376, 16}}, {89, {101376, 24}}, {90, {232448, 32}}};
    size_t i = sizeof rows / sizeof *rows - 1;
    while (i > 0 && rows[i].capability > 10 * c->major + c->minor)
        i--;
    return rows[i].limits;
}
