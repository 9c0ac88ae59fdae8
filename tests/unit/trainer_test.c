/* What a trainer asks of its engine, in which order, and what it makes of the answers.  Nothing is
 * computed here: trainer_learns_test.c does that. */
#include "unit.h"

#include "scripted_engine.h"
#include "trainer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TRAINING = 43, TEST = 10 };

static struct scripted *script;
static struct trainer *trainer;
static struct trouble trouble;
static struct images images;
static struct trainer_sums sums;

/* Images that say which they are. */
static void make_images(void) {
    static unsigned char records[IMAGES_PARTS][TRAINING][1 + 4];
    images = (struct images){.name = "numbers",
                             .map = {1, 2, 2},
                             .classes = 10,
                             .record = sizeof records[0][0],
                             .count = {TRAINING, TEST}};
    for (int part = 0; part < IMAGES_PARTS; part++) {
        images.records[part] = records[part][0];
        for (int i = 0; i < TRAINING; i++) {
            records[part][i][0] = (unsigned char)(i % 10);
            records[part][i][2] = (unsigned char)i;
        }
    }
}

static struct trainer_order usual(void) {
    return (struct trainer_order){
        .network = {{1, 1, 1, 1}, .width = 2, .classes = 10, .height = 32, .width_pixels = 32},
        .batch = 4,
        .parts = 1,
        .most_workspace = 1 << 20,
        .record = {1, 2, 2},
        .seed = 1};
}

static void begin(void) {
    make_images();
    trouble = (struct trouble){TROUBLE_NONE};
    script = scripted_open();
}
static void end(void) {
    trainer_close(trainer);
    trainer = NULL;
    scripted_close(script);
}

static void open_with(const struct trainer_order *order) {
    trainer = trainer_open(&script->engine, order, &trouble);
    ck_assert_msg(trainer != NULL, "%s", trouble.words);
    memset(script->events, 0, sizeof script->events);
}
static void open_parts(int64_t batch, int64_t parts) {
    struct trainer_order order = usual();
    order.batch = batch;
    order.parts = parts;
    open_with(&order);
}
static bool epoch(int64_t count) {
    return trainer_epoch(trainer, &images, count, 0.5F, NULL, NULL, &sums, &trouble);
}
static void another(void) {
    end();
    begin();
}

/* --- Opening --- */

START_TEST(what_is_granted_is_what_was_planned) {
    struct trainer_order order = usual();
    trainer = trainer_open(&script->engine, &order, &trouble);
    ck_assert_ptr_nonnull(trainer);
    ck_assert_int_eq(strncmp(script->events, "WPR", 3), 0);
    ck_assert_int_eq(script->most, order.most_workspace);
    ck_assert_int_eq(script->engine.granted, trainer_planned(trainer));
    ck_assert_int_eq(script->order->record.height, 2);
    ck_assert_int_eq(script->order->batch, 4);
    ck_assert(!script->order->gathers);
    int64_t kinds[STEP_KINDS], sum = 0;
    int64_t peak = trainer_peak(trainer, kinds);
    for (int i = 0; i < STEP_KINDS; i++)
        sum += kinds[i];
    ck_assert_int_eq(sum, peak);
    ck_assert_int_le(peak, trainer_planned(trainer));
    ck_assert_int_eq(kinds[STEP_WORKSPACE], script->takes);
    ck_assert_int_eq(kinds[STEP_WEIGHTS], 4 * resnet_parameter_count(trainer_network(trainer)));
}
END_TEST

