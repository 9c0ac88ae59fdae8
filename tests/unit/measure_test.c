/* Measurements: what is measured again and what is not, what a crash, a full card, a full disk and
 * an interruption leave, ledgers that add up, and reports that the judge believes. */
#include "measure_files.h"
#include "measure_ledger.h"
#include "measure_made.h"
#include "measure_report.h"
#include "report.h"
#include "unit.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MIB ((int64_t)1 << 20)

static char folder[64], log_file[80];
static struct measure_options options;
static struct measurement m;
static struct trouble trouble;
static const struct measure_news silent;
static int lock;

static void begin(void) {
    strcpy(folder, "/tmp/measure-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(log_file, sizeof log_file, "%s/log", folder);
    options = (struct measure_options){.depth = 18, .seed = 1};
    made_device = (struct made_device){
        .card = "T4", .libraries = 60 * MIB, .plans = 12 * MIB, .first = 30 * MIB, .log = log_file};
    trouble = (struct trouble){TROUBLE_NONE, 0, 0, ""};
    lock = measure_enter(folder, &trouble);
    ck_assert_int_ge(lock, 0);
}

static void end(void) {
    char command[96];
    close(lock);
    snprintf(command, sizeof command, "rm -rf %s", folder);
    ck_assert_int_eq(system(command), 0);
}

static enum measure_outcome run(void) {
    m = (struct measurement){.options = &options, .folder = folder};
    trouble = (struct trouble){TROUBLE_NONE, 0, 0, ""};
    return measure_run(&m, made_do, &silent, &trouble);
}

/* How often a piece was measured, by now. */
static int times(const char *name) {
    char line[64];
    int count = 0;
    FILE *log = fopen(log_file, "r");
    while (log && fgets(line, sizeof line, log)) {
        line[strcspn(line, "\n")] = '\0';
        count += strcmp(line, name) == 0;
    }
    if (log)
        fclose(log);
    return count;
}

/* --- Records --- */

START_TEST(a_record_comes_back_as_it_was) {
    struct measure_record r, again;
    ck_assert_int_eq(run(), MEASURED);
    r = *measure_find(&m, "batch-64");
    r.trouble = (struct trouble){TROUBLE_NO_MEMORY, 5, 4, "asked for \"5\" \\ bytes"};
    ck_assert(measure_save(folder, &r, &trouble));
    ck_assert(measure_load(folder, "batch-64", &again));
    ck_assert_int_eq(again.epoch_count, 10);
    char *first = measure_describe(&r), *second = measure_describe(&again);
    ck_assert_str_eq(first, second);
    ck_assert(r.seconds == again.seconds && r.epochs[9].accuracy == again.epochs[9].accuracy);
    ck_assert_int_eq(r.at[MOMENT_PEAK].told, again.at[MOMENT_PEAK].told);
    free(first);
    free(second);
}
END_TEST

START_TEST(half_a_record_or_another_file_is_none) {
    struct measure_record r;
    static const char *const texts[] = {"", "{}", "[1]", "{\"piece\": 7}", "\xff\xfe{"};
    ck_assert_int_eq(run(), MEASURED);
    char *text = measure_describe(measure_find(&m, "sgd-8"));
    for (size_t length = 0; length + 1 < strlen(text); length += 37) {
        ck_assert(measure_write(folder, "pieces/sgd-8.json", text, length, &trouble));
        ck_assert(!measure_load(folder, "sgd-8", &r));
    }
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        ck_assert(measure_write(folder, "pieces/sgd-8.json", texts[i], strlen(texts[i]), &trouble));
        ck_assert(!measure_load(folder, "sgd-8", &r));
    }
    free(text);
    ck_assert(!measure_load(folder, "never", &r));
}
END_TEST

/* --- Again, or not --- */

START_TEST(what_is_known_is_not_measured_again) {
    ck_assert_int_eq(run(), MEASURED);
    const int64_t fits = m.fits, fails = m.fails;
    ck_assert_int_eq(run(), MEASURED);
    ck_assert_int_eq(times("context-1"), 1);
    ck_assert_int_eq(times("adam-8"), 1);
    ck_assert_int_eq(times("batch-256"), 1);
    ck_assert_int_eq(times("device"), 2);
    ck_assert_int_eq(m.fits, fits);
    ck_assert_int_eq(m.fails, fails);
}
END_TEST

