/* Problem 2 of the reference, called as golden data asks: counts, tables, convolution on a torus.
 */
#include "operations.h"

#include "reference.h"

#include <check.h>
#include <string.h>

/* --- Counts --- */

static void run_conv_parameters(const struct golden *g) {
    golden_expect_int(
        g, "result",
        REF(conv_parameters)(golden_int(g, "k"), golden_int(g, "c"), golden_int(g, "f")));
}

static void run_pool_size(const struct golden *g) {
    golden_expect_int(g, "result",
                      REF(pool_size)(golden_int(g, "in"), golden_int(g, "k"), golden_int(g, "s")));
}

/* --- Tables --- */

static int64_t find_kind(const char *name) {
    static const struct {
        const char *name;
        int64_t kind;
    } kinds[] = {{"conv", NET_CONV},
                 {"pool", NET_POOL},
                 {"flatten", NET_FLATTEN},
                 {"connected", NET_CONNECTED}};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (name && !strcmp(name, kinds[i].name))
            return kinds[i].kind;
    ck_abort_msg("no such layer: %s", name ? name : "without a kind");
    return -1;
}

/* Layers as the homework lists them; numbers that a layer has no use for are 0. */
static ints *read_layers(const struct golden *g) {
    static const struct {
        const char *name;
        int column;
    } columns[] = {{"kernel", NET_KERNEL},
                   {"stride", NET_STRIDE},
                   {"padding", NET_PADDING},
                   {"filters", NET_FILTERS}};
    const cJSON *list = cJSON_GetObjectItem(g->given, "layers"), *layer;
    ints *layers = ints_new(SHAPE(cJSON_GetArraySize(list), NET_COLUMNS));
    memset(layers->at, 0, (size_t)ints_count(layers) * sizeof *layers->at);
    int64_t *row = layers->at;
    cJSON_ArrayForEach(layer, list) {
        row[NET_KIND] = find_kind(cJSON_GetStringValue(cJSON_GetObjectItem(layer, "kind")));
        for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
            const cJSON *number = cJSON_GetObjectItem(layer, columns[i].name);
            row[columns[i].column] = number ? number->valueint : 0;
        }
        row += NET_COLUMNS;
    }
    return layers;
}

/* In the homework's order: channels, height, width. */
static ints *read_input(const struct golden *g) {
    const ints *size = golden_ints(g, "input");
    ints *input = ints_new(SHAPE(3));
    input->at[INPUT_CHANNELS] = size->at[0];
    input->at[INPUT_HEIGHT] = size->at[1];
    input->at[INPUT_WIDTH] = size->at[2];
    return input;
}

static void run_multiply_adds(const struct golden *g) {
    golden_expect_int(g, "result", REF(multiply_adds)(read_input(g), read_layers(g)));
}

/* The file's columns: parameters, channels, height, width, numbers. */
static void run_network_table(const struct golden *g) {
    static const int columns[TABLE_COLUMNS] = {TABLE_PARAMETERS, TABLE_CHANNELS, TABLE_HEIGHT,
                                               TABLE_WIDTH, TABLE_SIZE};
    const ints *layers = read_layers(g);
    ints *rows = ints_new(SHAPE(layers->dim[0] + 1, TABLE_COLUMNS));
    golden_expect_int(g, "result", REF(network_table)(read_input(g), layers, rows));
    if (!golden_wants(g, "rows"))
        return;
    ints *ordered = golden_output_ints(g, "rows");
    for (int64_t i = 0; i < ints_count(ordered); i++)
        ordered->at[i] = rows->at[i / TABLE_COLUMNS * TABLE_COLUMNS + columns[i % TABLE_COLUMNS]];
    golden_expect_ints(g, "rows", ordered);
}

/* --- On a torus --- */

static void run_cyclic_conv2d(const struct golden *g) {
    tensor *y = golden_output(g, "y");
    REF(cyclic_conv2d)(golden_tensor(g, "x"), golden_tensor(g, "w"), golden_tensor(g, "b"), y);
    golden_expect(g, "y", y);
}

const struct golden_operation dimension_operations[] = {
    {"conv_parameters", run_conv_parameters}, {"pool_size", run_pool_size},
    {"multiply_adds", run_multiply_adds},     {"network_table", run_network_table},
    {"cyclic_conv2d", run_cyclic_conv2d},     {NULL, NULL},
};
