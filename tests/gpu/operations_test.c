/* Every operation of a training step on the device against the CPU, in all numbers, and whole steps
 * of the one engine against the other.  `make check` links this with the fake device, for which
 * small networks are enough; `make gpu-check` with the real one, on the shapes of ResNet-18 and 152
 * and on odd ones (GPU_CHECK=full).  Without a device it says so and ends with 2. */
#include "lockstep.h"
#include "unit.h"

#include "engine.h"
#include "stepping.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NUMBERS = NUMBERS_BF16 + 1, PLANS = 4, STEPS = 6 };

/* Two blocks a stage hold every shape of a ResNet-152, and are a ResNet-18. */
static const struct network {
    struct resnet_plan plan;
    int64_t batch;
} small[] = {{{{1, 1, 1, 1}, false, 8, 10, 40, 36}, 3}, {{{2, 1, 1, 1}, true, 8, 7, 37, 45}, 2}},
  full[] = {{{{2, 2, 2, 2}, false, 64, 10, 224, 224}, 4},
            {{{2, 2, 2, 2}, true, 64, 10, 224, 224}, 4},
            {{{1, 1, 1, 1}, true, 24, 7, 97, 131}, 5},
            {{{1, 2, 1, 1}, false, 40, 3, 75, 64}, 1}};

/* Each optimiser, each way to compute again, gradients that are gathered. */
static const struct step_plan plans[PLANS] = {
    {.optimiser = STEP_MOMENTUM, .levers = STEP_RENORMALISE | STEP_REPROJECT},
    {.optimiser = STEP_ADAM, .levers = STEP_FUSED_UPDATE},
    {.optimiser = STEP_SGD, .accumulates = true},
    {.optimiser = STEP_ADAM, .levers = STEP_CHECKPOINT, .accumulates = true}};

static bool is_full(void) {
    const char *wanted = getenv("GPU_CHECK");
    return wanted && strcmp(wanted, "full") == 0;
}

static const struct network *networks(int *count) {
    *count = is_full() ? (int)(sizeof full / sizeof *full) : (int)(sizeof small / sizeof *small);
    return is_full() ? full : small;
}

/* Tensor cores for TF32 and bfloat16 came with the capability 8. */
static bool device_has(enum numbers numbers) {
    struct trouble t = {TROUBLE_NONE};
    struct gpu *g = gpu_open(&t);
    ck_assert_msg(g, "%s", t.words);
    bool has = numbers == NUMBERS_FP32 || gpu_facts(g)->major >= 8;
    gpu_close(g);
    return has;
}

START_TEST(every_operation_is_that_on_the_cpu) {
    int count;
    const struct network *all = networks(&count), *network = &all[_i / PLANS / NUMBERS];
    const enum numbers numbers = (enum numbers)(_i / PLANS % NUMBERS);
    static struct lockstep l;
    if (!device_has(numbers))
        return;
    lockstep_open(&l, &network->plan, &plans[_i % PLANS], network->batch, numbers);
    for (int i = 0; i < l.step->operation_count; i++)
        lockstep_run(&l, i, false);
    for (int i = 0; i == 0 || l.step->operations[i - 1].kind != OPERATION_LOSS; i++)
        lockstep_run(&l, i, true);
    lockstep_close(&l);
}
END_TEST

/* --- Whole steps --- */

static struct numbers_read train(const struct stepping *s, const struct engine_class *class,
                                 struct step_result *results) {
    const struct step_settings settings = {.rate = 0.01F, .momentum = 0.9F, .share = 0.125F};
    struct trouble t = {TROUBLE_NONE};
    struct engine *e = class->open(&t);
    ck_assert_msg(e, "%s", t.words);
    int64_t most = 32 << 20,
            scratch = class->workspace(e, &s->net, s->order.batch, NUMBERS_FP32, most, &t);
    ck_assert_msg(scratch >= 0 && scratch <= s->plan.workspace, "%s", t.words);
    ck_assert_msg(class->prepare(e, &s->order, &t), "%s", t.words);
    stepping_begin(s, e, NULL);
    for (int i = 0; i < STEPS; i++) {
        unsigned char *records = e->class->stage(e, &t);
        ck_assert_msg(records, "%s", t.words);
        stepping_records(s, i, 0, records);
        ck_assert_msg(
            e->class->run(e, i % 3 == 2 ? ENGINE_EVALUATE : ENGINE_TRAIN, &settings, &t) &&
                e->class->wait(e, &results[i], &t),
            "%s", t.words);
    }
    struct numbers_read read = stepping_read(s, e, 1U << STEP_WEIGHTS | 1U << STEP_RUNNING);
    ck_assert_int_eq(e->granted, s->arena.bytes);
    e->class->close(e);
    return read;
}

static int64_t find_workspace(const struct resnet_plan *network, int64_t batch) {
    static struct resnet net;
    struct trouble t = {TROUBLE_NONE};
    struct engine *e = engine_cuda.open(&t);
    ck_assert_msg(e && resnet_make(network, &net), "%s", t.words);
    int64_t bytes = e->class->workspace(e, &net, batch, NUMBERS_FP32, 32 << 20, &t);
    ck_assert_msg(bytes >= 0, "%s", t.words);
    e->class->close(e);
    return bytes > 1 << 20 ? bytes : 1 << 20;
}

/* Differences of single operations grow from step to step, but these steps are few and small. */
START_TEST(whole_steps_are_those_of_the_cpu) {
    const struct resnet_plan *network = _i ? &stepping_bottleneck : &stepping_basic;
    static struct stepping s;
    struct step_result on_cpu[STEPS], on_gpu[STEPS];
    const struct step_plan plan = {.optimiser = STEP_MOMENTUM,
                                   .workspace = find_workspace(network, 8)};
    stepping_make(&s, network, &plan, 8);
    struct numbers_read want = train(&s, &engine_cpu, on_cpu),
                        got = train(&s, &engine_cuda, on_gpu);
    for (int i = 0; i < STEPS; i++)
        ck_assert_float_eq_tol(on_gpu[i].loss, on_cpu[i].loss, 1e-3F * on_cpu[i].loss);
    ck_assert_double_lt(stepping_distance(want, got), 1e-3);
    free(want.at);
    free(got.at);
    stepping_free(&s);
}
END_TEST

/* In a process of its own: a context does not outlive a fork. */
static bool has_device(void) {
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        struct trouble t = {TROUBLE_NONE};
        struct engine *e = engine_cuda.open(&t);
        if (e)
            printf("On %s, driver %s, %s:\n", e->facts.name, e->facts.driver, e->facts.libraries);
        else
            printf("Nothing was checked: %s.\n", t.words);
        if (e)
            e->class->close(e);
        fflush(stdout);
        _exit(e ? 0 : 2);
    }
    int status = 0;
    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

int main(void) {
    Suite *suite = suite_create("operations");
    TCase *operations = tcase_create("operations"), *steps = tcase_create("steps");
    int count;
    if (!has_device())
        return 2;
    networks(&count);
    tcase_set_timeout(operations, 300);
    tcase_add_loop_test(operations, every_operation_is_that_on_the_cpu, 0, count * PLANS * NUMBERS);
    tcase_set_timeout(steps, 300);
    tcase_add_loop_test(steps, whole_steps_are_those_of_the_cpu, 0, 2);
    suite_add_tcase(suite, operations);
    suite_add_tcase(suite, steps);
    return unit_run(suite);
}
