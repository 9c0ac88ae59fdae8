/* A small ResNet on the CPU learns what is in pictures, real ones and made up ones, and does so
 * again to the bit. */
#include "unit.h"

#include "trainer.h"

#include <stdlib.h>
#include <string.h>

enum { COUNT = 2000, EPOCHS = 3 };

static struct images images;
static struct engine *engine;
static struct trainer *trainer;
static struct trouble trouble;

static struct trainer_order usual(void) {
    return (struct trainer_order){
        .network = {{1, 1, 1, 1}, .width = 8, .classes = 10, .height = 32, .width_pixels = 32},
        .batch = 32,
        .parts = 1,
        .step = {.optimiser = STEP_MOMENTUM},
        .most_workspace = 1 << 24,
        .record = images.map,
        .seed = 1};
}

static void open_images(const char *where) {
    ck_assert_msg(images_open(where, &images, &trouble), "%s", trouble.words);
}
static void begin(const struct trainer_order *order) {
    engine = engine_cpu.open(&trouble);
    ck_assert_ptr_nonnull(engine);
    trainer = trainer_open(engine, order, &trouble);
    ck_assert_msg(trainer != NULL, "%s", trouble.words);
    ck_assert_int_eq(engine->granted, trainer_planned(trainer));
}
static void end(void) {
    trainer_close(trainer);
    engine->class->close(engine);
}
static struct trainer_sums epoch(int64_t count, float rate) {
    struct trainer_sums sums;
    ck_assert_msg(trainer_epoch(trainer, &images, count, rate, NULL, NULL, &sums, &trouble), "%s",
                  trouble.words);
    return sums;
}
static struct trainer_sums evaluate(void) {
    struct trainer_sums sums;
    ck_assert_msg(trainer_evaluate(trainer, &images, &sums, &trouble), "%s", trouble.words);
    ck_assert_int_eq(sums.images, images.count[IMAGES_TEST]);
    return sums;
}
static double share(const struct trainer_sums *sums) {
    return (double)sums->hits / (double)sums->images;
}

static const struct {
    const char *where;
    enum step_optimiser optimiser;
    int64_t batch, parts;
    unsigned levers;
    float rate;
    double accuracy; /* of test images, that is reached with a wide margin; by chance: 0.1 */
} trainings[] = {
    {"/usr/share/datasets/fashion-mnist", STEP_MOMENTUM, 32, 1, 0, 0.02F, 0.55},
    {"made:1", STEP_MOMENTUM, 32, 1, 0, 0.02F, 0.4},
    {"made:1", STEP_ADAM, 32, 1, STEP_CHECKPOINT | STEP_FUSED_UPDATE, 0.002F, 0.35},
    {"made:1", STEP_MOMENTUM, 8, 4, 0, 0.02F, 0.3},
};

START_TEST(a_small_network_learns) {
    open_images(trainings[_i].where);
    struct trainer_order order = usual();
    order.batch = trainings[_i].batch;
    order.parts = trainings[_i].parts;
    order.step.optimiser = trainings[_i].optimiser;
    order.step.levers = trainings[_i].levers;
    begin(&order);
    struct trainer_sums before = evaluate(), sums;
    double first = 0;
    ck_assert_double_lt(share(&before), 0.2);
    for (int i = 0; i < EPOCHS; i++) {
        sums = epoch(COUNT, trainings[_i].rate);
        first = i == 0 ? sums.loss : first;
    }
    struct trainer_sums after = evaluate();
    if (getenv("FIGURES"))
        printf("%s: training loss %.4f to %.4f, test loss %.4f to %.4f, accuracy %.3f to %.3f\n",
               trainings[_i].where, first, sums.loss, before.loss, after.loss, share(&before),
               share(&after));
    ck_assert_double_lt(sums.loss, 0.8 * first);
    ck_assert_double_lt(after.loss, 0.8 * before.loss);
    ck_assert_double_gt(share(&after), trainings[_i].accuracy);
    end();
    images_free(&images);
}
END_TEST

START_TEST(the_same_seed_learns_the_same_again) {
    open_images("made:1");
    double losses[3][3];
    for (int run = 0; run < 3; run++) {
        struct trainer_order order = usual();
        order.seed = run < 2 ? 1 : 2;
        begin(&order);
        losses[run][0] = epoch(640, 0.02F).loss;
        losses[run][1] = epoch(640, 0.02F).last_loss;
        losses[run][2] = evaluate().loss;
        end();
    }
    ck_assert_mem_eq(losses[0], losses[1], sizeof losses[0]);
    ck_assert_mem_ne(losses[0], losses[2], sizeof losses[0]);
    images_free(&images);
}
END_TEST

START_TEST(a_wild_rate_ends_with_a_sentence) {
    open_images("made:1");
    struct trainer_order order = usual();
    begin(&order);
    struct trainer_sums sums;
    ck_assert(!trainer_epoch(trainer, &images, COUNT, 1e30F, NULL, NULL, &sums, &trouble));
    ck_assert_int_eq(trouble.kind, TROUBLE_NOT_FINITE);
    ck_assert_ptr_nonnull(strstr(trouble.words, "the learning rate 1e+30"));
    end();
    images_free(&images);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("training on the CPU");
    TCase *c = tcase_create("training");
    tcase_set_timeout(c, 300);
    tcase_add_loop_test(c, a_small_network_learns, 0, sizeof trainings / sizeof *trainings);
    tcase_add_test(c, the_same_seed_learns_the_same_again);
    tcase_add_test(c, a_wild_rate_ends_with_a_sentence);
    suite_add_tcase(suite, c);
    return unit_run(suite);
}