static void choose_seed(void) {
    options.seed = 2;
}
static void choose_network(void) {
    options.depth = 34;
}
static void choose_levers(void) {
    options.levers = STEP_CHECKPOINT;
}
static void choose_epochs(void) {
    options.epochs = 3;
}
static void choose_precision(void) {
    options.numbers = NUMBERS_TF32;
    options.numbers_chosen = true;
}
static void choose_device(void) {
    made_device.card = "L4";
}
static void choose_rehearsal(void) {
    options.cpu = true;
}
static void (*const choices[])(void) = {choose_seed,     choose_network,   choose_levers,
                                        choose_epochs,   choose_precision, choose_device,
                                        choose_rehearsal};
enum { CHOICES = sizeof choices / sizeof *choices };

START_TEST(other_settings_are_measured_again) {
    ck_assert_int_eq(run(), MEASURED);
    choices[_i]();
    run();
    ck_assert_int_eq(times("batch-64"), 2);
    ck_assert_int_eq(m.records[6].epoch_count, _i == 3 ? 3 : 10);
}
END_TEST

START_TEST(a_failed_piece_is_tried_again) {
    made_device.fails = "adam-8";
    ck_assert_int_eq(run(), MEASURED_PARTLY);
    ck_assert_ptr_null(measure_find(&m, "adam-8"));
    made_device.fails = NULL;
    ck_assert_int_eq(run(), MEASURED);
    ck_assert_int_eq(times("adam-8"), 2);
    ck_assert_int_eq(times("momentum-8"), 1);
}
END_TEST

/* --- What goes wrong --- */

START_TEST(pieces_after_a_failed_one_are_measured) {
    made_device.fails = "batch-16";
    ck_assert_int_eq(run(), MEASURED_PARTLY);
    const struct measure_record *r = &m.records[5];
    ck_assert_str_eq(r->name, "batch-16");
    ck_assert_int_eq(r->trouble.kind, TROUBLE_NO_MEMORY);
    ck_assert_int_gt(r->trouble.asked, 0);
    ck_assert_ptr_nonnull(strstr(r->trouble.words, "were free"));
    ck_assert_ptr_nonnull(measure_find(&m, "batch-64"));
    ck_assert_int_gt(m.fits, 256);
    char *text = measure_report(&m, false);
    static struct report report;
    ck_assert_msg(report_parse(text, strlen(text), &report), "%s", report.mistake);
    ck_assert_int_eq(report.batch_count, 3);
    free(text);
}
END_TEST

START_TEST(a_crash_is_said_and_costs_one_piece) {
    made_device.crashes = "momentum-8";
    ck_assert_int_eq(run(), MEASURED_PARTLY);
    ck_assert_ptr_nonnull(strstr(m.records[2].trouble.words, "signal 6"));
    ck_assert_ptr_nonnull(measure_find(&m, "adam-8"));
}
END_TEST

START_TEST(a_device_that_does_not_open_ends_it_at_once) {
    static const enum trouble_kind kinds[] = {TROUBLE_OLD_DRIVER, TROUBLE_TAKEN, TROUBLE_DATA,
                                              TROUBLE_DEVICE};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        made_device.broken = kinds[i];
        ck_assert_int_eq(run(), MEASURED_NOTHING);
        ck_assert_int_eq(trouble.kind, kinds[i]);
        ck_assert_int_eq(m.count, 0);
    }
}
END_TEST

START_TEST(a_full_disk_leaves_the_old_file) {
    const struct rlimit none = {0, RLIM_INFINITY};
    char path[96], words[16] = "";
    ck_assert(measure_write(folder, "file", "old", 3, &trouble));
    signal(SIGXFSZ, SIG_IGN);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &none), 0);
    ck_assert(!measure_write(folder, "file", "newer", 5, &trouble));
    ck_assert_int_eq(trouble.kind, TROUBLE_DISK);
    ck_assert_ptr_nonnull(strstr(trouble.words, "/file cannot be written: File too large"));
    made_device.log = NULL;
    ck_assert_int_eq(run(), MEASURED_UNSAVED);
    ck_assert_int_eq(trouble.kind, TROUBLE_DISK);
    ck_assert_int_eq(m.records[0].at[MOMENT_BEFORE].seen, 5 * MIB); /* and it is known, still */
    const struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY};
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &all), 0);
    snprintf(path, sizeof path, "%s/file", folder);
    FILE *file = fopen(path, "r");
    ck_assert_ptr_nonnull(fgets(words, sizeof words, file));
    fclose(file);
    ck_assert_str_eq(words, "old");
}
END_TEST

