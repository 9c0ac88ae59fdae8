/* Max pooling and the mean over a map on the CPU (cpu_parts.h). */
#include "cpu_parts.h"

#include <math.h>
#include <string.h>

/* --- Max pooling --- */

/* Of one output pixel, all channels: the largest in its window, the first of equal ones; as in
 * PyTorch, a NaN is larger than anything. */
static void pool_pixel(const struct work *w, const float *image, int y, int x, float *best,
                       unsigned char *choice) {
    const struct layer *l = w->layer;
    const int channels = w->read.channels;
    for (int c = 0; c < channels; c++)
        best[c] = -INFINITY;
    memset(choice, 0, (size_t)channels);
    for (int ky = 0; ky < l->kernel; ky++)
        for (int kx = 0; kx < l->kernel; kx++) {
            int iy = y * l->stride - l->padding + ky, ix = x * l->stride - l->padding + kx;
            if (iy < 0 || iy >= w->read.height || ix < 0 || ix >= w->read.width)
                continue;
            const float *at = image + ((int64_t)iy * w->read.width + ix) * channels;
            for (int c = 0; c < channels; c++)
                if (at[c] > best[c] || isnan(at[c])) {
                    best[c] = at[c];
                    choice[c] = (unsigned char)(ky * l->kernel + kx);
                }
        }
}

void cpu_max_pool(const struct work *w) {
    const int64_t read = (int64_t)w->read.height * w->read.width * w->read.channels;
    const float *x = w->at[ROLE_INPUT];
    float *y = w->at[ROLE_OUTPUT];
    unsigned char *choices = w->at[ROLE_CHOICES];
    for (int64_t n = 0; n < w->batch; n++)
        for (int row = 0; row < w->put.height; row++)
            for (int column = 0; column < w->put.width; column++) {
                pool_pixel(w, x + n * read, row, column, y, choices);
                y += w->put.channels;
                choices += w->put.channels;
            }
}

void cpu_max_pool_back(const struct work *w) {
    const struct layer *l = w->layer;
    const int channels = w->read.channels;
    const float *delta = w->at[ROLE_DELTA];
    const unsigned char *choices = w->at[ROLE_CHOICES];
    float *to = w->at[ROLE_DELTA_INPUT];
    memset(to, 0, (size_t)w->bytes[ROLE_DELTA_INPUT]);
    for (int64_t n = 0; n < w->batch; n++)
        for (int row = 0; row < w->put.height; row++)
            for (int column = 0; column < w->put.width; column++)
                for (int c = 0; c < channels; c++) {
                    int place = *choices++;
                    int y = row * l->stride - l->padding + place / l->kernel;
                    int x = column * l->stride - l->padding + place % l->kernel;
                    to[((n * w->read.height + y) * w->read.width + x) * channels + c] += *delta++;
                }
}

/* --- The mean --- */

void cpu_mean(const struct work *w) {
    const int64_t pixels = (int64_t)w->read.height * w->read.width;
    const int channels = w->read.channels;
    const float *x = w->at[ROLE_INPUT];
    float *y = w->at[ROLE_OUTPUT];
    for (int64_t n = 0; n < w->batch; n++, x += pixels * channels)
        for (int c = 0; c < channels; c++) {
            double sum = 0;
            for (int64_t i = 0; i < pixels; i++)
                sum += x[i * channels + c];
            *y++ = (float)(sum / (double)pixels);
        }
}

void cpu_mean_back(const struct work *w) {
    const int64_t pixels = (int64_t)w->read.height * w->read.width;
    const int channels = w->read.channels;
    const float *delta = w->at[ROLE_DELTA];
    float *to = w->at[ROLE_DELTA_INPUT];
    for (int64_t n = 0; n < w->batch; n++, delta += channels)
        for (int64_t i = 0; i < pixels; i++)
            for (int c = 0; c < channels; c++)
                *to++ = delta[c] / (float)pixels;
}
