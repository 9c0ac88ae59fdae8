/* Training on a GPU, with a fake one in its place (fake.h): the same numbers as on the CPU in
 * whatever order the queues run, exactly the planned memory, and every way in which a device fails.
 */
#include "unit.h"

#include "fake.h"
#include "stepping.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BATCH = 3, STEPS = 11, UNDER_WAY = 2 };
#define T   ENGINE_TRAIN
#define G   ENGINE_GATHER
#define E   ENGINE_EVALUATE
#define MIB ((int64_t)1 << 20)

static const struct step_plan momentum = {.optimiser = STEP_MOMENTUM},
                              adam = {.optimiser = STEP_ADAM, .accumulates = true};

static void nothing_is_left(void) {
    ck_assert_int_eq(fake.devices, 0);
    ck_assert_int_eq(fake.libraries, 0);
    ck_assert_int_eq(fake.bytes, 0);
    ck_assert_int_eq(fake.pinned, 0);
}

static struct engine *open_engine(const struct engine_class *class) {
    struct trouble t = {TROUBLE_NONE};
    struct engine *e = class->open(&t);
    ck_assert_msg(e, "%s", t.words);
    return e;
}

/* --- The same numbers --- */

/* Every step with other settings: those of a neighbour would show. */
static struct step_settings settings_of(int step) {
    return (struct step_settings){.rate = 0.01F * (float)(1 + step % 3),
                                  .momentum = 0.9F,
                                  .mean_decay = 0.9F,
                                  .square_decay = 0.99F,
                                  .epsilon = 1e-4F,
                                  .mean_correction = 0.1F * (float)(1 + step),
                                  .square_correction = 0.01F * (float)(1 + step),
                                  .share = 1.0F / (float)(BATCH + step)};
}

/* With two steps under way whenever images are put where the next one takes them. */
static bool run_steps(const struct stepping *s, struct engine *e, const enum engine_mode *modes,
                      struct step_result *results, struct trouble *t) {
    for (int i = 0; i < STEPS + UNDER_WAY; i++) {
        unsigned char *records = i < STEPS ? e->class->stage(e, t) : NULL;
        const struct step_settings settings = settings_of(i);
        if (records)
            stepping_records(s, i, 0, records);
        if ((i < STEPS && !records) ||
            (i >= UNDER_WAY && !e->class->wait(e, &results[i - UNDER_WAY], t)) ||
            (records && !e->class->run(e, modes[i], &settings, t)))
            return false;
    }
    return true;
}

static struct numbers_read train(const struct stepping *s, const struct engine_class *class,
                                 const enum engine_mode *modes, struct step_result *results) {
    struct trouble t = {TROUBLE_NONE};
    struct engine *e = open_engine(class);
    ck_assert_msg(e->class->prepare(e, &s->order, &t), "%s", t.words);
    stepping_begin(s, e, NULL);
    ck_assert_msg(run_steps(s, e, modes, results, &t), "%s", t.words);
    struct numbers_read read =
        stepping_read(s, e, 1U << STEP_WEIGHTS | 1U << STEP_STATE | 1U << STEP_RUNNING);
    e->class->close(e);
    return read;
}

/* Sums are added in another order, and steps make more of it. */
static void expect_the_same(const struct resnet_plan *network, const struct step_plan *plan,
                            const enum engine_mode *modes) {
    struct stepping s = {0};
    struct step_result results[2][STEPS];
    stepping_make(&s, network, plan, BATCH);
    struct numbers_read on_cpu = train(&s, &engine_cpu, modes, results[0]),
                        on_gpu = train(&s, &engine_cuda, modes, results[1]);
    for (int i = 0; i < STEPS; i++) {
        ck_assert_msg(fabsf(results[1][i].loss - results[0][i].loss) <= 1e-3F * results[0][i].loss,
                      "loss of step %d: %g, not %g", i, results[1][i].loss, results[0][i].loss);
        ck_assert_int_eq(results[0][i].hits, results[1][i].hits);
    }
    ck_assert_double_lt(stepping_distance(on_cpu, on_gpu), 1e-3);
    free(on_cpu.at);
    free(on_gpu.at);
    stepping_free(&s);
    nothing_is_left();
}

START_TEST(training_is_that_on_the_cpu_in_any_order_of_queues) {
    const enum engine_mode modes[STEPS] = {T, T, T, T, E, T, E, E, E, T, T};
    fake_reset();
    fake.order = (enum fake_order)_i;
    fake.seed = 5;
    expect_the_same(&stepping_basic, &momentum, modes);
    ck_assert_int_eq(fake.recorded, 2);
    ck_assert_int_eq(fake.replayed, 5 + 2);
}
END_TEST

