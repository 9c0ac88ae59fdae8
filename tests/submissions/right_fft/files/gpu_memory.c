#include "homework.h"

#include <stdbool.h>
#include <stdlib.h>

/* A number of things, and whether 63 bits can say it.  Unsigned numbers wrap around, which shows
 * when one calculates back. */
typedef struct {
    uint64_t n;
    bool valid;
} amount;

static amount checked(uint64_t n, bool valid) {
    amount a = {n, valid && n <= INT64_MAX};
    return a;
}

/* What is below 0 is beyond INT64_MAX here. */
static amount of(int64_t n) {
    return checked((uint64_t)n, true);
}

static amount sum(amount a, amount b) {
    uint64_t n = a.n + b.n;
    return checked(n, a.valid && b.valid && n >= a.n);
}

static amount product(amount a, amount b) {
    uint64_t n = a.n * b.n;
    return checked(n, a.valid && b.valid && (b.n == 0 || n / b.n == a.n));
}

static int64_t said(amount a) {
    return a.valid ? (int64_t)a.n : -1;
}

/* --- A network is built convolution by convolution, weights and channels apart --- */

struct network {
    amount weights, channels;
};

static void convolve(struct network *net, amount times, int64_t elements, amount in, amount out) {
    amount weights = product(product(of(elements), in), out);
    if (times.n == 0)
        return;
    net->weights = sum(net->weights, product(weights, times));
    net->channels = sum(net->channels, product(out, times));
}

int64_t resnet_parameters(const ints *blocks, int bottleneck, int classes) {
    struct network net = {of(0), of(0)};
    amount in = of(64), w = of(64), one = of(1);
    convolve(&net, one, 7 * 7, of(3), w);
    for (int stage = 0; stage < blocks->dim[0]; stage++) {
        if (blocks->at[stage] < 1)
            return -1;
        amount all = of(blocks->at[stage]), others = of(blocks->at[stage] - 1);
        amount out = bottleneck ? product(w, of(4)) : w;
        if (bottleneck) {
            convolve(&net, one, 1, in, w);
            convolve(&net, others, 1, out, w);
            convolve(&net, all, 9, w, w);
            convolve(&net, all, 1, w, out);
        } else {
            convolve(&net, one, 9, in, w);
            convolve(&net, others, 9, w, w);
            convolve(&net, all, 9, w, w);
        }
        if (in.n != out.n)
            convolve(&net, one, 1, in, out);
        in = out;
        w = sum(w, w);
    }
    if (classes < 1)
        return -1;
    amount last = product(sum(in, one), of(classes));
    return said(sum(sum(net.weights, product(net.channels, of(2))), last));
}

/* --- Bytes --- */

static amount model(int64_t parameters, int width) {
    amount bytes = product(of(parameters), of(width));
    bytes.valid = bytes.valid && width > 0;
    return bytes;
}

static amount state(int64_t parameters, int width, int kind) {
    amount one = model(parameters, width);
    if (kind == OPTIMISER_SGD)
        one.n = 0;
    else if (kind == OPTIMISER_ADAM)
        one = sum(one, one);
    else if (kind != OPTIMISER_MOMENTUM)
        one.valid = false;
    return one;
}

int64_t model_bytes(int64_t parameters, int width) {
    return said(model(parameters, width));
}

int64_t optimiser_bytes(int64_t parameters, int width, int kind) {
    return said(state(parameters, width, kind));
}

/* --- What is saved: first whether the layers are possible, then how much each of them keeps --- */

struct layer {
    int64_t kind, in[3], out[3];
};

static bool is_same(const int64_t *a, const int64_t *b) {
    return a[0] == b[0] && a[1] == b[1] && a[2] == b[2];
}

static bool is_possible(const struct layer *l) {
    for (int k = 0; k < 3; k++)
        if (l->in[k] <= 0 || l->out[k] <= 0)
            return false;
    if (l->kind == KEPT_NORM || l->kind == KEPT_RELU)
        return is_same(l->in, l->out);
    if (l->kind == KEPT_MAX_POOL)
        return l->in[0] == l->out[0];
    if (l->kind == KEPT_CONNECTED)
        return l->out[1] == 1 && l->out[2] == 1;
    return l->kind == KEPT_CONV;
}

