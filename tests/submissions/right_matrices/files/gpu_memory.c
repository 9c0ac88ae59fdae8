#include "homework.h"

#include <stdlib.h>

/* Counts stop at MANY, which stands for everything that an int64_t cannot say; two of them still fit
 * into 64 bits without a sign. */
typedef uint64_t count;

#define MANY ((count)INT64_MAX + 1)
#define LENGTH(a) ((int)(sizeof(a) / sizeof *(a)))

static count plus(count a, count b) {
    return a > MANY - b ? MANY : a + b;
}

static count times(count a, count b) {
    return b != 0 && a > MANY / b ? MANY : a * b;
}

static count dot(int n, const count *a, const count *b) {
    count sum = 0;
    while (n-- > 0)
        sum = plus(sum, times(a[n], b[n]));
    return sum;
}

static int64_t told(count n) {
    return n < MANY ? (int64_t)n : -1;
}

/* What the blocks of a stage of w channels learn, as multiples of w * w and of w, written out once:
 * the first block of the network, the first of another stage (which reads half of what it puts out,
 * and has a shortcut), and every other one. */
enum { FIRST, WIDENS, REPEATS, PLACES };
static const count BASIC[PLACES][2] = {{18, 4}, {14, 6}, {18, 4}};
static const count DEEP[PLACES][2] = {{18, 20}, {23, 20}, {17, 12}};

int64_t resnet_parameters(const ints *blocks, int bottleneck, int classes) {
    const count(*learns)[2] = bottleneck ? DEEP : BASIC;
    count sum = 9536, w = 64, out = 0;
    for (int stage = 0; stage < blocks->dim[0]; stage++) {
        const count powers[2] = {times(w, w), w};
        count first = dot(2, learns[stage ? WIDENS : FIRST], powers);
        count each = dot(2, learns[REPEATS], powers);
        if (blocks->at[stage] <= 0)
            return -1;
        if (blocks->at[stage] > 1)
            sum = plus(sum, times(each, (count)blocks->at[stage] - 1));
        sum = plus(sum, first);
        out = bottleneck ? times(4, w) : w;
        w = plus(w, w);
    }
    if (classes <= 0)
        return -1;
    return told(plus(sum, times(plus(out, 1), (count)classes)));
}

int64_t model_bytes(int64_t parameters, int width) {
    if (parameters < 0 || width <= 0)
        return -1;
    return told(times((count)parameters, (count)width));
}

int64_t optimiser_bytes(int64_t parameters, int width, int kind) {
    static const struct {
        int kind;
        count copies;
    } states[] = {{OPTIMISER_ADAM, 2}, {OPTIMISER_MOMENTUM, 1}, {OPTIMISER_SGD, 0}};
    int64_t model = model_bytes(parameters, width);
    for (int i = 0; i < LENGTH(states); i++)
        if (states[i].kind == kind && model >= 0)
            return told(times(states[i].copies, (count)model));
    return -1;
}

/* --- What is saved --- */

/* Which number of a layer of which kind must equal which other one; column 0 stands for a 1. */
static const struct {
    int kind, column, other;
} LAWS[] = {{KEPT_NORM, 1, 4}, {KEPT_NORM, 2, 5},     {KEPT_NORM, 3, 6},      {KEPT_RELU, 1, 4}, {KEPT_RELU, 2, 5},
            {KEPT_RELU, 3, 6}, {KEPT_MAX_POOL, 1, 4}, {KEPT_CONNECTED, 5, 0}, {KEPT_CONNECTED, 6, 0}};

static int is_lawful(const int64_t *row) {
    if (row[KEPT_KIND] < KEPT_CONV || row[KEPT_KIND] > KEPT_CONNECTED)
        return 0;
    for (int i = KEPT_CHANNELS; i < KEPT_COLUMNS; i++)
        if (row[i] <= 0)
            return 0;
    for (int i = 0; i < LENGTH(LAWS); i++)
        if (LAWS[i].kind == row[KEPT_KIND] && row[LAWS[i].column] != (LAWS[i].other ? row[LAWS[i].other] : 1))
            return 0;
    return 1;
}

