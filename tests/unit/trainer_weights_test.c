/* What a training begins with, by its statistics and to the bit. */
#include "unit.h"

#include "scripted_engine.h"
#include "trainer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* Of all weights and copies of seed 1, as bytes of a little-endian machine. */
#define WEIGHTS_1 1724332378U

static struct scripted *script;
static struct trainer *trainer;

static void begin(uint64_t seed) {
    struct trouble t = {TROUBLE_NONE};
    const struct trainer_order order = {
        .network = {{1, 1, 1, 1}, .width = 16, .classes = 10, .height = 32, .width_pixels = 32},
        .batch = 2,
        .parts = 2,
        .step = {.optimiser = STEP_ADAM},
        .numbers = NUMBERS_BF16,
        .record = {3, 32, 32},
        .seed = seed};
    script = scripted_open();
    trainer = trainer_open(&script->engine, &order, &t);
    ck_assert_msg(trainer != NULL, "%s", t.words);
}
static void begin_one(void) {
    begin(1);
}
static void end(void) {
    trainer_close(trainer);
    scripted_close(script);
}

/* Where the layer's tensor lies, or NULL. */
static const void *find(enum step_kind kind, int layer) {
    const struct step *s = script->order->step;
    for (int i = 0; i < s->tensor_count; i++)
        if (s->tensors[i].kind == kind && s->tensors[i].layer == layer)
            return script->memory + script->order->arena->offset[i];
    return NULL;
}

static uLong checksum(void) {
    const struct resnet *net = trainer_network(trainer);
    uLong sum = crc32(0, NULL, 0);
    for (int i = 0; i < net->layer_count; i++) {
        uInt count = (uInt)resnet_layer_parameters(net, i);
        const void *weights = find(STEP_WEIGHTS, i), *copy = find(STEP_COPY, i);
        sum = weights ? crc32(sum, weights, 4 * count) : sum;
        sum = copy ? crc32(sum, copy, 2 * count) : sum;
    }
    return sum;
}

START_TEST(convolutions_are_normal_by_what_they_put_out) {
    const struct resnet *net = trainer_network(trainer);
    int convolutions = 0;
    for (int i = 0; i < net->layer_count; i++) {
        const struct layer *l = &net->layers[i];
        if (l->kind != LAYER_CONV)
            continue;
        const float *weights = find(STEP_WEIGHTS, i);
        int64_t count = resnet_layer_parameters(net, i);
        double n = (double)count, wanted = sqrt(2.0 / (l->channels * l->kernel * l->kernel));
        double sum = 0, squares = 0, fourths = 0, near = 0;
        for (int64_t k = 0; k < count; k++) {
            double z = (double)weights[k] / wanted;
            sum += z;
            squares += z * z;
            fourths += z * z * z * z;
            near += fabs(z) < 1;
        }
        /* Five deviations of what such sums come to. */
        ck_assert_double_lt(fabs(sum / n), 5 / sqrt(n));
        ck_assert_double_lt(fabs(squares / n - 1), 5 * sqrt(2 / n));
        ck_assert_double_lt(fabs(fourths / n - 3), 5 * sqrt(96 / n));
        ck_assert_double_lt(fabs(near / n - 0.682689), 5 * sqrt(0.2166 / n));
        convolutions++;
    }
    ck_assert_int_eq(convolutions, 1 + 8 + 3);
}
END_TEST

START_TEST(norms_change_nothing_and_have_seen_nothing) {
    const struct resnet *net = trainer_network(trainer);
    for (int i = 0; i < net->layer_count; i++) {
        if (net->layers[i].kind != LAYER_NORM)
            continue;
        const float *weights = find(STEP_WEIGHTS, i), *running = find(STEP_RUNNING, i);
        int channels = net->layers[i].channels;
        for (int c = 0; c < channels; c++) {
            ck_assert_float_eq(weights[c], 1);
            ck_assert_float_eq(weights[channels + c], 0);
            ck_assert_float_eq(running[c], 0);
            ck_assert_float_eq(running[channels + c], 1);
        }
        int64_t batches;
        memcpy(&batches, running + (ptrdiff_t)2 * channels, sizeof batches);
        ck_assert_int_eq(batches, 0);
    }
}
END_TEST