static amount volume(const int64_t *map) {
    return product(product(of(map[2]), of(map[1])), of(map[0]));
}

int64_t saved_bytes(const ints *layers, int64_t batch, int width) {
    const struct layer *l = (const struct layer *)(const void *)layers->at;
    int count = layers->dim[0];
    amount floats = of(0), longs = of(0), images = of(batch), bytes = of(width);
    if (batch <= 0 || width <= 0)
        return -1;
    for (int i = 0; i < count; i++)
        if (!is_possible(&l[i]) || (i + 1 < count && !is_same(l[i].out, l[i + 1].in)))
            return -1;
    for (int i = 0; i < count; i++) {
        if (i == 0 || l[i - 1].kind != KEPT_RELU)
            floats = sum(floats, product(volume(l[i].in), images));
        if (l[i].kind == KEPT_NORM)
            floats = sum(floats, sum(of(l[i].in[0]), of(l[i].in[0])));
        if (l[i].kind == KEPT_MAX_POOL)
            longs = sum(longs, product(volume(l[i].out), images));
    }
    return said(sum(product(floats, bytes), product(longs, of(8))));
}

/* --- What fits --- */

/* All but what is saved. */
static amount fixed(int64_t parameters, int width, int kind) {
    amount m = model(parameters, width);
    return sum(sum(m, m), state(parameters, width, kind));
}

int64_t peak_bytes(int64_t parameters, int64_t saved_per_image, int64_t batch, int width, int kind) {
    if (batch < 1)
        return -1;
    return said(sum(fixed(parameters, width, kind), product(of(saved_per_image), of(batch))));
}

/* Doubles the batch until it does not fit, then looks for the last one that does in between. */
int64_t largest_batch(int64_t budget, int64_t parameters, int64_t saved_per_image, int width, int kind) {
    amount before = fixed(parameters, width, kind), image = of(saved_per_image);
    uint64_t fits = 0, fails = 1;
    if (!before.valid || budget < 0 || saved_per_image < 1)
        return -1;
    while (true) {
        amount all = sum(before, product(image, checked(fails, true)));
        if (!all.valid || all.n > (uint64_t)budget)
            break;
        fits = fails;
        fails = 2 * fails;
    }
    while (fails - fits > 1) {
        uint64_t middle = fits + (fails - fits) / 2;
        amount all = sum(before, product(image, checked(middle, true)));
        if (all.valid && all.n <= (uint64_t)budget)
            fits = middle;
        else
            fails = middle;
    }
    return (int64_t)fits;
}

/* --- Tensors in a search tree --- */

struct node {
    int64_t tensor, holds;
    int below[2]; /* smaller and larger numbers; 0: none */
};

/* The place of a tensor; nodes[0] is above the root, whose numbers are all larger. */
static struct node *find(struct node *nodes, int *count, int64_t tensor) {
    int *next = &nodes[0].below[1];
    while (*next && nodes[*next].tensor != tensor)
        next = &nodes[*next].below[tensor > nodes[*next].tensor];
    if (*next == 0) {
        *next = ++*count;
        nodes[*next].tensor = tensor;
    }
    return &nodes[*next];
}

int64_t schedule_peak(const ints *events) {
    struct node *nodes = calloc((size_t)events->dim[0] + 1, sizeof *nodes);
    int count = 0;
    bool good = nodes != NULL;
    amount live = of(0), peak = of(0);
    for (int i = 0; good && i < events->dim[0]; i++) {
        int64_t bytes = events->at[EVENT_COLUMNS * i + EVENT_BYTES];
        struct node *node = find(nodes, &count, events->at[EVENT_COLUMNS * i + EVENT_TENSOR]);
        if (bytes > 0 && node->holds == 0) {
            live = sum(live, of(bytes));
            node->holds = bytes;
        } else if (bytes < 0 && node->holds + bytes == 0) {
            live.n -= (uint64_t)node->holds;
            node->holds = 0;
        } else {
            good = false;
        }
        good = good && live.valid;
        if (live.n > peak.n)
            peak = live;
    }
    free(nodes);
    return good ? said(peak) : -1;
}
