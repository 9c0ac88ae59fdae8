/* Reports of training on a GPU: honest ones pass, whatever the card, tool and noise; each kind of
 * wrong one is caught by the invariant that is about it; and what is no report is refused. */
#include "report.h"
#include "report_made.h"
#include "unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROOM = 64 };

static char json[MADE_BYTES];
static struct report report;
static struct report_finding findings[ROOM];

static int judge(const struct made *m) {
    size_t length = made_write(m, json);
    ck_assert_uint_lt(length, MADE_BYTES);
    ck_assert_msg(report_parse(json, length, &report), "%s", report.mistake);
    ck_assert(report_sound(&report));
    return report_judge(&report, findings, ROOM);
}

static const struct report_finding *find(const char *id, int count) {
    for (int i = 0; i < count; i++)
        if (strcmp(findings[i].invariant->id, id) == 0)
            return &findings[i];
    return NULL;
}

/* --- Honest ones --- */

static bool may_be_strange(const struct made_profile *p, const struct report_finding *f) {
    if (strcmp(f->invariant->id, "card-known") == 0)
        return strstr(p->card, "2070") || strstr(p->name, "slice");
    return strcmp(f->invariant->id, "precision-usual") == 0 && strstr(p->name, "emulates");
}

static void demand_honest(const struct made_profile *p, uint64_t seed) {
    struct made m;
    made_run(p, seed, &m);
    int count = judge(&m);
    ck_assert_int_ge(count, 20);
    for (int i = 0; i < count; i++)
        if (findings[i].outcome != REPORT_CONSISTENT && !may_be_strange(p, &findings[i]))
            ck_abort_msg("%s, seed %llu: %s: %s", p->name, (unsigned long long)seed,
                         findings[i].invariant->id, findings[i].words);
    for (int part = 0; part < REPORT_PARTS; part++)
        ck_assert_ptr_null(report_lacks(&report, part));
}

START_TEST(honest_reports_pass) {
    demand_honest(&made_honest[_i], 1);
}
END_TEST

START_TEST(ten_thousand_other_runs_raise_no_false_alarm) {
    for (int i = 0; i < 10000; i++)
        demand_honest(&made_honest[i % made_honest_count], 2 + (uint64_t)i);
}
END_TEST

START_TEST(reading_after_one_step_is_explained) {
    struct made m;
    made_run(&made_honest[0], 1, &m);
    const struct report_finding *f = find("first-step", judge(&m));
    ck_assert_ptr_nonnull(f);
    ck_assert_int_eq(f->outcome, REPORT_CONSISTENT);
    ck_assert_ptr_nonnull(strstr(f->words, "After a single step"));
}
END_TEST

/* --- Wrong ones --- */

enum { T4, TYPED, L4, A100, TRAINER_A100, TRAINER_H200, H200, LAPTOP, TRAINER_LAPTOP, UNLISTED };