START_TEST(training_is_that_on_the_cpu_in_many_random_orders) {
    const enum engine_mode modes[STEPS] = {T, T, E, T, T, E, T, E, T, T, E};
    fake_reset();
    fake.order = FAKE_RANDOM;
    fake.seed = 100 + (uint64_t)_i;
    expect_the_same(&stepping_bottleneck, &momentum, modes);
}
END_TEST

START_TEST(gathered_gradients_are_those_on_the_cpu) {
    const enum engine_mode modes[STEPS] = {G, T, G, G, T, E, G, G, T, G, T};
    fake_reset();
    fake.order = (enum fake_order)_i;
    fake.seed = 6;
    expect_the_same(&stepping_basic, &adam, modes);
    ck_assert_int_eq(fake.recorded, 2);
}
END_TEST

START_TEST(computing_again_and_at_once_is_that_on_the_cpu) {
    const enum engine_mode modes[STEPS] = {T, T, T, T, T, T, T, T, T, E, T};
    const struct step_plan lean = {.optimiser = STEP_SGD,
                                   .levers = STEP_CHECKPOINT | STEP_FUSED_UPDATE};
    fake_reset();
    expect_the_same(&stepping_bottleneck, &lean, modes);
}
END_TEST

START_TEST(what_the_host_writes_while_a_step_runs_comes_after_it) {
    struct stepping s = {0};
    struct trouble t = {TROUBLE_NONE};
    const struct step_settings settings = settings_of(0);
    struct step_result result;
    fake_reset();
    stepping_make(&s, &stepping_basic, &momentum, BATCH);
    struct engine *e = open_engine(&engine_cuda);
    ck_assert(e->class->prepare(e, &s.order, &t));
    stepping_begin(&s, e, NULL);
    stepping_records(&s, 0, 0, e->class->stage(e, &t));
    ck_assert(e->class->run(e, ENGINE_TRAIN, &settings, &t));
    stepping_begin(&s, e, NULL);
    struct numbers_read first = stepping_read(&s, e, 1U << STEP_STATE);
    for (int64_t i = 0; i < first.count; i++)
        ck_assert_float_eq(first.at[i], 0);
    ck_assert(e->class->wait(e, &result, &t));
    ck_assert_float_gt(result.loss, 0);
    free(first.at);
    e->class->close(e);
    stepping_free(&s);
    nothing_is_left();
}
END_TEST

START_TEST(more_steps_than_have_room_are_refused) {
    struct stepping s = {0};
    struct trouble t = {TROUBLE_NONE};
    struct step_result result;
    const struct step_settings settings = settings_of(0);
    fake_reset();
    fake.only_addresses = true;
    stepping_make(&s, &stepping_basic, &momentum, BATCH);
    struct engine *e = open_engine(&engine_cuda);
    ck_assert(e->class->prepare(e, &s.order, &t));
    ck_assert(e->class->run(e, ENGINE_TRAIN, &settings, &t));
    ck_assert(e->class->run(e, ENGINE_TRAIN, &settings, &t));
    ck_assert(!e->class->run(e, ENGINE_TRAIN, &settings, &t));
    ck_assert_int_eq(t.kind, TROUBLE_PLAN);
    t.kind = TROUBLE_NONE;
    ck_assert(e->class->wait(e, &result, &t) && e->class->wait(e, &result, &t));
    ck_assert(!e->class->wait(e, &result, &t));
    ck_assert_int_eq(t.kind, TROUBLE_PLAN);
    t.kind = TROUBLE_NONE;
    ck_assert(!e->class->prepare(e, &s.order, &t));
    ck_assert_int_eq(t.kind, TROUBLE_PLAN);
    e->class->close(e);
    stepping_free(&s);
}
END_TEST

START_TEST(only_what_stays_is_written_and_read) {
    struct stepping s = {0};
    struct trouble t = {TROUBLE_NONE};
    char byte[8] = {0};
    fake_reset();
    fake.only_addresses = true;
    stepping_make(&s, &stepping_basic, &momentum, BATCH);
    struct engine *e = open_engine(&engine_cuda);
    ck_assert(e->class->prepare(e, &s.order, &t));
    for (int i = 0; i < s.step->tensor_count; i++, t.kind = TROUBLE_NONE) {
        const struct step_tensor *tensor = &s.step->tensors[i];
        ck_assert_int_eq(e->class->write(e, i, byte, 1, &t), tensor->stays);
        ck_assert_int_eq(t.kind, tensor->stays ? TROUBLE_NONE : TROUBLE_PLAN);
        ck_assert(!e->class->read(e, i, byte, step_bytes(tensor, BATCH) + 1, &t));
    }
    e->class->close(e);
    stepping_free(&s);
}
END_TEST

/* --- Memory --- */

static struct resnet large;

