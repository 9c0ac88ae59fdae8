/* Batch normalisation on the CPU (cpu_parts.h), with what is added to it and its ReLU.  Sums are
 * doubles.  Channels go in groups, whose numbers of one pixel lie in a line of the cache. */
#include "cpu_parts.h"

#include <math.h>
#include <string.h>

enum { GROUP = 16 };

/* The channels of one group: `count` of all, which lie `stride` numbers apart from pixel to pixel.
 */
struct group {
    int first, count, stride;
    int64_t pixels;
    bool relu;
    /* normalised = (x - mean) * deviation; output = normalised * factor + bias */
    float mean[GROUP], deviation[GROUP], factor[GROUP], bias[GROUP];
};

/* Loops over a group's channels are compiled for full groups too, whose length is then a constant.
 */
#define FOR_FULL_OR_REST(function, group, ...)                                                     \
    ((group)->count == GROUP ? function(group, GROUP, __VA_ARGS__)                                 \
                             : function(group, (group)->count, __VA_ARGS__))
#define INLINED static inline __attribute__((always_inline))

static struct group begin_group(const struct work *w, int first) {
    const int channels = w->put.channels, left = channels - first;
    const float *weights = w->at[ROLE_WEIGHTS];
    struct group g = {.first = first,
                      .count = left < GROUP ? left : GROUP,
                      .stride = channels,
                      .pixels = cpu_pixels(w),
                      .relu = w->layer->relu};
    memcpy(g.factor, weights + first, (size_t)g.count * sizeof *weights);
    memcpy(g.bias, weights + channels + first, (size_t)g.count * sizeof *weights);
    return g;
}

/* --- Moments --- */

INLINED void sum_squares(const struct group *g, const int count, const float *x, double *sums,
                         double *squares) {
    for (int64_t p = 0; p < g->pixels; p++, x += g->stride) {
        double at[GROUP];
        for (int i = 0; i < count; i++)
            at[i] = x[i];
        for (int i = 0; i < count; i++)
            sums[i] += at[i];
        for (int i = 0; i < count; i++)
            squares[i] += at[i] * at[i];
    }
}

static float move(float running, double to) {
    return (1 - NORM_MOMENTUM) * running + NORM_MOMENTUM * (float)to;
}

/* The batch's, which go into the running ones.  Squares of floats are exact in doubles, so that
 * their mean loses nothing that the floats themselves still had. */
static void find_moments(const struct work *w, struct group *g) {
    double sums[GROUP] = {0}, squares[GROUP] = {0};
    const double count = (double)g->pixels;
    float *moments = (float *)w->at[ROLE_MOMENTS] + g->first;
    float *running = (float *)w->at[ROLE_RUNNING] + g->first;
    FOR_FULL_OR_REST(sum_squares, g, (const float *)w->at[ROLE_INPUT] + g->first, sums, squares);
    for (int i = 0; i < g->count; i++) {
        double mean = sums[i] / count, variance = squares[i] / count - mean * mean;
        variance = variance < 0 ? 0 : variance;
        g->mean[i] = moments[i] = (float)mean;
        g->deviation[i] = moments[g->stride + i] = (float)(1 / sqrt(variance + NORM_EPSILON));
        running[i] = move(running[i], mean);
        running[g->stride + i] =
            move(running[g->stride + i], variance * count / (count > 1 ? count - 1 : 1));
    }
}

static void read_moments(const struct work *w, struct group *g) {
    const float *moments = (const float *)w->at[ROLE_MOMENTS] + g->first;
    memcpy(g->mean, moments, (size_t)g->count * sizeof *moments);
    memcpy(g->deviation, moments + g->stride, (size_t)g->count * sizeof *moments);
}

static void read_running(const struct work *w, struct group *g) {
    const float *running = (const float *)w->at[ROLE_RUNNING] + g->first;
    for (int i = 0; i < g->count; i++) {
        g->mean[i] = running[i];
        g->deviation[i] = (float)(1 / sqrt((double)running[g->stride + i] + NORM_EPSILON));
    }
}

static void count_batch(const struct work *w) {
    char *counter = (char *)w->at[ROLE_RUNNING] + 2 * (size_t)w->put.channels * sizeof(float);
    int64_t seen;
    memcpy(&seen, counter, sizeof seen); /* which need not lie at a multiple of 8 */
    seen++;
    memcpy(counter, &seen, sizeof seen);
}

/* --- Forward --- */

/* NaN stays NaN through a ReLU, as in PyTorch. */
INLINED void apply(const struct group *g, const int count, const float *x, const float *other,
                   float *y) {
    for (int64_t p = 0; p < g->pixels; p++, x += g->stride, y += g->stride) {
        float at[GROUP] = {0};
        for (int i = 0; i < count; i++)
            at[i] = (x[i] - g->mean[i]) * (g->deviation[i] * g->factor[i]) + g->bias[i];
        for (int i = 0; other && i < count; i++)
            at[i] += other[i];
        for (int i = 0; g->relu && i < count; i++)
            at[i] = at[i] < 0 ? 0 : at[i];
        memcpy(y, at, (size_t)count * sizeof *y);
        other += other ? g->stride : 0;
    }
}

