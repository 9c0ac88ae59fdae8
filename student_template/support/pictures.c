/* Draws the test picture of problem 1 and what should become of it (pictures.h).  Knows this one
 * picture; not how a student filters it.
 *
 * All arithmetic is on whole numbers until the last division by a power of two, so that a compiler
 * cannot make another picture of it. */
#include "pictures.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- The picture, in units of which it has 96 by 128 --- */

enum { DARK = 16, LIGHT = 240 };

/* A rectangle: rows top ... bottom - 1, columns left ... right - 1. */
struct plate {
    int top, left, bottom, right;
};

static bool inside(const struct plate *p, int row, int column) {
    return row >= p->top && row < p->bottom && column >= p->left && column < p->right;
}

/* Letters as strokes, two units thick. */
static const char *const LETTERS[7] = {
    "##### ### #     ##### ##### ####   ###",  "#      #  #       #   #     #   # #   #",
    "#      #  #       #   #     #   # #    ", "####   #  #       #   ####  ####   ### ",
    "#      #  #       #   #     # #       #", "#      #  #       #   #     #  #  #   #",
    "#     ### #####   #   ##### #   #  ### ",
};
static const struct plate PAPER = {48, 5, 70, 91}, WRITING = {52, 9, 66, 87};
static const struct plate CHESS = {8, 88, 40, 120}, NOISE = {52, 100, 96, 128};
static const struct plate RAMP = {76, 5, 83, 91}, STAIRS = {83, 5, 90, 91};

/* The same number for the same place always, without a pattern that an eye could see. */
static int noise_at(int row, int column) {
    uint64_t z = ((uint64_t)row << 32 | (uint64_t)column) * 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return 64 + (int)((z ^ z >> 31) & 0x7f);
}

/* Discs and a diamond; -1 where there is none.  `i`, `j` in pixels, `scale` of them a unit. */
static int shape_grey(int i, int j, int scale) {
    int down = i - 26 * scale, across = j - 24 * scale, distance = down * down + across * across;
    if (distance <= 8 * 8 * scale * scale)
        return DARK;
    if (distance <= 20 * 20 * scale * scale)
        return LIGHT;
    if (abs(i - 24 * scale) + abs(j - 66 * scale) <= 17 * scale)
        return DARK + 24;
    return -1;
}

static int grey_at(int i, int j, int scale) {
    int row = i / scale, column = j / scale, drawn = shape_grey(i, j, scale);
    if (drawn >= 0)
        return drawn;
    if (inside(&WRITING, row, column))
        return LETTERS[(row - WRITING.top) / 2][(column - WRITING.left) / 2] == '#' ? DARK : LIGHT;
    if (inside(&PAPER, row, column))
        return LIGHT;
    if (inside(&CHESS, row, column)) { /* finer in its lower half */
        int cell = row < (CHESS.top + CHESS.bottom) / 2 ? 8 : 4;
        return ((row - CHESS.top) / cell + (column - CHESS.left) / cell) % 2 ? DARK : LIGHT;
    }
    if (inside(&NOISE, row, column))
        return noise_at(i, j);
    if (inside(&RAMP, row, column))
        return DARK + (LIGHT - DARK) * (j - RAMP.left * scale) / ((RAMP.right - RAMP.left) * scale);
    if (inside(&STAIRS, row, column))
        return DARK + 28 * (8 * (column - STAIRS.left) / (STAIRS.right - STAIRS.left));
    return 80 + (64 * i + 48 * j) / (PICTURES_HEIGHT * scale); /* brighter to the lower right */
}

tensor *pictures_draw(int scale) {
    tensor *picture = tensor_new(SHAPE(PICTURES_HEIGHT * scale, PICTURES_WIDTH * scale));
    int columns = picture->dim[1];
    for (int i = 0; i < picture->dim[0]; i++)
        for (int j = 0; j < columns; j++)
            picture->at[i * columns + j] = grey_at(i, j, scale) / 256.0;
    return picture;
}

/* --- What should become of it --- */

/* A row or a column of a picture: `count` numbers, each `step` after the one before. */
struct line {
    double *at;
    int count, step;
};