/* What is kept of each layer: its input for each image, its output for each, its channels. */
enum { READS, PUTS, CHANNELS, KEPT };

int64_t saved_bytes(const ints *layers, int64_t batch, int width) {
    count kept[KEPT] = {0};
    for (int i = 0; i < layers->dim[0]; i++) {
        const int64_t *row = layers->at + (size_t)i * KEPT_COLUMNS;
        count reads = 1, puts = 1;
        if (!is_lawful(row))
            return -1;
        for (int k = KEPT_CHANNELS; k <= KEPT_WIDTH; k++) {
            if (i > 0 && row[k] != row[k - KEPT_WIDTH - 1])
                return -1;
            reads = times(reads, (count)row[k]);
            puts = times(puts, (count)row[k + KEPT_WIDTH]);
        }
        kept[READS] = plus(kept[READS], i > 0 && row[-KEPT_COLUMNS] == KEPT_RELU ? 0 : reads);
        kept[PUTS] = plus(kept[PUTS], row[KEPT_KIND] == KEPT_MAX_POOL ? puts : 0);
        kept[CHANNELS] = plus(kept[CHANNELS], row[KEPT_KIND] == KEPT_NORM ? (count)row[KEPT_CHANNELS] : 0);
    }
    if (batch <= 0 || width <= 0)
        return -1;
    const count each[KEPT] = {times((count)batch, (count)width), times((count)batch, 8), 2 * (count)width};
    return told(dot(KEPT, kept, each));
}

/* --- What fits --- */

int64_t peak_bytes(int64_t parameters, int64_t saved_per_image, int64_t batch, int width, int kind) {
    int64_t model = model_bytes(parameters, width), state = optimiser_bytes(parameters, width, kind);
    if (model < 0 || state < 0 || saved_per_image < 0 || batch <= 0)
        return -1;
    return told(dot(3, (count[]){2, 1, (count)batch}, (count[]){(count)model, (count)state, (count)saved_per_image}));
}

/* Takes what is surely still possible by an estimate that is a little too small, until that is
 * nothing. */
int64_t largest_batch(int64_t budget, int64_t parameters, int64_t saved_per_image, int width, int kind) {
    int64_t before = peak_bytes(parameters, 0, 1, width, kind), batch = 0;
    if (before < 0 || budget < 0 || saved_per_image <= 0)
        return -1;
    for (int64_t left = budget - before; left >= saved_per_image;) {
        int64_t more = (int64_t)(0.99 * ((double)left / (double)saved_per_image));
        more = more > 0 ? more : 1;
        batch += more;
        left -= more * saved_per_image;
    }
    return batch;
}

/* --- At every moment --- */

/* A row for each event and a column for each tensor, numbered by its first event: the bytes that it
 * has behind the event.  A row's sum is what is there. */
static int fill(count *matrix, const ints *events) {
    const int64_t *e = events->at;
    const int n = events->dim[0];
    for (int i = 0; i < n; i++) {
        const count *above = matrix + (size_t)n * (size_t)(i ? i - 1 : 0);
        count *row = matrix + (size_t)n * (size_t)i;
        int column = 0;
        while (e[2 * column] != e[2 * i])
            column++;
        for (int k = 0; i > 0 && k < n; k++)
            row[k] = above[k];
        if (e[2 * i + 1] > 0 && row[column] == 0)
            row[column] = (count)e[2 * i + 1];
        else if (e[2 * i + 1] < 0 && row[column] == 0 - (count)e[2 * i + 1])
            row[column] = 0;
        else
            return 0;
    }
    return 1;
}

int64_t schedule_peak(const ints *events) {
    const size_t n = (size_t)events->dim[0];
    count *matrix = calloc(n * n, sizeof *matrix), peak = 0;
    int possible = matrix && fill(matrix, events);
    for (size_t row = 0; possible && row < n; row++) {
        count sum = 0;
        for (size_t k = 0; k < n; k++)
            sum = plus(sum, matrix[row * n + k]);
        peak = sum > peak ? sum : peak;
    }
    free(matrix);
    return possible ? told(peak) : -1;
}