START_TEST(everything_that_stays_is_written_once) {
    struct trainer_order order = usual();
    order.parts = 2;
    order.step.optimiser = STEP_ADAM;
    order.numbers = NUMBERS_BF16;
    open_with(&order);
    const struct step *step = script->order->step;
    int kinds[STEP_KINDS] = {0};
    for (int i = 0; i < step->tensor_count; i++) {
        const struct step_tensor *t = &step->tensors[i];
        ck_assert_int_eq(script->writes[i], t->stays && t->kind != STEP_BATCH);
        kinds[t->kind] += script->writes[i];
    }
    ck_assert(script->order->gathers);
    static const enum step_kind lasting[] = {STEP_WEIGHTS, STEP_COPY, STEP_RUNNING, STEP_STATE,
                                             STEP_GRADIENT};
    for (size_t i = 0; i < sizeof lasting / sizeof *lasting; i++)
        ck_assert_int_gt(kinds[lasting[i]], 0);
}
END_TEST

#define MISTAKE(name, statement)                                                                   \
    static void name(struct trainer_order *order) {                                                \
        order->statement;                                                                          \
    }
MISTAKE(no_batch, batch = 0)
MISTAKE(large_batch, batch = (1 << 20) + 1)
MISTAKE(no_parts, parts = 0)
MISTAKE(many_parts, parts = INT64_MAX)
MISTAKE(no_blocks, network.blocks[2] = 0)
MISTAKE(many_blocks, network.blocks[3] = 2000)
MISTAKE(no_width, network.width = 0)
MISTAKE(negative_workspace, most_workspace = -1)
MISTAKE(two_channels, record.channels = 2)
MISTAKE(large_records, record.height = INT32_MAX)
MISTAKE(other_numbers, numbers = (enum numbers)3)
MISTAKE(other_optimiser, step.optimiser = STEP_OPTIMISERS)
static void forgets(struct trainer_order *order) {
    order->parts = 2;
    order->step.levers = STEP_FUSED_UPDATE;
}
static const struct {
    void (*spoil)(struct trainer_order *order);
    const char *words;
} mistakes[] = {{no_batch, "a batch has from 1 to"},
                {large_batch, "a batch has from 1 to"},
                {no_parts, "an update has from 1 to"},
                {many_parts, "an update has from 1 to"},
                {no_blocks, "blocks 1, 1, 0, 1 of width 2 for images of 32 x 32"},
                {many_blocks, "such a network is impossible"},
                {no_width, "such a network is impossible"},
                {negative_workspace, "workspace"},
                {two_channels, "1 or 3 channels"},
                {large_records, "1 to 4096 pixels"},
                {other_numbers, "fp32, tf32 or bf16"},
                {other_optimiser, "no such optimiser"},
                {forgets, "would forget the batches before it"}};
enum { MISTAKES = sizeof mistakes / sizeof *mistakes };

START_TEST(what_cannot_be_trained_is_a_sentence) {
    struct trainer_order order = usual();
    mistakes[_i].spoil(&order);
    ck_assert_ptr_null(trainer_open(&script->engine, &order, &trouble));
    ck_assert_int_eq(trouble.kind, TROUBLE_PLAN);
    ck_assert_msg(strstr(trouble.words, mistakes[_i].words) != NULL, "%s", trouble.words);
    ck_assert_str_eq(script->events, "");
}
END_TEST

START_TEST(what_is_larger_than_the_device_is_told_in_bytes) {
    struct trainer_order order = usual();
    script->engine.facts.total_bytes = 10000;
    ck_assert_ptr_null(trainer_open(&script->engine, &order, &trouble));
    ck_assert_int_eq(trouble.kind, TROUBLE_NO_MEMORY);
    ck_assert_int_gt(trouble.asked, 10000);
    ck_assert_int_eq(trouble.left, 10000);
    ck_assert_str_eq(script->events, "W");
}
END_TEST

/* --- Epochs --- */

START_TEST(a_step_is_staged_while_the_one_before_runs) {
    open_parts(4, 1);
    ck_assert(epoch(20));
    ck_assert_str_eq(script->events, "SUSUASUASUASUAA");
    memset(script->events, 0, sizeof script->events);
    ck_assert(epoch(7));
    ck_assert_str_eq(script->events, "SUA");
}
END_TEST