/* A whole training's step with the workspace that a trainer grants. */
static struct work_order make_large(int depth, int64_t batch, struct step **step,
                                    struct arena *arena) {
    struct resnet_plan network;
    const struct step_plan plan = {
        .optimiser = STEP_MOMENTUM, .width = 4, .workspace = 32 * MIB, .record = 1 + 3 * 32 * 32};
    ck_assert(resnet_find(depth, &network) && resnet_make(&network, &large));
    ck_assert_ptr_nonnull(*step = step_make(&large, &plan));
    ck_assert(arena_lay_out(*step, batch, arena));
    return (struct work_order){.net = &large,
                               .step = *step,
                               .arena = arena,
                               .batch = batch,
                               .optimiser = plan.optimiser,
                               .record = {3, 32, 32}};
}

static void expect_granted(const struct work_order *order, const char *card) {
    struct trouble t = {TROUBLE_NONE};
    int64_t used, left;
    fake_reset();
    fake.card = card;
    fake.only_addresses = true;
    struct engine *e = open_engine(&engine_cuda);
    ck_assert_ptr_nonnull(strstr(e->facts.name, card));
    ck_assert_int_eq(e->class->workspace(e, order->net, order->batch, NUMBERS_FP32, 32 * MIB, &t),
                     32 * MIB);
    int64_t room = e->facts.total_bytes - card_context_bytes(card_find(card));
    if (order->arena->bytes <= room) {
        ck_assert_msg(e->class->prepare(e, order, &t), "%s", t.words);
        ck_assert_int_eq(e->granted, order->arena->bytes);
        ck_assert_int_eq(fake.peak, order->arena->bytes);
        ck_assert(e->class->memory(e, &used, &left, &t));
        ck_assert_int_eq(left, room - order->arena->bytes);
        ck_assert_int_eq(used + left, e->facts.total_bytes);
    } else {
        ck_assert(!e->class->prepare(e, order, &t));
        ck_assert_int_eq(t.kind, TROUBLE_NO_MEMORY);
        ck_assert_int_eq(t.asked, order->arena->bytes);
        ck_assert_int_eq(t.left, room);
        ck_assert_int_eq(e->granted, 0);
    }
    e->class->close(e);
    nothing_is_left();
}

START_TEST(every_card_grants_what_was_planned_or_says_what_it_lacks) {
    static const struct {
        int depth;
        int64_t batch;
    } plans[] = {{18, 8}, {18, 64}, {18, 256}, {152, 8}, {152, 64}, {152, 256}};
    static const char *const names[] = {"T4", "L4", "A100", "H200"};
    struct step *step;
    struct arena arena;
    struct work_order order = make_large(plans[_i].depth, plans[_i].batch, &step, &arena);
    ck_assert_ptr_null(arena_check(step, order.batch, &arena));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        expect_granted(&order, names[i]);
    step_free(step);
    arena_free(&arena);
}
END_TEST

/* --- Troubles --- */

START_TEST(a_device_that_cannot_be_opened_says_why) {
    static const enum trouble_kind kinds[] = {TROUBLE_NO_DEVICE, TROUBLE_OLD_DRIVER, TROUBLE_TAKEN};
    struct trouble t = {TROUBLE_NONE};
    fake_reset();
    fake.closed = kinds[_i];
    ck_assert_ptr_null(engine_cuda.open(&t));
    ck_assert_int_eq(t.kind, kinds[_i]);
    ck_assert_str_ne(t.words, "");
    nothing_is_left();
}
END_TEST

START_TEST(libraries_that_do_not_open_give_the_device_back) {
    struct trouble t = {TROUBLE_NONE};
    fake_reset();
    fake.products_closed = true;
    ck_assert_ptr_null(engine_cuda.open(&t));
    ck_assert_int_eq(t.kind, TROUBLE_DEVICE);
    ck_assert_ptr_nonnull(strstr(t.words, "cuDNN"));
    nothing_is_left();
}
END_TEST

START_TEST(numbers_that_a_card_has_not_are_no_plan) {
    struct trouble t = {TROUBLE_NONE};
    struct resnet_plan network;
    fake_reset();
    fake.card = "T4";
    ck_assert(resnet_find(18, &network) && resnet_make(&network, &large));
    struct engine *e = open_engine(&engine_cuda);
    ck_assert_int_eq(e->class->workspace(e, &large, 1, NUMBERS_BF16, MIB, &t), -1);
    ck_assert_int_eq(t.kind, TROUBLE_PLAN);
    e->class->close(e);
    nothing_is_left();
}
END_TEST

START_TEST(too_little_memory_for_one_image_is_told_in_bytes) {
    struct trouble t = {TROUBLE_NONE};
    struct step *step;
    struct arena arena;
    struct work_order order = make_large(152, 1, &step, &arena);
    fake_reset();
    fake.memory = arena.bytes - 1;
    struct engine *e = open_engine(&engine_cuda);
    ck_assert(!e->class->prepare(e, &order, &t));
    ck_assert_int_eq(t.kind, TROUBLE_NO_MEMORY);
    ck_assert_int_eq(t.asked, arena.bytes);
    ck_assert_int_eq(t.left, arena.bytes - 1);
    e->class->close(e);
    nothing_is_left();
    step_free(step);
    arena_free(&arena);
}
END_TEST

