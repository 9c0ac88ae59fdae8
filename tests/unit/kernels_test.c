/* The insides of kernels, run on the host in loops over blocks and threads, against the CPU's
 * operations; and what is decided before a kernel starts, for networks larger than that. */
#include "unit.h"

#include "cpu_work.h"
#include "draws.h"
#include "kernels.h"
#include "kernels_loops.h"
#include "twins.h"

#include <stdlib.h>

static const struct shape {
    int64_t batch;
    struct map map;
} shapes[] = {{1, {3, 5, 7}},    {5, {3, 31, 29}},  {5, {8, 9, 6}},      {1, {8, 1, 1}},
              {5, {10, 4, 4}},   {1, {10, 13, 11}}, {5, {64, 20, 21}},   {1, {64, 1, 2}},
              {1, {64, 56, 56}}, {5, {100, 7, 5}},  {1, {2048, 7, 7}},   {5, {2048, 1, 1}},
              {5, {24, 9, 9}},   {4, {260, 3, 3}},  {1, {2046, 23, 23}}, {9, {8, 100, 100}}};
enum { SHAPES = sizeof shapes / sizeof *shapes };
static const enum numbers widths[] = {NUMBERS_FP32, NUMBERS_BF16};

/* Scratch is poisoned, and no larger than was asked for. */
static void give_scratch(struct twins *t) {
    struct resnet *net = calloc(1, sizeof *net);
    if (t->layer.kind == LAYER_NORM && t->numbers.kind != OPERATION_UPDATE) {
        net->layer_count = 1;
        net->layers[0] = t->layer;
        int64_t bytes = kernels_workspace(net, t->numbers.batch);
        ck_assert_int_eq(
            posix_memalign(&t->numbers.at[ROLE_WORKSPACE], ARENA_ALIGNMENT, (size_t)bytes), 0);
        memset(t->numbers.at[ROLE_WORKSPACE], 0xff, (size_t)bytes);
    }
    free(net);
}

static void run_both(struct twins *t) {
    struct trouble trouble = {TROUBLE_NONE};
    ck_assert_msg(cpu_work(&t->floats, &trouble), "%s", trouble.words);
    give_scratch(t);
    kernels_loops_run(&t->numbers);
    free(t->numbers.at[ROLE_WORKSPACE]);
}

/* In both widths. */
static void agree(struct twins_order order) {
    for (int i = 0; i < 2; i++) {
        struct twins t;
        order.numbers = widths[i];
        twins_make(&t, &order, 1);
        run_both(&t);
        twins_compare(&t);
        twins_free(&t);
    }
}

/* Large ones take all that can be at the same time, others also what comes without. */
static int least_flags(int shape, int flags) {
    const struct map *m = &shapes[shape].map;
    return shapes[shape].batch * m->channels * m->height * m->width > 100000 ? flags - 1 : 0;
}

static struct twins_order order_of(enum operation_kind kind, enum layer_kind layer, int shape) {
    return (struct twins_order){
        .kind = kind, .layer = layer, .batch = shapes[shape].batch, .read = shapes[shape].map};
}

/* --- Norms --- */

START_TEST(norms_a_batch) {
    for (int flags = least_flags(_i, 4); flags < 4; flags++) {
        struct twins_order o = order_of(OPERATION_FORWARD, LAYER_NORM, _i);
        o.relu = flags & 1;
        o.other = flags & 2;
        agree(o);
    }
}
END_TEST

START_TEST(norms_again_by_known_moments) {
    struct twins_order o = order_of(OPERATION_FORWARD, LAYER_NORM, _i);
    o.again = o.relu = true;
    agree(o);
}
END_TEST

START_TEST(norms_by_running_statistics) {
    struct twins_order o = order_of(OPERATION_FORWARD, LAYER_NORM, _i);
    o.evaluates = o.relu = o.other = true;
    agree(o);
}
END_TEST

