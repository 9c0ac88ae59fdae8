/* Planes of numbers, and what they have in common at every shift, by fast Fourier transform. */
#ifndef SPECTRUM_H
#define SPECTRUM_H

struct plane {
    int rows, columns;
    double *at;
};

/* A plane of zeros; the caller frees `at`. */
struct plane plane_new(long rows, long columns);
/* `source` with its elements `apart` places apart, and `border` zeros around them all. */
struct plane plane_spread(const double *source, int rows, int columns, int apart, int border);
/* sum[r][c] += sum over u, v of a[r + u][c + v] b[u][v], for r and c from 0 on. */
void plane_correlate(const struct plane *a, const struct plane *b, struct plane *sum);
/* sum[r][c] += sum over u, v of a[r - u][c - v] b[u][v]. */
void plane_convolve(const struct plane *a, const struct plane *b, struct plane *sum);

#endif
