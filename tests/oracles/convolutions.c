/* Problems 3 to 5 of the reference, called as golden data asks: convolution and its gradients,
 * transposed convolution, sizes and fields, pooling.  The fast convolution is held against the same
 * data. */
#include "operations.h"

#include "fast_convolution.h"
#include "reference.h"

/* --- Transposed convolution --- */

static void run_recover_filter(const struct golden *g) {
    tensor *w = tensor_new(SHAPE(golden_int(g, "size")));
    golden_expect_int(g, "result",
                      REF(recover_filter)(golden_tensor(g, "x"), golden_tensor(g, "y"), w));
    /* Two ways to solve equations of small whole numbers: a few digits may go. */
    if (golden_wants(g, "w"))
        golden_expect_within(g, "w", w, 1e-10);
}

static void run_conv_transpose1d(const struct golden *g) {
    tensor *y = golden_output(g, "y");
    golden_expect_int(g, "result",
                      REF(conv_transpose1d)(golden_tensor(g, "x"), golden_tensor(g, "w"),
                                            golden_int(g, "stride"), golden_int(g, "padding"), y));
    golden_expect(g, "y", y);
}

static void run_conv_transpose2d(const struct golden *g) {
    tensor *y = golden_output(g, "y");
    golden_expect_int(g, "result",
                      REF(conv_transpose2d)(golden_tensor(g, "x"), golden_tensor(g, "w"),
                                            golden_int(g, "stride"), golden_int(g, "padding"), y));
    golden_expect(g, "y", y);
}

/* --- Sizes and fields --- */

static void run_conv_size(const struct golden *g) {
    golden_expect_int(g, "result",
                      REF(conv_size)(golden_int(g, "in"), golden_int(g, "size"),
                                     golden_int(g, "stride"), golden_int(g, "padding"),
                                     golden_int(g, "dilation")));
}

static void run_conv_shape(const struct golden *g) {
    ints *y = ints_new(SHAPE(4));
    golden_expect_int(g, "result",
                      REF(conv_shape)(golden_ints(g, "x"), golden_ints(g, "w"),
                                      golden_int(g, "stride"), golden_int(g, "padding"),
                                      golden_int(g, "dilation"), y));
    if (golden_wants(g, "y"))
        golden_expect_ints(g, "y", y);
}

static void run_receptive_field(const struct golden *g) {
    golden_expect_int(g, "result", REF(receptive_field)(golden_ints(g, "layers")));
}

/* --- Convolution --- */

typedef int layer(const tensor *x, const tensor *w, const tensor *b, int stride, int padding,
                  int dilation, tensor *y);
typedef int layer_back(const tensor *x, const tensor *w, const tensor *dy, int stride, int padding,
                       int dilation, tensor *dx, tensor *dw, tensor *db);

static void run_conv2d(const struct golden *g) {
    layer *const ways[] = {REF(conv2d), fast_conv2d};
    for (int i = 0; i < 2; i++) {
        tensor *y = golden_output(g, "y");
        golden_expect_int(g, "result",
                          ways[i](golden_tensor(g, "x"), golden_tensor(g, "w"),
                                  golden_tensor(g, "b"), golden_int(g, "stride"),
                                  golden_int(g, "padding"), golden_int(g, "dilation"), y));
        golden_expect(g, "y", y);
    }
}

static void run_conv2d_backward(const struct golden *g) {
    layer_back *const ways[] = {REF(conv2d_backward), fast_conv2d_backward};
    for (int i = 0; i < 2; i++) {
        tensor *dx = golden_output(g, "dx"), *dw = golden_output(g, "dw");
        tensor *db = golden_output(g, "db");
        golden_expect_int(g, "result",
                          ways[i](golden_tensor(g, "x"), golden_tensor(g, "w"),
                                  golden_tensor(g, "dy"), golden_int(g, "stride"),
                                  golden_int(g, "padding"), golden_int(g, "dilation"), dx, dw, db));
        golden_expect(g, "dx", dx);
        golden_expect(g, "dw", dw);
        golden_expect(g, "db", db);
    }
}

/* --- Pooling --- */

typedef int pooling(const tensor *x, int k, int stride, tensor *y);

static void run_pool(const struct golden *g, pooling *pool) {
    tensor *y = golden_output(g, "y");
    golden_expect_int(g, "result",
                      pool(golden_tensor(g, "x"), golden_int(g, "k"), golden_int(g, "stride"), y));
    golden_expect(g, "y", y);
}

static void run_max_pool(const struct golden *g) {
    run_pool(g, REF(max_pool));
}

static void run_average_pool(const struct golden *g) {
    run_pool(g, REF(average_pool));
}

static void run_max_pool_backward(const struct golden *g) {
    tensor *dx = golden_output(g, "dx");
    golden_expect_int(g, "result",
                      REF(max_pool_backward)(golden_tensor(g, "x"), golden_tensor(g, "dy"),
                                             golden_int(g, "k"), golden_int(g, "stride"), dx));
    golden_expect(g, "dx", dx);
}

static void run_average_pool_backward(const struct golden *g) {
    tensor *dx = golden_output(g, "dx");
    golden_expect_int(g, "result",
                      REF(average_pool_backward)(golden_tensor(g, "dy"), golden_int(g, "k"),
                                                 golden_int(g, "stride"), dx));
    golden_expect(g, "dx", dx);
}

const struct golden_operation convolution_operations[] = {
    {"recover_filter", run_recover_filter},
    {"conv_transpose1d", run_conv_transpose1d},
    {"conv_transpose2d", run_conv_transpose2d},
    {"conv_size", run_conv_size},
    {"conv_shape", run_conv_shape},
    {"receptive_field", run_receptive_field},
    {"conv2d", run_conv2d},
    {"conv2d_backward", run_conv2d_backward},
    {"max_pool", run_max_pool},
    {"max_pool_backward", run_max_pool_backward},
    {"average_pool", run_average_pool},
    {"average_pool_backward", run_average_pool_backward},
    {NULL, NULL},
};