static void copies_sgd(struct made *m) {
    m->optimisers[1] = m->optimisers[2] = m->optimisers[0];
}
static void copies_sgd_after_three_steps(struct made *m) {
    m->steps = 3;
    copies_sgd(m);
}
static void calls_mib_mb(struct made *m) {
    m->units = "MB";
}
static void lists_no_card(struct made *m) {
    m->card = "Voodoo 2";
}
static void has_another_machine(struct made *m) {
    m->multiprocessors = 108;
    m->compute = 8.0;
}
static void counts_a_thousand_classes(struct made *m) {
    m->parameters = 60192808;
}
static void gives_millions_of_parameters(struct made *m) {
    m->size = 58.16;
}
static void asks_the_allocator_for_the_context(struct made *m) {
    m->loaded = m->before + m->size;
}
static void reads_the_context_after_training(struct made *m) {
    m->loaded = m->before + m->size + 2000;
}
static void has_a_large_context(struct made *m) {
    m->loaded = m->before + m->size + 1100;
}
static void reads_rows_below_the_context(struct made *m) {
    m->batches[0] = 200;
}
static void reads_after_the_step(struct made *m) {
    m->optimisers[0] = m->before + m->loaded + 240;
    copies_sgd(m);
}
static void holds_something_else(struct made *m) {
    for (int i = 0; i < 3; i++)
        m->optimisers[i] += 6000;
}
static void exceeds_the_card_with_adam(struct made *m) {
    m->optimisers[2] = m->total + 100;
}
static void differs_after_one_step(struct made *m) {
    m->steps = 1;
    m->optimisers[2] += 1000;
}
static void reports_less_than_samples(struct made *m) {
    m->sample = 1.02;
}
static void reads_small_rows(struct made *m) {
    for (int i = 0; i < m->batch_count; i++)
        m->batches[i] -= 500;
}
static void reads_large_rows(struct made *m) {
    for (int i = 0; i < m->batch_count; i++)
        m->batches[i] += 6000;
}
static void exceeds_the_card(struct made *m) {
    m->batches[3] = 16000;
}
static void mixes_rows(struct made *m) {
    double other = m->batches[1];
    m->batches[1] = m->batches[2];
    m->batches[2] = other;
}
static void measures_another_network(struct made *m) {
    m->network = "resnet152";
}
static void doubles_the_slope(struct made *m) {
    for (int i = 0; i < m->batch_count; i++)
        m->batches[i] += 30 * m->batch[i];
}
static void raises_the_slope(struct made *m) {
    for (int i = 0; i < m->batch_count; i++)
        m->batches[i] += 14 * m->batch[i];
}
static void makes_up_bytes(struct made *m) {
    m->unit = 1.0000001; /* so that nothing falls on pages */
}
static void fits_what_fails(struct made *m) {
    m->fails = m->fits;
}
static void trains_beyond_the_largest(struct made *m) {
    m->fits = 64;
    m->fails = 128;
}
static void fits_too_much(struct made *m) {
    m->fits = 4096;
    m->fails = 8192;
}
static void fails_early(struct made *m) {
    m->fits = 256;
    m->fails = 257;
}
static void claims_bf16(struct made *m) {
    m->precision = "bf16";
}
static void claims_tf32(struct made *m) {
    m->precision = "tf32";
}
static void goes_back_in_time(struct made *m) {
    m->time[1][4] = m->time[1][2];
}
static void scale_times(struct made *m, double factor) {
    for (int i = 0; i < m->batch_count; i++)
        for (int e = 0; e < MADE_EPOCHS; e++)
            m->time[i][e] *= factor;
}
static void trains_in_no_time(struct made *m) {
    scale_times(m, 0.1);
}
static void trains_at_the_peak(struct made *m) {
    for (int i = 0; i < m->batch_count; i++)
        for (int e = 0; e < MADE_EPOCHS; e++)
            m->time[i][e] = (e + 1) * m->images / 720.0;
}
static void invents_accuracies(struct made *m) {
    m->right[2][3] += 0.4;
}
static void is_never_wrong(struct made *m) {
    m->right[3][MADE_EPOCHS - 1] = m->images;
}
static void keeps_another_log(struct made *m) {
    m->log_memory = 0.6;
}

static const struct {
    const char *id;
    int honest; /* what it was before */
    void (*spoil)(struct made *m);
} wrong[] = {
    {"card-known", T4, lists_no_card},
    {"card-total", T4, calls_mib_mb},
    {"card-total", H200, calls_mib_mb},
    {"card-facts", T4, has_another_machine},
    {"parameters", T4, counts_a_thousand_classes},
    {"model-size", TYPED, gives_millions_of_parameters},
    {"context-seen", T4, asks_the_allocator_for_the_context},
    {"context-bound", A100, reads_the_context_after_training},
    {"context-usual", T4, has_a_large_context},
    {"context-rows", T4, reads_rows_below_the_context},
    {"optimiser-floor", T4, reads_after_the_step},
    {"optimiser-ceiling", A100, holds_something_else},
    {"optimiser-card", LAPTOP, exceeds_the_card_with_adam},
    {"optimiser-state", T4, copies_sgd_after_three_steps},
    {"optimiser-state", L4, copies_sgd},
    {"optimiser-state", TRAINER_H200, copies_sgd},
    {"first-step", T4, differs_after_one_step},
    {"optimiser-samples", T4, reports_less_than_samples},
    {"batch-floor", T4, reads_small_rows},
    {"batch-ceiling", H200, reads_large_rows},
    {"batch-card", T4, exceeds_the_card},
    {"batch-order", LAPTOP, mixes_rows},
    {"slope", T4, measures_another_network},
    {"slope", A100, doubles_the_slope},
    {"slope-usual", H200, raises_the_slope},
    {"batch-samples", H200, reports_less_than_samples},
    {"grid", A100, makes_up_bytes},
    {"largest-order", T4, fits_what_fails},
    {"largest-order", T4, trains_beyond_the_largest},
    {"largest-fits", T4, fits_too_much},
    {"largest-fails", H200, fails_early},
    {"precision", T4, claims_tf32},
    {"precision-usual", T4, claims_bf16},
    {"clock", L4, goes_back_in_time},
    {"speed", T4, trains_in_no_time},
    {"speed-usual", T4, trains_at_the_peak},
    {"accuracy-count", H200, invents_accuracies},
    {"accuracy-usual", A100, is_never_wrong},
    {"log", UNLISTED, keeps_another_log},
};
enum { WRONG = sizeof wrong / sizeof *wrong };

