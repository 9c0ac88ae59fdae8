/* Laying out a step's tensors (arena.h). */
#include "arena.h"

#include <stdlib.h>

/* --- Laying out --- */

struct placed {
    int tensor;
    int64_t bytes;
};

static int64_t round_up(int64_t bytes) {
    return (bytes + ARENA_ALIGNMENT - 1) / ARENA_ALIGNMENT * ARENA_ALIGNMENT;
}

static bool lives(const struct step_tensor *t) {
    return t->stays || t->first >= 0;
}

/* What stays lives always. */
static bool meet(const struct step_tensor *a, const struct step_tensor *b) {
    return a->stays || b->stays || (a->first <= b->last && b->first <= a->last);
}

/* Larger before smaller; of equal ones the earlier tensor, so that a layout is the same anywhere.
 */
static int compare(const void *left, const void *right) {
    const struct placed *a = left, *b = right;
    if (a->bytes != b->bytes)
        return a->bytes < b->bytes ? 1 : -1;
    return (a->tensor > b->tensor) - (a->tensor < b->tensor);
}

/* The lowest gap among those already placed, which are sorted by address, that holds `bytes`;
 * `at` is where the new one belongs in that order. */
static int64_t find_gap(const struct step *s, const struct arena *a, const struct placed *sorted,
                        int count, const struct placed *wanted, int *at) {
    int64_t end = 0;
    for (int i = 0; i < count; i++) {
        int other = sorted[i].tensor;
        if (!meet(&s->tensors[other], &s->tensors[wanted->tensor]))
            continue;
        if (a->offset[other] >= end + wanted->bytes)
            break;
        if (a->offset[other] + sorted[i].bytes > end)
            end = a->offset[other] + sorted[i].bytes;
    }
    for (*at = 0; *at < count && a->offset[sorted[*at].tensor] <= end;)
        ++*at;
    return end;
}

static void place(const struct step *s, struct placed *waiting, int count, struct placed *sorted,
                  struct arena *a) {
    for (int i = 0; i < count; i++) {
        int at;
        int64_t offset = find_gap(s, a, sorted, i, &waiting[i], &at);
        a->offset[waiting[i].tensor] = offset;
        for (int k = i; k > at; k--)
            sorted[k] = sorted[k - 1];
        sorted[at] = waiting[i];
        if (offset + waiting[i].bytes > a->bytes)
            a->bytes = offset + waiting[i].bytes;
    }
}

bool arena_lay_out(const struct step *s, int64_t batch, struct arena *a) {
    size_t count = (size_t)s->tensor_count + 1;
    struct placed *waiting = calloc(count, sizeof *waiting),
                  *sorted = calloc(count, sizeof *sorted);
    *a = (struct arena){0, calloc(count, sizeof *a->offset)};
    bool possible = waiting && sorted && a->offset;
    int used = 0;
    int64_t sum = 0;
    for (int i = 0; possible && i < s->tensor_count; i++) {
        int64_t bytes;
        a->offset[i] = -1;
        if (!lives(&s->tensors[i]))
            continue;
        possible = !__builtin_mul_overflow(s->tensors[i].per_image, batch, &bytes) &&
                   !__builtin_add_overflow(bytes, s->tensors[i].fixed + ARENA_ALIGNMENT, &bytes) &&
                   !__builtin_add_overflow(sum, bytes, &sum);
        waiting[used++] = (struct placed){i, round_up(bytes - ARENA_ALIGNMENT)};
    }
    if (possible) {
        qsort(waiting, (size_t)used, sizeof *waiting, compare);
        place(s, waiting, used, sorted, a);
    } else {
        arena_free(a);
    }
    free(waiting);
    free(sorted);
    return possible;
}

void arena_free(struct arena *a) {
    free(a->offset);
    *a = (struct arena){0, NULL};
}

/* --- Checking --- */

/* Takes or frees the pieces of a tensor; false where a piece was not as it should be. */
static bool turn(unsigned char *pieces, int64_t offset, int64_t bytes, bool take) {
    bool right = true;
    for (int64_t i = offset / ARENA_ALIGNMENT; i < (offset + round_up(bytes)) / ARENA_ALIGNMENT;
         i++) {
        right = right && pieces[i] != take;
        pieces[i] = take;
    }
    return right;
}

static const char *replay(const struct step *s, int64_t batch, const struct arena *a,
                          unsigned char *pieces) {
    for (int o = -1; o < s->operation_count; o++)
        for (int begin = 1; begin >= 0; begin--)
            for (int i = 0; i < s->tensor_count; i++) {
                const struct step_tensor *t = &s->tensors[i];
                int moment = t->stays ? (begin ? -1 : s->operation_count)
                             : begin  ? t->first
                                      : t->last;
                if (lives(t) && moment == o &&
                    !turn(pieces, a->offset[i], step_bytes(t, batch), begin))
                    return "two tensors that live at the same time overlap";
            }
    return NULL;
}

const char *arena_check(const struct step *s, int64_t batch, const struct arena *a) {
    for (int i = 0; i < s->tensor_count; i++) {
        const struct step_tensor *t = &s->tensors[i];
        if (lives(t) && (a->offset[i] < 0 || a->offset[i] % ARENA_ALIGNMENT != 0))
            return "a tensor has no place";
        if (lives(t) && a->offset[i] + round_up(step_bytes(t, batch)) > a->bytes)
            return "a tensor lies outside";
    }
    unsigned char *pieces = calloc((size_t)(a->bytes / ARENA_ALIGNMENT) + 1, 1);
    if (!pieces)
        return "there is no memory for checking";
    const char *mistake = replay(s, batch, a, pieces);
    free(pieces);
    return mistake;
}