START_TEST(an_epoch_sees_each_image_once_in_an_order_of_its_own) {
    open_parts(4, 1);
    for (int e = 0; e < 2; e++) {
        int seen[TRAINING] = {0}, in_place = 0;
        ck_assert(epoch(40));
        ck_assert_int_eq(sums.images, 40);
        for (int i = 0; i < 40; i++) {
            int image = script->saw[e * 10 + i / 4][i % 4];
            ck_assert_int_lt(image, 40); /* only of the first */
            ck_assert_int_eq(seen[image]++, 0);
            in_place += image == i;
        }
        ck_assert_int_lt(in_place, 10);
    }
    ck_assert_mem_ne(script->saw[0], script->saw[10], 10 * sizeof script->saw[0]);
}
END_TEST

START_TEST(images_that_fill_no_batch_wait_for_another_epoch) {
    open_parts(4, 1);
    bool seen[TRAINING] = {false};
    int missing = 0;
    for (int e = 0; e < 12; e++) {
        ck_assert(epoch(TRAINING));
        ck_assert_int_eq(sums.images, 40);
        ck_assert_int_eq(sums.steps, 10);
    }
    for (int i = 0; i < 480; i++)
        seen[script->saw[i / 4][i % 4]] = true;
    for (int i = 0; i < TRAINING; i++)
        missing += !seen[i];
    ck_assert_int_eq(missing, 0);
}
END_TEST

START_TEST(a_seed_repeats_the_order_and_another_does_not) {
    static int first[20][SCRIPTED_BATCH];
    for (uint64_t seed = 7; seed < 9; seed++)
        for (int again = 0; again < 2; again++) {
            struct trainer_order order = usual();
            order.seed = seed;
            open_with(&order);
            ck_assert(epoch(40) && epoch(40));
            if (seed == 7 && !again)
                memcpy(first, script->saw, sizeof first);
            ck_assert_int_eq(memcmp(first, script->saw, sizeof first) == 0, seed == 7);
            another();
        }
}
END_TEST

START_TEST(accumulation_updates_with_the_last_part_only) {
    open_parts(4, 3);
    ck_assert(epoch(TRAINING));
    ck_assert_int_eq(sums.steps, 9); /* the tenth batch would be part of no update */
    for (int i = 0; i < 9; i++) {
        ck_assert_int_eq(script->modes[i], i % 3 == 2 ? ENGINE_TRAIN : ENGINE_GATHER);
        ck_assert_float_eq(script->settings[i].share, 1.0F / 12);
    }
}
END_TEST

START_TEST(settings_are_those_of_pytorchs_optimisers) {
    open_parts(4, 2);
    ck_assert(epoch(40) && epoch(16));
    for (int i = 0; i < 14; i++) {
        const struct step_settings *s = &script->settings[i];
        ck_assert_float_eq(s->rate, 0.5F);
        ck_assert_float_eq(s->momentum, 0.9F);
        ck_assert_float_eq(s->mean_decay, 0.9F);
        ck_assert_float_eq(s->square_decay, 0.999F);
        ck_assert_float_eq(s->epsilon, 1e-8F);
        int update = i / 2 + 1;
        if (i % 2 == 0)
            continue;
        ck_assert_float_eq_tol(s->mean_correction, 1 - pow(0.9, update), 1e-7);
        ck_assert_float_eq_tol(s->square_correction, 1 - pow(0.999, update), 1e-9);
    }
}
END_TEST

START_TEST(sums_are_means_over_images) {
    open_parts(4, 1);
    ck_assert(epoch(12)); /* losses 1, 2, 3 an image; hits 1, 2, 3 */
    ck_assert_double_eq_tol(sums.loss, 2, 1e-12);
    ck_assert_double_eq_tol(sums.last_loss, 3, 1e-12);
    ck_assert_int_eq(sums.hits, 6);
    ck_assert_int_eq(sums.images, 12);
    ck_assert_int_eq(sums.steps, 3);
}
END_TEST

/* --- Watching --- */