/* A whole training without its arithmetic; true when nothing failed. */
static bool try_training(const struct stepping *s, struct trouble *t) {
    static const enum engine_mode modes[STEPS] = {T, T, T, T, E, E, E, T, T, T, T};
    struct step_result results[STEPS];
    char bytes[64] = {0};
    int weights = s->step->operations[1].tensor[ROLE_WEIGHTS];
    int64_t used, left;
    struct engine *e = engine_cuda.open(t);
    if (!e)
        return false;
    bool well = e->class->workspace(e, &s->net, BATCH, NUMBERS_FP32, MIB, t) >= 0 &&
                e->class->prepare(e, &s->order, t) &&
                e->class->write(e, weights, bytes, sizeof bytes, t) &&
                run_steps(s, e, modes, results, t) && e->class->memory(e, &used, &left, t) &&
                e->class->read(e, weights, bytes, sizeof bytes, t);
    e->class->close(e);
    return well;
}

/* Lets the first, the second, ... thing fail until there are no more; returns how many there are.
 * Each time all is given back, and the trouble is of the kind that failed. */
static int fail_each(int *at, enum trouble_kind kind, int64_t *asked) {
    struct stepping s = {0};
    stepping_make(&s, &stepping_basic, &momentum, BATCH);
    for (int n = 1;; n++) {
        struct trouble t = {TROUBLE_NONE};
        fake_reset();
        fake.only_addresses = true;
        *at = n;
        bool well = try_training(&s, &t);
        nothing_is_left();
        ck_assert_int_eq(t.kind, well ? TROUBLE_NONE : kind);
        ck_assert_msg(well || *t.words, "failure %d has no words", n);
        ck_assert_msg(!asked || well || t.asked > 0, "failure %d does not say what it asked", n);
        if (asked && n == 1)
            *asked = t.asked - s.arena.bytes;
        if (well) {
            stepping_free(&s);
            return n - 1;
        }
    }
}

START_TEST(memory_that_is_full_anywhere_is_given_back) {
    int64_t beyond;
    ck_assert_int_eq(fail_each(&fake.full_at, TROUBLE_NO_MEMORY, &beyond), 2);
    ck_assert_int_eq(beyond, 0);
}
END_TEST

START_TEST(a_device_that_is_lost_anywhere_is_given_back) {
    ck_assert_int_gt(fail_each(&fake.lose_at, TROUBLE_LOST, NULL), 100);
}
END_TEST

START_TEST(a_launch_that_breaks_anywhere_is_told) {
    ck_assert_int_gt(fail_each(&fake.break_at, TROUBLE_DEVICE, NULL), 100);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("engine_cuda");
    TCase *same = tcase_create("same"), *memory = tcase_create("memory"),
          *troubles = tcase_create("troubles");
    tcase_set_timeout(same, 120);
    tcase_add_loop_test(same, training_is_that_on_the_cpu_in_any_order_of_queues, 0, FAKE_ORDERS);
    tcase_add_loop_test(same, training_is_that_on_the_cpu_in_many_random_orders, 0, 10);
    tcase_add_loop_test(same, gathered_gradients_are_those_on_the_cpu, 0, FAKE_ORDERS);
    tcase_add_test(same, computing_again_and_at_once_is_that_on_the_cpu);
    tcase_add_test(same, what_the_host_writes_while_a_step_runs_comes_after_it);
    tcase_add_test(same, more_steps_than_have_room_are_refused);
    tcase_add_test(same, only_what_stays_is_written_and_read);
    tcase_set_timeout(memory, 120);
    tcase_add_loop_test(memory, every_card_grants_what_was_planned_or_says_what_it_lacks, 0, 6);
    tcase_set_timeout(troubles, 120);
    tcase_add_loop_test(troubles, a_device_that_cannot_be_opened_says_why, 0, 3);
    tcase_add_test(troubles, libraries_that_do_not_open_give_the_device_back);
    tcase_add_test(troubles, numbers_that_a_card_has_not_are_no_plan);
    tcase_add_test(troubles, too_little_memory_for_one_image_is_told_in_bytes);
    tcase_add_test(troubles, memory_that_is_full_anywhere_is_given_back);
    tcase_add_test(troubles, a_device_that_is_lost_anywhere_is_given_back);
    tcase_add_test(troubles, a_launch_that_breaks_anywhere_is_told);
    suite_add_tcase(suite, same);
    suite_add_tcase(suite, memory);
    suite_add_tcase(suite, troubles);
    return unit_run(suite);
}
