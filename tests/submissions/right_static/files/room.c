#include "room.h"

#include <stdio.h>
#include <stdlib.h>

double *room(int which, long count)
{
    static double *buffer[ROOMS];
    static long size[ROOMS];

    if (count > size[which]) {
        free(buffer[which]);
        buffer[which] = malloc((size_t)count * sizeof(double));
        size[which] = count;
        if (buffer[which] == NULL) {
            fputs("no memory\n", stderr);
            abort();
        }
    }
    return buffer[which];
}

int border_place(int kind, int place, int size)
{
    int period, result;

    result = place;
    if (place < 0 || place >= size) {
        switch (kind) {
        case BORDER_MIRROR:
            period = size > 1 ? 2 * size - 2 : 1;
            result = (place % period + period) % period;
            if (result >= size)
                result = period - result;
            break;
        case BORDER_MIRROR_TWICE:
            period = 2 * size;
            result = (place % period + period) % period;
            if (result >= size)
                result = period - 1 - result;
            break;
        case BORDER_WRAP:
            result = (place % size + size) % size;
            break;
        default:
            result = -1;
        }
    }
    return result;
}

void border_lay(int kind, const double *picture, int h, int w, int top, int bottom, int left,
                int right, double *large)
{
    int i, j, row, column;

    for (i = -top; i < h + bottom; i++) {
        row = border_place(kind, i, h);
        for (j = -left; j < w + right; j++) {
            column = border_place(kind, j, w);
            *large++ = row < 0 || column < 0 ? 0.0 : picture[row * w + column];
        }
    }
}

void border_fold(int kind, double *picture, int h, int w, int top, int bottom, int left, int right,
                 const double *large)
{
    int i, j, row, column;

    for (i = 0; i < h * w; i++)
        picture[i] = 0.0;
    for (i = -top; i < h + bottom; i++) {
        row = border_place(kind, i, h);
        for (j = -left; j < w + right; j++, large++) {
            column = border_place(kind, j, w);
            if (row >= 0 && column >= 0)
                picture[row * w + column] += *large;
        }
    }
}

void plane_add(const double *in, int width, const double *k, int kh, int kw, int s, int d,
               double *out, int oh, int ow)
{
    int i, j, u, v;
    double sum;

    for (i = 0; i < oh; i++)
        for (j = 0; j < ow; j++) {
            sum = 0.0;
            for (v = 0; v < kw; v++)
                for (u = 0; u < kh; u++)
                    sum += in[(i * s + u * d) * width + j * s + v * d] * k[u * kw + v];
            out[i * ow + j] += sum;
        }
}

void plane_back(double *din, const double *in, int width, double *dk, const double *k, int kh,
                int kw, int s, int d, const double *out, int oh, int ow)
{
    int i, j, u, v, at;

    for (j = 0; j < ow; j++)
        for (i = 0; i < oh; i++)
            for (u = 0; u < kh; u++)
                for (v = 0; v < kw; v++) {
                    at = (i * s + u * d) * width + j * s + v * d;
                    din[at] += out[i * ow + j] * k[u * kw + v];
                    dk[u * kw + v] += out[i * ow + j] * in[at];
                }
}