START_TEST(two_runs_do_not_share_a_folder) {
    ck_assert_int_eq(measure_enter(folder, &trouble), -1);
    ck_assert_ptr_nonnull(strstr(trouble.words, "another run"));
    close(lock);
    trouble.kind = TROUBLE_NONE;
    lock = measure_enter(folder, &trouble);
    ck_assert_int_ge(lock, 0);
}
END_TEST

START_TEST(a_folder_that_cannot_be_made_is_named) {
    ck_assert(measure_write(folder, "file", "", 0, &trouble));
    char path[96];
    snprintf(path, sizeof path, "%s/file/below", folder);
    ck_assert_int_eq(measure_enter(path, &trouble), -1);
    ck_assert_ptr_nonnull(strstr(trouble.words, "file/below: cannot write there: Not a directory"));
}
END_TEST

static void stop(int number) {
    (void)number;
    measure_stop();
}

START_TEST(stopped_in_a_piece_it_goes_on_after_the_last_one) {
    made_device.hangs = "batch-16";
    pid_t child = fork();
    if (child == 0) {
        signal(SIGTERM, stop);
        _exit(run() == MEASURE_STOPPED && measure_find(&m, "batch-4") ? 0 : 1);
    }
    for (int i = 0; i < 500 && times("batch-16") == 0; i++)
        usleep(10000);
    int status = -1;
    ck_assert_int_eq(kill(child, SIGTERM), 0);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    made_device.hangs = NULL;
    ck_assert_int_eq(run(), MEASURED);
    ck_assert_int_eq(times("batch-4"), 1);
    ck_assert_int_eq(times("batch-16"), 2);
}
END_TEST

/* --- The largest batch --- */

START_TEST(the_largest_batch_is_tried_from_both_sides) {
    static const int64_t extra[] = {0, 400, 1500}; /* MiB that nobody planned */
    made_device.first = 30 * MIB;
    made_device.plans = extra[_i] * MIB;
    ck_assert_int_eq(run(), MEASURED);
    ck_assert_int_gt(m.fits, 256);
    ck_assert_int_gt(m.fails, m.fits);
    ck_assert_int_le(m.fails - m.fits, m.planned_fit / 50 + 1);
    ck_assert(!m.fails_by_plan_only);
    char name[MEASURE_NAME];
    snprintf(name, sizeof name, "largest-%lld", (long long)m.fails);
    ck_assert_int_eq(times(name), 1);
}
END_TEST

START_TEST(the_plan_says_how_many_images_fit) {
    struct measure_record device = {.facts = {.gpu = true}, .map = {3, 32, 32}};
    struct measure_piece p = measure_attempt(&options, &device, 1);
    struct trainer_order order = measure_order(&options, &device, &p);
    ck_assert_int_eq(measure_largest(&order, 30 * MIB), 0);
    const int64_t some = measure_largest(&order, 2048 * MIB);
    const int64_t twice = measure_largest(&order, 4096 * MIB);
    ck_assert_int_gt(some, 60);
    ck_assert_int_gt(twice, 2 * some);
    ck_assert_int_lt(twice, 2 * some + 20);
    order.numbers = NUMBERS_BF16;
    ck_assert_int_gt(measure_largest(&order, 2048 * MIB), some * 3 / 2);
}
END_TEST

/* --- Ledgers --- */

START_TEST(every_byte_of_a_ledger_has_a_name) {
    srand(182);
    for (int i = 0; i < 1000; i++) {
        struct measure_record r = {.planned = rand(), .granted = rand()};
        int64_t sum = 0, planned = 0, granted = 0;
        for (int k = 0; k < STEP_KINDS; k++)
            r.by_kind[k] = rand();
        for (int k = 0; k < MOMENTS; k++)
            r.at[k].seen = rand();
        const struct ledger l = ledger_make(&r);
        for (int line = 0; line < LEDGER_LINES; line++) {
            sum += l.bytes[line];
            planned = line == LEDGER_GAPS ? sum : planned;
            granted = line == LEDGER_ROUNDING ? sum : granted;
            ck_assert_uint_gt(strlen(ledger_name(line, i % 2)), 3);
        }
        ck_assert_int_eq(planned, r.planned);
        ck_assert_int_eq(granted, r.granted);
        ck_assert_int_eq(sum, r.at[MOMENT_PEAK].seen - r.at[MOMENT_BEFORE].seen);
        ck_assert_int_eq(sum, l.measured);
    }
}
END_TEST

/* --- Reports --- */

