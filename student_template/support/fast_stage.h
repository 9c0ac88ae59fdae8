/* One convolution of the fast CNN with its ReLU and, perhaps, the pool behind it: where every
 * number lies.  Knows layouts; not when they are used. */
#ifndef FAST_STAGE_H
#define FAST_STAGE_H

#include "fast.h"

/* Channels lie one behind the other in every buffer, padded with zeros to a multiple of
 * FAST_FILTERS (but for the one channel of a picture). */
struct fast_stage {
    struct model_layer layer;
    bool pooled;
    int in_channels, out_channels;

    /* Forward: the padded input is gathered from the stage before (or the picture), number by
     * number; what reflection repeats stands in it twice. */
    int source_plane, in_plane, *gather; /* in_plane indices into a channel of the source */
    struct fast_window window;
    float *in, *out; /* out: after the ReLU */

    /* What the next stage reads: `out`, or pooled.  Rows are `result_stride` numbers apart. */
    int result_vectors, result_stride;
    float *result, *d_result, *d_out;

    /* Gradient of the weights: sum_taps x FAST_FILTERS x lanes for every three filters. */
    int sum_taps; /* tap_count, padded */
    float *sums, *bias_sums;

    /* Gradient of the padded input: a correlation of d_out, spread out between zeros, with the
     * flipped kernels.  Its rows overlap: the zeros behind one row are those before the next. */
    struct fast_window back;
    int spread_plane, spread_count, *spread_from, *spread_to;
    float *spread, *flipped, *d_padded;
    int fold_count, *fold; /* where each padded number comes from in a channel of d_result */
};

/* `before` is the stage that it reads, NULL for pictures. */
void fast_stage_make(struct model *m, struct fast_stage *s, const struct model_layer *layer,
                     bool pooled, const struct fast_stage *before);
/* Numbers of its weights as they are packed: taps x FAST_FILTERS for every three filters. */
int fast_stage_weights(const struct fast_stage *s);
/* Where the weight of filter f, channel c, row i, column j stands among them. */
int fast_stage_weight(const struct fast_stage *s, int f, int c, int i, int j);
/* Takes new weights over into `flipped`. */
void fast_stage_flip(struct fast_stage *s, const float *weights);

#endif