START_TEST(norms_backward) {
    for (int flags = least_flags(_i, 8); flags < 8; flags++) {
        struct twins_order o = order_of(OPERATION_BACKWARD, LAYER_NORM, _i);
        o.relu = flags & 1;
        o.other = flags & 2;
        o.gathers = flags & 4;
        agree(o);
    }
}
END_TEST

static void set_number(struct twins *t, enum step_role role, int64_t at, float number) {
    ((float *)t->floats.at[role])[at] = number;
    if (t->narrows[role])
        memcpy((char *)t->numbers.at[role] + 2 * at, (char *)&number + 2, 2);
    else
        ((float *)t->numbers.at[role])[at] = number;
}

/* A hundred deviations away from 0, where squares about 0 would have lost all but two digits. */
START_TEST(finds_a_small_variance_beside_a_large_mean) {
    struct twins_order o = order_of(OPERATION_FORWARD, LAYER_NORM, 6);
    struct twins t;
    struct draws d = draws_from(3, 0);
    twins_make(&t, &o, 2);
    for (int64_t i = 0; i < t.counted[ROLE_INPUT]; i++)
        set_number(&t, ROLE_INPUT, i, (float)(1000 + draws_uniform(&d, -17, 17)));
    run_both(&t);
    const float *want = t.floats.at[ROLE_MOMENTS], *got = t.numbers.at[ROLE_MOMENTS];
    for (int i = 64; i < 128; i++)
        ck_assert_double_eq_tol(got[i], want[i], 3e-6 * want[i]);
    twins_free(&t);
}
END_TEST

/* Or a loss would look well that is none. */
START_TEST(hides_no_number_that_is_none) {
    struct twins_order orders[] = {order_of(OPERATION_FORWARD, LAYER_NORM, 2),
                                   order_of(OPERATION_FORWARD, LAYER_MAX_POOL, 2),
                                   {.kind = OPERATION_LOSS, .batch = 9, .count = 10}};
    enum step_role roles[] = {ROLE_INPUT, ROLE_INPUT, ROLE_OUTPUT};
    for (int i = 0; i < 6; i++) {
        struct twins t;
        struct twins_order o = orders[i / 2];
        o.numbers = widths[i % 2];
        o.relu = o.evaluates = true;
        o.kernel = 3, o.stride = 2, o.padding = 1;
        twins_make(&t, &o, 3);
        set_number(&t, roles[i / 2], 45, NAN);
        set_number(&t, roles[i / 2], 54, INFINITY);
        run_both(&t);
        twins_compare(&t);
        twins_free(&t);
    }
}
END_TEST

/* --- Pools --- */

static const struct {
    int kernel, stride, padding;
} windows[] = {{3, 2, 1}, {2, 2, 0}, {5, 1, 2}, {1, 3, 0}, {15, 4, 7}};

START_TEST(pools_the_largest) {
    for (int i = 0; i < 5; i++) {
        struct twins_order o = order_of(OPERATION_FORWARD, LAYER_MAX_POOL, _i);
        o.kernel = windows[i].kernel;
        o.stride = windows[i].stride;
        o.padding = windows[i].padding;
        int least = o.read.height < o.read.width ? o.read.height : o.read.width;
        if ((least_flags(_i, 2) && i > 0) || least + 2 * o.padding < o.kernel)
            continue;
        agree(o);
        o.kind = OPERATION_BACKWARD;
        agree(o);
    }
}
END_TEST

START_TEST(takes_means) {
    agree(order_of(OPERATION_FORWARD, LAYER_MEAN, _i));
    agree(order_of(OPERATION_BACKWARD, LAYER_MEAN, _i));
}
END_TEST

/* --- Ends --- */

START_TEST(loads_images) {
    static const struct map records[] = {{3, 32, 32}, {1, 28, 28}, {3, 7, 5}, {1, 1, 1}},
                            images[] = {{3, 224, 224}, {3, 32, 32}, {3, 5, 9}, {3, 7, 7}};
    for (int64_t batch = 1; batch < 6; batch += 4)
        for (int i = 0; i < 4; i++)
            agree((struct twins_order){
                .kind = OPERATION_LOAD, .batch = batch, .read = records[_i], .put = images[i]});
}
END_TEST