START_TEST(the_last_layer_is_uniform) {
    const struct resnet *net = trainer_network(trainer);
    int last = net->layer_count - 1;
    const float *weights = find(STEP_WEIGHTS, last);
    int64_t count = resnet_layer_parameters(net, last);
    ck_assert_int_eq(count, 10 * (128 + 1));
    double bound = 1 / sqrt(128), most = 0, sum = 0, squares = 0;
    for (int64_t i = 0; i < count; i++) {
        most = fmax(most, fabs((double)weights[i]));
        sum += (double)weights[i];
        squares += (double)weights[i] * (double)weights[i];
    }
    ck_assert_double_le(most, (double)(float)bound);
    ck_assert_double_gt(most, 0.98 * bound);
    ck_assert_double_lt(fabs(sum / (double)count), 5 * bound / sqrt(3.0 * (double)count));
    ck_assert_double_eq_tol(squares / (double)count, bound * bound / 3, 0.1 * bound * bound);
    for (int i = 0; i < 10; i++) /* biases */
        ck_assert_float_ne(weights[count - 1 - i], 0);
}
END_TEST

START_TEST(copies_are_the_nearest_of_sixteen_bits) {
    const struct resnet *net = trainer_network(trainer);
    int copies = 0;
    for (int i = 0; i < net->layer_count; i++) {
        const float *weights = find(STEP_WEIGHTS, i);
        const uint16_t *copy = find(STEP_COPY, i);
        for (int64_t k = 0; copy && k < resnet_layer_parameters(net, i); k++) {
            float back, beyond;
            uint32_t bits = (uint32_t)copy[k] << 16, next;
            memcpy(&back, &bits, sizeof back);
            /* Half of the distance to its neighbour is the most that may be lost. */
            next = bits + 0x10000;
            memcpy(&beyond, &next, sizeof beyond);
            ck_assert_float_le(fabsf(weights[k] - back), fabsf(beyond - back) / 2);
        }
        copies += copy != NULL;
    }
    ck_assert_int_eq(copies, 1 + 8 + 3 + 1);
}
END_TEST

START_TEST(states_and_gathered_gradients_are_nothing) {
    const struct resnet *net = trainer_network(trainer);
    int layers = 0;
    for (int i = 0; i < net->layer_count; i++) {
        const float *state = find(STEP_STATE, i), *gradient = find(STEP_GRADIENT, i);
        for (int64_t k = 0; state && k < resnet_layer_parameters(net, i); k++) {
            ck_assert_float_eq(state[2 * k], 0);
            ck_assert_float_eq(state[2 * k + 1], 0);
            ck_assert_float_eq(gradient[k], 0);
        }
        layers += state && gradient;
    }
    ck_assert_int_eq(layers, 2 * (1 + 8 + 3) + 1);
}
END_TEST

START_TEST(a_seed_gives_the_same_weights_everywhere) {
    ck_assert_uint_eq(checksum(), WEIGHTS_1);
    end();
    begin(2);
    ck_assert_uint_ne(checksum(), WEIGHTS_1);
}
END_TEST

START_TEST(layers_are_unlike_each_other) {
    const struct resnet *net = trainer_network(trainer);
    const float *first = NULL;
    for (int i = 0; i < net->layer_count; i++) {
        const struct layer *l = &net->layers[i];
        if (l->kind != LAYER_CONV || l->channels != 16 || l->kernel != 3)
            continue;
        const float *weights = find(STEP_WEIGHTS, i);
        if (first)
            ck_assert_float_ne(first[0], weights[0]);
        first = weights;
    }
    ck_assert_ptr_nonnull(first);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("trainer's weights");
    TCase *c = tcase_create("weights");
    tcase_add_checked_fixture(c, begin_one, end);
    tcase_set_timeout(c, 60);
    tcase_add_test(c, convolutions_are_normal_by_what_they_put_out);
    tcase_add_test(c, norms_change_nothing_and_have_seen_nothing);
    tcase_add_test(c, the_last_layer_is_uniform);
    tcase_add_test(c, copies_are_the_nearest_of_sixteen_bits);
    tcase_add_test(c, states_and_gathered_gradients_are_nothing);
    tcase_add_test(c, a_seed_gives_the_same_weights_everywhere);
    tcase_add_test(c, layers_are_unlike_each_other);
    suite_add_tcase(suite, c);
    return unit_run(suite);
}