START_TEST(wrong_reports_are_caught_by_what_is_about_them) {
    struct made m;
    made_run(&made_honest[wrong[_i].honest], 1, &m);
    wrong[_i].spoil(&m);
    const struct report_finding *f = find(wrong[_i].id, judge(&m));
    ck_assert_msg(f && f->outcome == f->invariant->violated, "%s: %s", wrong[_i].id,
                  f ? f->words : "does not apply");
    ck_assert_ptr_nonnull(strstr(f->words, f->invariant->sentence));
}
END_TEST

START_TEST(every_invariant_has_a_wrong_report) {
    for (int i = 0; i < report_invariant_count; i++) {
        int seen = 0;
        for (int k = 0; k < WRONG; k++)
            seen += strcmp(wrong[k].id, report_invariants[i].id) == 0;
        ck_assert_msg(seen > 0, "%s", report_invariants[i].id);
    }
}
END_TEST

START_TEST(the_example_is_wrong_in_every_part) {
    FILE *file = fopen("problems/support/gpu_report.example.json", "r");
    ck_assert_ptr_nonnull(file);
    size_t length = fread(json, 1, sizeof json, file);
    fclose(file);
    ck_assert_msg(report_parse(json, length, &report), "%s", report.mistake);
    ck_assert_int_eq(report.kind, REPORT_REHEARSAL);
    int count = report_judge(&report, findings, ROOM), wrong_parts = 0;
    for (int i = 0; i < count; i++)
        if (findings[i].outcome == REPORT_INCONSISTENT)
            wrong_parts |= 1 << findings[i].invariant->part;
    ck_assert_int_eq(wrong_parts, (1 << REPORT_PARTS) - 1);
}
END_TEST

/* The honest reports as files, for tests/end/report.sh. */
static int write_all(const char *directory) {
    static struct made m;
    char path[4096];
    for (int i = 0; i < made_honest_count; i++) {
        made_run(&made_honest[i], 1, &m);
        snprintf(path, sizeof path, "%s/honest-%d.json", directory, i);
        FILE *file = fopen(path, "w");
        if (!file)
            return 1;
        fwrite(json, 1, made_write(&m, json), file);
        fclose(file);
    }
    return 0;
}

int main(int count, char **arguments) {
    if (count == 3 && strcmp(arguments[1], "write") == 0)
        return write_all(arguments[2]);
    Suite *suite = suite_create("report");
    TCase *tests = tcase_create("report");
    tcase_set_timeout(tests, 300);
    tcase_add_loop_test(tests, honest_reports_pass, 0, made_honest_count);
    tcase_add_test(tests, ten_thousand_other_runs_raise_no_false_alarm);
    tcase_add_test(tests, reading_after_one_step_is_explained);
    tcase_add_loop_test(tests, wrong_reports_are_caught_by_what_is_about_them, 0, WRONG);
    tcase_add_test(tests, every_invariant_has_a_wrong_report);
    tcase_add_test(tests, the_example_is_wrong_in_every_part);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
