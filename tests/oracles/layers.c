/* Problem 6 of the reference, called as golden data asks: layers, loss and optimisers. */
#include "operations.h"

#include "reference.h"

/* --- Layers --- */

static void run_linear(const struct golden *g) {
    tensor *y = golden_output(g, "y");
    REF(linear)(golden_tensor(g, "x"), golden_tensor(g, "w"), golden_tensor(g, "b"), y);
    golden_expect(g, "y", y);
}

static void run_linear_backward(const struct golden *g) {
    tensor *dx = golden_output(g, "dx"), *dw = golden_output(g, "dw"), *db = golden_output(g, "db");
    REF(linear_backward)
    (golden_tensor(g, "x"), golden_tensor(g, "w"), golden_tensor(g, "dy"), dx, dw, db);
    golden_expect(g, "dx", dx);
    golden_expect(g, "dw", dw);
    golden_expect(g, "db", db);
}

static void run_relu(const struct golden *g) {
    tensor *y = golden_output(g, "y");
    REF(relu)(golden_tensor(g, "x"), y);
    golden_expect(g, "y", y);
}

static void run_relu_backward(const struct golden *g) {
    tensor *dx = golden_output(g, "dx");
    REF(relu_backward)(golden_tensor(g, "x"), golden_tensor(g, "dy"), dx);
    golden_expect(g, "dx", dx);
}

static void run_global_average(const struct golden *g) {
    tensor *y = golden_output(g, "y");
    REF(global_average)(golden_tensor(g, "x"), y);
    golden_expect(g, "y", y);
}

static void run_global_average_backward(const struct golden *g) {
    tensor *dx = golden_output(g, "dx");
    REF(global_average_backward)(golden_tensor(g, "dy"), dx);
    golden_expect(g, "dx", dx);
}

static void run_reflect_conv2d(const struct golden *g) {
    tensor *y = golden_output(g, "y");
    golden_expect_int(g, "result",
                      REF(reflect_conv2d)(golden_tensor(g, "x"), golden_tensor(g, "w"),
                                          golden_tensor(g, "b"), y));
    golden_expect(g, "y", y);
}

static void run_reflect_conv2d_backward(const struct golden *g) {
    tensor *dx = golden_output(g, "dx"), *dw = golden_output(g, "dw"), *db = golden_output(g, "db");
    golden_expect_int(g, "result",
                      REF(reflect_conv2d_backward)(golden_tensor(g, "x"), golden_tensor(g, "w"),
                                                   golden_tensor(g, "dy"), dx, dw, db));
    golden_expect(g, "dx", dx);
    golden_expect(g, "dw", dw);
    golden_expect(g, "db", db);
}

/* --- Loss --- */

static void run_softmax_cross_entropy(const struct golden *g) {
    tensor *dz = golden_output(g, "dz");
    double loss = REF(softmax_cross_entropy)(golden_tensor(g, "z"), golden_ints(g, "labels"), dz);
    golden_expect_real(g, "loss", loss);
    golden_expect(g, "dz", dz);
}

/* --- Optimisers --- */

/* The gradient of one step, a row of "g", in the shape of w. */
static tensor *read_gradient(const struct golden *g, const tensor *w, int step) {
    const tensor *all = golden_tensor(g, "g");
    tensor *gradient = tensor_like(w);
    for (int64_t i = 0, n = tensor_count(w); i < n; i++)
        gradient->at[i] = all->at[step * n + i];
    return gradient;
}

static void run_sgd_step(const struct golden *g) {
    tensor *w = golden_tensor(g, "w");
    for (int step = 0; step < golden_int(g, "steps"); step++)
        REF(sgd_step)(w, read_gradient(g, w, step), golden_real(g, "rate"));
    golden_expect(g, "w", w);
}

static void run_momentum_step(const struct golden *g) {
    tensor *w = golden_tensor(g, "w"), *v = golden_tensor(g, "v");
    for (int step = 0; step < golden_int(g, "steps"); step++)
        REF(momentum_step)
    (w, v, read_gradient(g, w, step), golden_real(g, "rate"), golden_real(g, "mu"));
    golden_expect(g, "w", w);
    golden_expect(g, "v", v);
}

const struct golden_operation layer_operations[] = {
    {"linear", run_linear},
    {"linear_backward", run_linear_backward},
    {"relu", run_relu},
    {"relu_backward", run_relu_backward},
    {"global_average", run_global_average},
    {"global_average_backward", run_global_average_backward},
    {"reflect_conv2d", run_reflect_conv2d},
    {"reflect_conv2d_backward", run_reflect_conv2d_backward},
    {"softmax_cross_entropy", run_softmax_cross_entropy},
    {"sgd_step", run_sgd_step},
    {"momentum_step", run_momentum_step},
    {NULL, NULL},
};