START_TEST(loses) {
    static const int64_t batches[] = {1, 5, 256, 1000};
    static const int classes[] = {1, 2, 10, 1000};
    for (int i = 0; i < 4; i++)
        agree((struct twins_order){
            .kind = OPERATION_LOSS, .batch = batches[_i], .count = classes[i]});
}
END_TEST

START_TEST(updates_weights) {
    static const int counts[] = {1, 3, 4, 5130, 9408, 20480};
    for (int i = 0; i < 6; i++)
        for (int gathers = 0; gathers < 2; gathers++)
            agree((struct twins_order){.kind = OPERATION_UPDATE,
                                       .batch = 5,
                                       .count = counts[i],
                                       .optimiser = (enum step_optimiser)_i,
                                       .gathers = gathers});
}
END_TEST

START_TEST(starts_nothing_for_products_and_for_images_that_are_ready) {
    struct layer conv = {.kind = LAYER_CONV}, linear = {.kind = LAYER_LINEAR};
    struct launch launches[KERNELS_LAUNCHES];
    ck_assert_int_eq(kernels_plan(&(struct work){.kind = OPERATION_LOAD}, launches), 0);
    for (int kind = OPERATION_FORWARD; kind <= OPERATION_WEIGHT_GRADIENT; kind++)
        if (kind != OPERATION_LOSS) {
            struct work w = {.kind = (enum operation_kind)kind, .layer = &conv};
            ck_assert_int_eq(kernels_plan(&w, launches), 0);
            w.layer = &linear;
            ck_assert_int_eq(kernels_plan(&w, launches), 0);
        }
}
END_TEST

/* --- Numbers --- */

/* By the distance to both neighbours. */
START_TEST(rounds_to_the_nearest_bfloat) {
    struct draws d = draws_from(9, 0);
    int wrong = 0;
    for (int i = 0; i < 1 << 20; i++) {
        uint32_t bits = (uint32_t)(draws_bits(&d) >> 32), low = bits & 0xffff0000U;
        bits = i % 4 == 0 ? low | 0x8000U : i % 4 == 1 ? low : bits;
        uint32_t got = bfloat_of(float_of(bits)), high = low + 0x10000U;
        if ((bits & 0x7f800000U) == 0x7f800000U) {
            wrong += got != (bits & 0x7fffffU ? 0x7fffU : bits >> 16);
            continue;
        }
        uint32_t below = bits - low, above = high - bits;
        bool up = above < below || (above == below && low >> 16 & 1U);
        wrong += got != (up ? high : low) >> 16;
    }
    ck_assert_int_eq(wrong, 0);
    ck_assert_uint_eq(two_bfloats_of(1, -2), 0xc0003f80U);
}
END_TEST

/* --- Order, and limits --- */

START_TEST(the_order_of_blocks_and_threads_changes_no_bit) {
    struct twins_order orders[] = {order_of(OPERATION_FORWARD, LAYER_NORM, 6),
                                   order_of(OPERATION_BACKWARD, LAYER_NORM, 6),
                                   order_of(OPERATION_FORWARD, LAYER_NORM, 4),
                                   order_of(OPERATION_BACKWARD, LAYER_NORM, 4),
                                   {.kind = OPERATION_LOSS, .batch = 300, .count = 10}};
    for (int i = 0; i < 10; i++) {
        struct twins one, two;
        struct twins_order o = orders[i / 2];
        o.numbers = widths[i % 2];
        o.relu = o.other = true;
        twins_make(&one, &o, 5);
        twins_make(&two, &o, 5);
        run_both(&one);
        kernels_loops_backwards = true;
        run_both(&two);
        kernels_loops_backwards = false;
        for (int role = 0; role < STEP_ROLES; role++)
            if (one.numbers.bytes[role] > 0)
                ck_assert_mem_eq(one.numbers.at[role], two.numbers.at[role],
                                 (size_t)one.numbers.bytes[role]);
        twins_free(&one);
        twins_free(&two);
    }
}
END_TEST