struct seen {
    int64_t steps, ends_at;
};
static bool see(void *context, const struct trainer_sums *now) {
    struct seen *seen = context;
    ck_assert_int_eq(now->steps, ++seen->steps);
    ck_assert_double_eq_tol(now->last_loss, (double)seen->steps, 1e-12);
    return seen->steps != seen->ends_at;
}

START_TEST(every_step_is_shown) {
    open_parts(4, 1);
    struct seen seen = {.ends_at = -1};
    ck_assert(trainer_epoch(trainer, &images, 40, 1, see, &seen, &sums, &trouble));
    ck_assert_int_eq(seen.steps, 10);
}
END_TEST

START_TEST(whoever_watches_may_end_an_epoch) {
    open_parts(4, 1);
    struct seen seen = {.ends_at = 3};
    ck_assert(trainer_epoch(trainer, &images, 40, 1, see, &seen, &sums, &trouble));
    ck_assert_int_eq(seen.steps, 3);
    ck_assert_int_eq(sums.steps, 4); /* one more ran by then */
    ck_assert_int_eq(script->waited, script->steps);
}
END_TEST

START_TEST(an_update_that_has_begun_is_brought_to_its_end) {
    open_parts(4, 5);
    struct seen seen = {.ends_at = 1};
    ck_assert(trainer_epoch(trainer, &images, 40, 1, see, &seen, &sums, &trouble));
    ck_assert_int_eq(sums.steps, 5);
    ck_assert_int_eq(script->modes[4], ENGINE_TRAIN);
}
END_TEST

/* --- Evaluating --- */

START_TEST(all_test_images_are_evaluated_and_nothing_else_counts) {
    open_parts(4, 2);
    ck_assert(trainer_evaluate(trainer, &images, &sums, &trouble));
    ck_assert_int_eq(script->steps, 3);
    for (int i = 0; i < 12; i++) {
        ck_assert_int_eq(script->saw[i / 4][i % 4], i < TEST ? i : -1);
        ck_assert_int_eq(script->modes[i / 4], ENGINE_EVALUATE);
    }
    ck_assert_int_eq(sums.images, TEST);
    ck_assert_double_eq_tol(sums.loss, (4 * 1 + 4 * 2 + 2 * 3) / 10.0, 1e-12);
    ck_assert_double_eq_tol(sums.last_loss, 3, 1e-12);
    ck_assert_int_eq(sums.hits, 6);
}
END_TEST

/* --- Troubles --- */

START_TEST(a_loss_that_is_not_finite_is_told_with_its_place) {
    open_parts(4, 1);
    script->not_finite_at = 13 + _i;
    ck_assert(epoch(40));
    ck_assert(!epoch(40));
    ck_assert_int_eq(trouble.kind, TROUBLE_NOT_FINITE);
    const char *words[] = {"epoch 2, step 3, at the learning rate 0.5",
                           "epoch 2, step 4, at the learning rate 0.5"};
    ck_assert_msg(strstr(trouble.words, words[_i]) != NULL, "%s", trouble.words);
    ck_assert_int_eq(sums.steps, 2 + _i); /* what was known before */
    ck_assert_int_eq(script->waited, script->steps);
}
END_TEST

START_TEST(so_is_that_of_test_images) {
    open_parts(4, 1);
    script->not_finite_at = 11;
    ck_assert(epoch(40));
    ck_assert(!trainer_evaluate(trainer, &images, &sums, &trouble));
    ck_assert_int_eq(trouble.kind, TROUBLE_NOT_FINITE);
    ck_assert_ptr_nonnull(strstr(trouble.words, "test images after epoch 1"));
    ck_assert_int_eq(script->waited, script->steps);
}
END_TEST