void cpu_norm(const struct work *w) {
    for (int first = 0; first < w->put.channels; first += GROUP) {
        struct group g = begin_group(w, first);
        const float *other = w->at[ROLE_OTHER];
        if (w->evaluates)
            read_running(w, &g);
        else if (w->again)
            read_moments(w, &g);
        else
            find_moments(w, &g);
        FOR_FULL_OR_REST(apply, &g, (const float *)w->at[ROLE_INPUT] + first,
                         other ? other + first : NULL, (float *)w->at[ROLE_OUTPUT] + first);
    }
    if (!w->evaluates && !w->again)
        count_batch(w);
}

/* --- Backward --- */

/* Takes the gradient of the output behind the ReLU, in place, by what came out: of norms that add.
 */
INLINED void mask(const struct group *g, const int count, const float *y, float *delta) {
    for (int64_t p = 0; p < g->pixels; p++, y += g->stride, delta += g->stride)
        for (int i = 0; i < count; i++)
            delta[i] = y[i] <= 0 ? 0 : delta[i];
}

/* One pixel's normalised inputs, and its gradient behind the ReLU; where nothing is added, what
 * came out follows from the input. */
INLINED void look(const struct group *g, const int count, bool masks, const float *x,
                  const float *delta, float *normalised, float *gradient) {
    for (int i = 0; i < count; i++)
        normalised[i] = (x[i] - g->mean[i]) * g->deviation[i];
    memcpy(gradient, delta, (size_t)count * sizeof *delta);
    for (int i = 0; masks && i < count; i++) {
        float y = (x[i] - g->mean[i]) * (g->deviation[i] * g->factor[i]) + g->bias[i];
        gradient[i] = y <= 0 ? 0 : gradient[i];
    }
}

INLINED void sum_gradients(const struct group *g, const int count, bool masks, const float *x,
                           const float *delta, double *factors, double *biases) {
    for (int64_t p = 0; p < g->pixels; p++, x += g->stride, delta += g->stride) {
        float normalised[GROUP], gradient[GROUP];
        look(g, count, masks, x, delta, normalised, gradient);
        for (int i = 0; i < count; i++)
            factors[i] += (double)normalised[i] * gradient[i];
        for (int i = 0; i < count; i++)
            biases[i] += gradient[i];
    }
}

/* `to` may be `delta`. */
INLINED void turn(const struct group *g, const int count, bool masks, const float *x,
                  const float *delta, const float *means, float *to) {
    for (int64_t p = 0; p < g->pixels; p++) {
        float normalised[GROUP], gradient[GROUP];
        look(g, count, masks, x + p * g->stride, delta + p * g->stride, normalised, gradient);
        for (int i = 0; i < count; i++)
            gradient[i] = (gradient[i] - means[GROUP + i] - normalised[i] * means[i]) *
                          (g->deviation[i] * g->factor[i]);
        memcpy(to + p * g->stride, gradient, (size_t)count * sizeof *to);
    }
}

static void norm_back(const struct work *w, struct group *g) {
    const float *x = (const float *)w->at[ROLE_INPUT] + g->first;
    float *delta = (float *)w->at[ROLE_DELTA] + g->first;
    float *gradients = (float *)w->at[ROLE_GRADIENT] + g->first;
    float means[2 * GROUP];
    double factors[GROUP] = {0}, biases[GROUP] = {0};
    const bool adds = w->at[ROLE_OUTPUT] != NULL, masks = g->relu && !adds;
    if (adds && g->relu)
        FOR_FULL_OR_REST(mask, g, (const float *)w->at[ROLE_OUTPUT] + g->first, delta);
    FOR_FULL_OR_REST(sum_gradients, g, masks, x, delta, factors, biases);
    for (int i = 0; i < g->count; i++) {
        means[i] = (float)(factors[i] / (double)g->pixels);
        means[GROUP + i] = (float)(biases[i] / (double)g->pixels);
        gradients[i] = (float)(factors[i] + (w->gathers ? gradients[i] : 0));
        gradients[g->stride + i] = (float)(biases[i] + (w->gathers ? gradients[g->stride + i] : 0));
    }
    FOR_FULL_OR_REST(turn, g, masks, x, delta, means, (float *)w->at[ROLE_DELTA_INPUT] + g->first);
}

void cpu_norm_back(const struct work *w) {
    for (int first = 0; first < w->put.channels; first += GROUP) {
        struct group g = begin_group(w, first);
        read_moments(w, &g);
        norm_back(w, &g);
    }
}