static bool on_16(const void *at) {
    return (uintptr_t)at % 16 == 0;
}

static void check_launch(const struct launch *l, int64_t scratch) {
    const struct norm_task *n = &l->task.norm;
    ck_assert(l->blocks >= 1 && l->blocks <= INT32_MAX && l->chunks >= 1 && l->chunks <= 65535);
    if (l->kernel < KERNEL_NORM_MOMENTS || l->kernel > KERNEL_NORM_BACK)
        return;
    ck_assert_ptr_nonnull(n->partials);
    ck_assert_int_le(2 * (int64_t)n->channels * (n->chunks + 1) * 4, scratch);
    ck_assert(l->lanes == 1 ||
              (l->lanes * l->bytes == 16 && n->channels % l->lanes == 0 && on_16(n->partials) &&
               on_16(n->terms) && on_16(n->read) && on_16(n->put) &&
               on_16(n->moments + n->channels) && on_16(n->weights + n->channels)));
    ck_assert_int_ge(n->rows, (n->chunks - 1) * (int64_t)(BLOCK_THREADS / n->across) + 1);
}

/* Nothing is run: these tensors would take terabytes. */
START_TEST(stays_within_what_a_launch_may_be) {
    static const int64_t batches[] = {1, 2, 8, 256, 4096, 1 << 20};
    struct resnet *net = malloc(sizeof *net);
    struct resnet_plan plan;
    resnet_find(_i ? 152 : 18, &plan);
    plan.width = _i ? 64 : 50;
    resnet_make(&plan, net);
    for (int i = 0; i < 12; i++) {
        int64_t batch = batches[i / 2], scratch = kernels_workspace(net, batch);
        struct step_plan how = {
            .width = i % 2 ? 2 : 4, .optimiser = STEP_ADAM, .workspace = scratch, .record = 3073};
        struct step *step = step_make(net, &how);
        struct arena arena;
        ck_assert(arena_lay_out(step, batch, &arena));
        struct work_order order = {net,           step,      &arena, batch,
                                   widths[i % 2], STEP_ADAM, false,  {3, 32, 32}};
        for (int k = 0; k < step->operation_count; k++) {
            struct launch launches[KERNELS_LAUNCHES];
            struct work w = work_bind(&order, k, (void *)(uintptr_t)ARENA_ALIGNMENT);
            for (int n = kernels_plan(&w, launches) - 1; n >= 0; n--)
                check_launch(&launches[n], scratch);
        }
        ck_assert_int_lt(scratch, 3 << 20);
        arena_free(&arena);
        step_free(step);
    }
    free(net);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("kernels");
    TCase *c = tcase_create("kernels");
    tcase_set_timeout(c, 120);
    tcase_add_loop_test(c, norms_a_batch, 0, SHAPES);
    tcase_add_loop_test(c, norms_again_by_known_moments, 0, SHAPES);
    tcase_add_loop_test(c, norms_by_running_statistics, 0, SHAPES);
    tcase_add_loop_test(c, norms_backward, 0, SHAPES);
    tcase_add_test(c, finds_a_small_variance_beside_a_large_mean);
    tcase_add_test(c, hides_no_number_that_is_none);
    tcase_add_loop_test(c, pools_the_largest, 0, SHAPES);
    tcase_add_loop_test(c, takes_means, 0, SHAPES);
    tcase_add_loop_test(c, loads_images, 0, 4);
    tcase_add_loop_test(c, loses, 0, 4);
    tcase_add_loop_test(c, updates_weights, 0, STEP_OPTIMISERS);
    tcase_add_test(c, starts_nothing_for_products_and_for_images_that_are_ready);
    tcase_add_test(c, rounds_to_the_nearest_bfloat);
    tcase_add_test(c, the_order_of_blocks_and_threads_changes_no_bit);
    tcase_add_loop_test(c, stays_within_what_a_launch_may_be, 0, 2);
    suite_add_tcase(suite, c);
    return unit_run(suite);
}
