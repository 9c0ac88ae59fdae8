/* What the parts of the fast engine share.  Everything is float32 in blocks of eight lanes, with
 * fused multiply-adds written out and sums in one fixed order: the same bits whatever the compiler,
 * its options and the processor.
 *
 *   fast.c         the engine: chooses the loops, keeps memory, ends a network (softmax)
 *   fast_cnn.c     the convolutional network, picture by picture
 *   fast_stage.c   where its numbers lie: every layout is a table made once
 *   fast_mlp.c     the MLP, batch by batch
 *   fast_loops.h   the loops that take the time, compiled by fast_plain.c and by fast_avx2.c */
#ifndef FAST_H
#define FAST_H

#include "model.h"

#include <stddef.h>

enum {
    FAST_LANES = 8,
    FAST_FILTERS = 3, /* computed together: channels are padded to a multiple with zeros */
    FAST_VECTORS = 4, /* the same of blocks of lanes */
    FAST_TAPS = 4,    /* the same of taps, for gradients */
    FAST_IMAGES = 5,  /* the same of pictures in the MLP */
    FAST_INPUTS = 32, /* inputs of a dense layer are padded to a multiple */
    FAST_OUTPUTS = 2  /* its outputs too */
};

/* Which numbers a correlation adds up: lane l of vector v, tap t lies at offsets[v] + taps[t] + l.
 */
struct fast_window {
    int vectors, *offsets; /* a multiple of FAST_VECTORS */
    int tap_count, *taps;  /* padded to a multiple of FAST_TAPS */
    int32_t *masks;        /* vectors x FAST_LANES: -1 where a lane counts, otherwise 0 */
};

/* Planes of three channels lie one behind the other, vectors x FAST_LANES numbers each. */
struct fast_loops {
    /* out = sum over taps of weights (taps x 3) * in, plus bias (3); with `rectify` negative
     * numbers and lanes that do not count become 0. */
    void (*correlate)(const struct fast_window *w, const float *in, const float *weights,
                      const float *bias, bool rectify, float *out);
    /* sums (padded taps x 3 x lanes) += d * in; bias_sums (3 x lanes) += d. */
    void (*correlate_gradient)(const struct fast_window *w, const float *in, const float *d,
                               float *sums, float *bias_sums);
    /* Four neighbouring vectors hold the four numbers under each pooled one. */
    void (*pool)(enum model_pool kind, const float *out, int pooled_vectors, float *pooled);
    /* Back through the pool and the ReLU before it. */
    void (*unpool)(enum model_pool kind, const float *out, const float *pooled,
                   const float *d_pooled, int pooled_vectors, float *d);
    void (*rectify_gradient)(const float *out, int vectors, float *d);
    /* d = g where out > 0, otherwise 0. */
    void (*spread)(const float *out, int vectors, float g, float *d);
    float (*sum)(const float *at, int vectors);
    /* g[i] = sum of the lanes of sums[i]. */
    void (*sum_lanes)(const float *sums, int count, float *g);
    void (*momentum)(float *w, float *v, const float *g, int count, float rate, float mu);
    /* z (images x outputs) = x (images x inputs) times w (outputs x inputs) transposed. */
    void (*dense)(const float *x, const float *w, int images, int inputs, int outputs, float *z);
    /* dx = d times w. */
    void (*dense_back)(const float *d, const float *w, int images, int inputs, int outputs,
                       float *dx);
    /* One momentum step of w with the gradient d transposed times x, which is stored nowhere. */
    void (*dense_step)(const float *x, const float *d, int images, int inputs, int outputs,
                       float rate, float mu, float *w, float *v);
};

extern const struct fast_loops fast_plain, fast_avx2;
const struct fast_loops *fast_choose(void);

/* --- What both networks begin with --- */

enum { FAST_OWNED = 128 };
struct model {
    const struct fast_network *network;
    struct model_plan plan;
    const struct fast_loops *loops;
    struct model_layer layers[MODEL_LAYERS];
    int layer_count;
    void *owned[FAST_OWNED]; /* what is freed with it */
    int owned_count;
};

/* One of both; step and scores as in struct model_engine. */
struct fast_network {
    struct model *(*make)(const struct model_plan *plan, int batch);
    /* Number n of a layer, in PyTorch's order. */
    float *(*parameter)(const struct model *m, int layer, int n);
    /* After new parameters: velocities become 0, and what depends on parameters is made anew. */
    void (*renew)(struct model *m);
    double (*step)(struct model *m, const float *pixels, const int *labels, int count, double rate,
                   double momentum, bool head_only);
    void (*scores)(struct model *m, const float *pixels, int count, float *scores);
};
extern const struct fast_network fast_cnn, fast_mlp;

/* `size` bytes for a model that begins with a struct model; NULL when the plan is impossible. */
void *fast_make(const struct fast_network *network, const struct model_plan *plan, size_t size);
/* Zeros that the model owns, aligned for any vector. */
void *fast_memory(struct model *m, int64_t count, size_t size);
float *fast_floats(struct model *m, int64_t count);
int fast_round_up(int count, int multiple);
/* Where channel c begins, each being `vectors` blocks of lanes. */
static inline float *fast_channel(float *at, int c, int vectors) {
    return at + (ptrdiff_t)c * vectors * FAST_LANES;
}

/* Loss of one picture; z (classes) becomes the gradient of loss / count. */
double fast_loss(float *z, int classes, int label, int count);

#endif
