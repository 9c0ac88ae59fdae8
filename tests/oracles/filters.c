/* Problem 1 of the reference, called as golden data asks: filters over a picture. */
#include "operations.h"

#include "reference.h"

static void expect_filtered(const struct golden *g, const tensor *w) {
    tensor *y = golden_output(g, "y");
    REF(filter_image)(golden_tensor(g, "image"), w, y);
    golden_expect(g, "y", y);
}

static void run_filter_image(const struct golden *g) {
    expect_filtered(g, golden_tensor(g, "w"));
}

static void run_averaging(const struct golden *g) {
    int k = golden_int(g, "k");
    tensor *w = tensor_new(SHAPE(k, k));
    REF(averaging_filter)(w);
    expect_filtered(g, w);
}

static void run_laplacian(const struct golden *g) {
    tensor *w = tensor_new(SHAPE(3, 3));
    REF(laplacian_filter)(w);
    expect_filtered(g, w);
}

const struct golden_operation picture_operations[] = {
    {"filter_image", run_filter_image},
    {"averaging", run_averaging},
    {"laplacian", run_laplacian},
    {NULL, NULL},
};