START_TEST(a_trouble_of_the_engine_is_passed_on_and_nothing_more_is_asked) {
    struct trainer_order order = usual();
    int calls = 0;
    for (int at = 1; calls < 3; at++, another()) {
        calls = 0;
        script->fails_at = at;
        trainer = trainer_open(&script->engine, &order, &trouble);
        calls += trainer != NULL;
        calls += calls == 1 && epoch(20);
        calls += calls == 2 && trainer_evaluate(trainer, &images, &sums, &trouble);
        ck_assert_int_eq(script->after_trouble, 0);
        ck_assert_int_eq(trouble.kind, calls < 3 ? TROUBLE_LOST : TROUBLE_NONE);
        char words[32];
        snprintf(words, sizeof words, "call %d is lost", at);
        ck_assert_str_eq(trouble.words, calls < 3 ? words : "");
    }
}
END_TEST

START_TEST(images_that_were_not_planned_are_refused) {
    open_parts(4, 1);
    images.map.channels = 3;
    ck_assert(!epoch(20));
    ck_assert_int_eq(trouble.kind, TROUBLE_PLAN);
    ck_assert_ptr_nonnull(strstr(trouble.words, "3 x 2 x 2 numbers; planned were 1 x 2 x 2"));
    make_images();
    images.classes = 11;
    trouble = (struct trouble){TROUBLE_NONE};
    ck_assert(!trainer_evaluate(trainer, &images, &sums, &trouble));
    ck_assert_ptr_nonnull(strstr(trouble.words, "11 classes; the network tells 10 apart"));
    ck_assert_str_eq(script->events, "");
}
END_TEST

START_TEST(too_few_images_are_refused) {
    open_parts(4, 3);
    ck_assert(!epoch(11));
    ck_assert_int_eq(trouble.kind, TROUBLE_PLAN);
    ck_assert_ptr_nonnull(strstr(trouble.words, "takes 12 images, more than the 11"));
    for (int i = 0; i < 3; i++) {
        trouble = (struct trouble){TROUBLE_NONE};
        ck_assert(!epoch((int64_t[]){0, -1, TRAINING + 1}[i]));
        ck_assert_int_eq(trouble.kind, TROUBLE_PLAN);
    }
    ck_assert_ptr_nonnull(strstr(trouble.words, "43 training images, not 44"));
    ck_assert_str_eq(script->events, "");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("trainer");
    TCase *c = tcase_create("trainer");
    tcase_add_checked_fixture(c, begin, end);
    tcase_set_timeout(c, 60);
    tcase_add_test(c, what_is_granted_is_what_was_planned);
    tcase_add_test(c, everything_that_stays_is_written_once);
    tcase_add_loop_test(c, what_cannot_be_trained_is_a_sentence, 0, MISTAKES);
    tcase_add_test(c, what_is_larger_than_the_device_is_told_in_bytes);
    tcase_add_test(c, a_step_is_staged_while_the_one_before_runs);
    tcase_add_test(c, an_epoch_sees_each_image_once_in_an_order_of_its_own);
    tcase_add_test(c, images_that_fill_no_batch_wait_for_another_epoch);
    tcase_add_test(c, a_seed_repeats_the_order_and_another_does_not);
    tcase_add_test(c, accumulation_updates_with_the_last_part_only);
    tcase_add_test(c, settings_are_those_of_pytorchs_optimisers);
    tcase_add_test(c, sums_are_means_over_images);
    tcase_add_test(c, every_step_is_shown);
    tcase_add_test(c, whoever_watches_may_end_an_epoch);
    tcase_add_test(c, an_update_that_has_begun_is_brought_to_its_end);
    tcase_add_test(c, all_test_images_are_evaluated_and_nothing_else_counts);
    tcase_add_loop_test(c, a_loss_that_is_not_finite_is_told_with_its_place, 0, 2);
    tcase_add_test(c, so_is_that_of_test_images);
    tcase_add_test(c, a_trouble_of_the_engine_is_passed_on_and_nothing_more_is_asked);
    tcase_add_test(c, images_that_were_not_planned_are_refused);
    tcase_add_test(c, too_few_images_are_refused);
    suite_add_tcase(suite, c);
    return unit_run(suite);
}
