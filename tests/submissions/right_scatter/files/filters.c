#include "loops.h"

void averaging_filter(tensor *w) {
    double left = 1;
    int64_t n = tensor_count(w);
    ALL(i, w) { /* each takes its share of what is left */
        w->at[i] = left / (double)(n - i);
        left -= w->at[i];
    }
    ALL(i, w)
        w->at[i] = w->at[0];
}

void laplacian_filter(tensor *w) {
    static const signed char steps[5][2] = {{-1, 0}, {1, 0}, {0, -1}, {0, 1}, {0, 0}};
    ZERO(w);
    UPTO(s, 5)
        w->at[3 * (1 + steps[s][0]) + 1 + steps[s][1]] += s < 4 ? 1 : -4;
}

/* The next place on the way through a mirrored line: 0 1 2 2 1 0 0 1 ... */
static void go_on(int *place, int *step, int size) {
    int next = *place + *step;
    if (next < 0 || next >= size)
        *step = -*step;
    else
        *place = next;
}

/* From place 0 to the place `far` away, either way; then looks to the right. */
static void walk(int far, int size, int *place, int *step) {
    *place = 0;
    *step = far < 0 ? -1 : 1;
    for (int i = 0; i < (far < 0 ? -far : far); i++)
        go_on(place, step, size);
    if (far < 0)
        *step = -*step;
}

/* Walks through the mirrored picture, once for each element of the filter, and sends each pixel
 * that is met to its output: y[i] gets w[u] x[i + KH / 2 - u]. */
void filter_image(const tensor *image, const tensor *w, tensor *y) {
    int kh = w->dim[0], kw = w->dim[1], height = image->dim[0], width = image->dim[1];
    ZERO(y);
    UPTO(u, kh) UPTO(v, kw) {
        int row, down, column, along;
        walk(kh / 2 - u, height, &row, &down);
        UPTO(i, height) {
            walk(kw / 2 - v, width, &column, &along);
            UPTO(j, width) {
                y->at[i * width + j] += w->at[u * kw + v] * image->at[row * width + column];
                go_on(&column, &along, width);
            }
            go_on(&row, &down, height);
        }
    }
}
