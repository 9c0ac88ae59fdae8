/* The data set of problem 6: small grey pictures with an edge somewhere, drawn from a seed.  Knows
 * how they are drawn (the edge-detection notebook of EECS 182 homework 4); not who learns them.
 *
 * A picture is EDGES_SIDE x EDGES_SIDE, one channel, row-major, numbers in [0, 1] that are whole
 * multiples of 1/255.  The same seed gives the same pictures on every machine. */
#ifndef EDGES_H
#define EDGES_H

#include <stdbool.h>
#include <stdint.h>

enum { EDGES_SIDE = 28, EDGES_PIXELS = EDGES_SIDE * EDGES_SIDE };

/* Labels, in the order of the classes.  With three classes: horizontal, vertical, none. */
enum { EDGES_THREE = 3, EDGES_FIVE = 5 };

/* Where an edge may start: anywhere, or (domain shift) only in one half of the picture. */
enum edges_place { EDGES_ANYWHERE, EDGES_FIRST_HALF, EDGES_SECOND_HALF };

struct edges_recipe {
    int classes; /* EDGES_THREE, or EDGES_FIVE: horizontal, vertical, diagonal, both, none */
    enum edges_place place;
    uint64_t permutation; /* 0: pixels stay where they are; else the seed of one permutation of
                             them, the same for every picture */
};

struct edges {
    int count, classes;
    float *pixels; /* count x EDGES_PIXELS */
    int *labels;   /* count: 0 ... classes - 1; per_class of each */
};

/* per_class >= 1 pictures of each class, class after class.  The caller frees with edges_free. */
struct edges *edges_make(const struct edges_recipe *recipe, int per_class, uint64_t seed);
void edges_free(struct edges *e);
/* "horizontal", ... */
const char *edges_class_name(int classes, int label);

#endif