static double *line_at(const struct line *l, int index) {
    return &l->at[(int64_t)index * l->step];
}

/* The line between two mirror images of itself, and its sums from the start: what lies in a window
 * is the difference of two of them.  `sums` has room for 3 count + 1. */
static void sum_windows(const struct line *from, const struct line *to, int size, double *sums) {
    int count = from->count;
    sums[0] = 0;
    for (int i = 0; i < 3 * count; i++) {
        int within = i % count;
        bool mirrored = i / count != 1;
        sums[i + 1] = sums[i] + *line_at(from, mirrored ? count - 1 - within : within);
    }
    for (int i = 0; i < count; i++) {
        int end = count + i + size / 2 + 1;
        *line_at(to, i) = sums[end] - sums[end - size];
    }
}

tensor *pictures_blurred(const tensor *picture, int size) {
    int rows = picture->dim[0], columns = picture->dim[1];
    tensor *across = tensor_like(picture), *both = tensor_like(picture);
    tensor *sums = tensor_new(SHAPE(3 * (rows > columns ? rows : columns) + 1));
    for (int i = 0; i < rows; i++) {
        int64_t start = (int64_t)i * columns;
        sum_windows(&(struct line){picture->at + start, columns, 1},
                    &(struct line){across->at + start, columns, 1}, size, sums->at);
    }
    for (int j = 0; j < columns; j++)
        sum_windows(&(struct line){across->at + j, rows, columns},
                    &(struct line){both->at + j, rows, columns}, size, sums->at);
    for (int64_t i = 0; i < tensor_count(both); i++)
        both->at[i] /= (double)size * size;
    return both;
}

/* Each step from a number to the next one lifts the first and lowers the second; beyond the ends of
 * the line there is no step. */
static void add_second_differences(const struct line *from, const struct line *to) {
    for (int i = 0; i + 1 < from->count; i++) {
        double step = *line_at(from, i + 1) - *line_at(from, i);
        *line_at(to, i) += step;
        *line_at(to, i + 1) -= step;
    }
}

tensor *pictures_edges(const tensor *picture) {
    int rows = picture->dim[0], columns = picture->dim[1];
    tensor *edges = tensor_scaled(picture, 0);
    for (int i = 0; i < rows; i++) {
        int64_t start = (int64_t)i * columns;
        add_second_differences(&(struct line){picture->at + start, columns, 1},
                               &(struct line){edges->at + start, columns, 1});
    }
    for (int j = 0; j < columns; j++)
        add_second_differences(&(struct line){picture->at + j, rows, columns},
                               &(struct line){edges->at + j, rows, columns});
    return edges;
}

/* --- Side by side --- */

enum { GAP = 4 };

/* NaN counts as the largest difference there can be. */
static double difference_at(const tensor *right, const tensor *yours, int64_t i) {
    double difference = fabs(right->at[i] - yours->at[i]);
    return isnan(difference) ? INFINITY : difference;
}

static double largest_difference(const tensor *right, const tensor *yours) {
    double largest = 0;
    for (int64_t i = 0; i < tensor_count(right); i++)
        largest = fmax(largest, difference_at(right, yours, i));
    return largest;
}

bool pictures_agree(const tensor *right, const tensor *yours) {
    return largest_difference(right, yours) <= 1e-3 / 256;
}

tensor *pictures_beside(const tensor *right, const tensor *yours) {
    int rows = right->dim[0], columns = right->dim[1], step = columns + GAP;
    double largest = largest_difference(right, yours);
    tensor *all = tensor_filled(SHAPE(rows, step + step + columns), 1);
    for (int i = 0; i < rows; i++)
        for (int j = 0; j < columns; j++) {
            int64_t from = (int64_t)i * columns + j;
            double *to = &all->at[(int64_t)i * all->dim[1] + j];
            double difference = difference_at(right, yours, from);
            to[0] = fabs(right->at[from]);
            to[step] = fabs(yours->at[from]);
            to[step + step] = difference < largest ? difference / largest : largest > 0;
        }
    return all;
}