static const struct {
    const char *card;
    int depth, libraries;
    enum numbers numbers;
    unsigned levers;
} cases[] = {{"T4", 18, 60, NUMBERS_FP32, 0},
             {"H200", 18, 120, NUMBERS_TF32, 0},
             {"H200", 152, 120, NUMBERS_BF16, 0},
             {"A100-SXM4-40GB", 18, 90, NUMBERS_BF16, STEP_RENORMALISE | STEP_FUSED_UPDATE},
             {"L4", 152, 80, NUMBERS_TF32, STEP_CHECKPOINT},
             {NULL, 18, 40, NUMBERS_FP32, 0}};
enum { CASES = sizeof cases / sizeof *cases };

static void judge(const char *text) {
    static struct report r;
    static struct report_finding findings[64];
    ck_assert_msg(report_parse(text, strlen(text), &r), "%s", r.mistake);
    ck_assert(report_sound(&r));
    ck_assert_int_eq(r.kind, made_device.card ? REPORT_MEASUREMENT : REPORT_REHEARSAL);
    int count = report_judge(&r, findings, 64);
    ck_assert_int_ge(count, 15);
    for (int i = 0; i < count; i++) {
        bool cpu = !made_device.card && strcmp(findings[i].invariant->id, "card-known") == 0;
        ck_assert_msg(cpu || findings[i].outcome == REPORT_CONSISTENT, "%s: %s",
                      findings[i].invariant->id, findings[i].words);
    }
    for (int part = 0; part < REPORT_PARTS; part++)
        ck_assert_msg(!report_lacks(&r, part), "%s", report_lacks(&r, part));
}

START_TEST(the_judge_believes_what_was_measured) {
    made_device.card = cases[_i].card;
    made_device.libraries = cases[_i].libraries * MIB;
    options.depth = cases[_i].depth;
    options.numbers = cases[_i].numbers;
    options.numbers_chosen = true;
    options.levers = cases[_i].levers;
    ck_assert_int_eq(run(), MEASURED);
    char *text = measure_report(&m, true);
    judge(text);
    if (getenv("WRITE")) {
        char path[256];
        snprintf(path, sizeof path, "%s/measured-%d.json", getenv("WRITE"), _i);
        FILE *out = fopen(path, "w");
        fputs(text, out);
        fclose(out);
    }
    free(text);
}
END_TEST

START_TEST(without_nvml_nobody_claims_to_know_the_context) {
    ck_assert_int_eq(run(), MEASURED);
    m.records[0].outside = false;
    char *text = measure_report(&m, false);
    ck_assert_ptr_null(strstr(text, "\"context\""));
    free(text);
}
END_TEST

START_TEST(a_rehearsal_says_so_and_how_small_it_is) {
    made_device.card = NULL;
    ck_assert_int_eq(run(), MEASURED);
    ck_assert(m.fails_by_plan_only);
    char *text = measure_report(&m, false);
    ck_assert_ptr_nonnull(strstr(text, "\"rehearsal\""));
    ck_assert_ptr_nonnull(strstr(text, "\"scale\""));
    ck_assert_ptr_null(strstr(text, "\"fails\""));
    free(text);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("measure");
    TCase *t = tcase_create("measurements");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, begin, end);
    tcase_add_test(t, a_record_comes_back_as_it_was);
    tcase_add_test(t, half_a_record_or_another_file_is_none);
    tcase_add_test(t, what_is_known_is_not_measured_again);
    tcase_add_loop_test(t, other_settings_are_measured_again, 0, CHOICES);
    tcase_add_test(t, a_failed_piece_is_tried_again);
    tcase_add_test(t, pieces_after_a_failed_one_are_measured);
    tcase_add_test(t, a_crash_is_said_and_costs_one_piece);
    tcase_add_test(t, a_device_that_does_not_open_ends_it_at_once);
    tcase_add_test(t, a_full_disk_leaves_the_old_file);
    tcase_add_test(t, two_runs_do_not_share_a_folder);
    tcase_add_test(t, a_folder_that_cannot_be_made_is_named);
    tcase_add_test(t, stopped_in_a_piece_it_goes_on_after_the_last_one);
    tcase_add_loop_test(t, the_largest_batch_is_tried_from_both_sides, 0, 3);
    tcase_add_test(t, the_plan_says_how_many_images_fit);
    tcase_add_test(t, every_byte_of_a_ledger_has_a_name);
    tcase_add_loop_test(t, the_judge_believes_what_was_measured, 0, CASES);
    tcase_add_test(t, without_nvml_nobody_claims_to_know_the_context);
    tcase_add_test(t, a_rehearsal_says_so_and_how_small_it_is);
    suite_add_tcase(suite, t);
    return unit_run(suite);
}
