/* Pictures read as one long signal: rows one after the other.  A filter whose rows lie as far apart
 * as those of the picture then is a filter for signals, and one transform does for both
 * directions. */
#ifndef SIGNAL_H
#define SIGNAL_H

struct spectrum {
    int count;
    double *re, *im;
};

struct transformer {
    int count, bits;
    double *cosine, *sine;
};

/* For signals of at least `least` numbers; the caller ends it. */
struct transformer transformer_begin(int least);
void transformer_end(struct transformer *t);

/* Of zeros; the caller frees it. */
struct spectrum spectrum_new(const struct transformer *t);
void spectrum_clear(struct spectrum *s);
void spectrum_free(struct spectrum *s);
void spectrum_forward(const struct transformer *t, struct spectrum *s);
void spectrum_backward(const struct transformer *t, struct spectrum *s); /* times 1 / count */
/* sum += a b, or a times the conjugate of b. */
void spectrum_multiply(const struct spectrum *a, const struct spectrum *b, int conjugate,
                       struct spectrum *sum);

#endif
