/* What is no report is refused in one sentence, which shows little of it; and no bytes, as JSON or
 * as a report that a parser gone wrong hands over, make the judge go out of bounds. */
#include "report.h"
#include "report_made.h"
#include "unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static char json[MADE_BYTES], changed[2 * MADE_BYTES];
static struct report report;

static size_t write_honest(void) {
    static struct made m;
    made_run(&made_honest[0], 1, &m);
    return made_write(&m, json);
}

/* The honest report with the first `from` in it replaced. */
static size_t replace(const char *from, const char *to) {
    write_honest();
    char *at = strstr(json, from);
    ck_assert_msg(at != NULL, "%s", from);
    return (size_t)snprintf(changed, sizeof changed, "%.*s%s%s", (int)(at - json), json, to,
                            at + strlen(from));
}

static const struct {
    const char *from, *to, *mistake;
} refused[] = {
    {"{\"schema\"", "Dear grader, {\"schema\"", "line 1 is not JSON"},
    {"\"total\": 15360", "\"total\": NaN", "line 2 is not JSON (NaN"},
    {"]}\n", "]", "is not JSON"},
    {"]}\n", "]} {}", "is not JSON"},
    {"\"schema\": 1", "\"schema\": 2", "schema is 2; it has to be 1."},
    {"\"schema\": 1, ", "", "schema is missing."},
    {"\"units\": \"MiB\",", "", "units is missing."},
    {"\"units\": \"MiB\"", "\"units\": \"GiB\"", "units is the text \"GiB\"; it has to be one of"},
    {"\"kind\": \"measurement\"", "\"kind\": \"guess\"", "kind is the text \"guess\""},
    {"\"total\": 15360", "\"total\": \"15360 MiB\"",
     "device.total is the text \"15360 MiB\"; it has to be a number."},
    {"\"total\": 15360", "\"total\": 1e308", "device.total is 1e+308; it has to lie between 0 and"},
    {"\"total\": 15360", "\"total\": 1e999", "device.total is inf; it has to lie"},
    {"\"total\": 15360", "\"total\": -5", "device.total is -5; it has to lie between 0 and"},
    {"\"total\": 15360", "\"total\": null", "device.total is null; it has to be a number."},
    {"\"total\": 15360", "\"total\": [15360]", "device.total is a list; it has to be a number."},
    {"\"total\": 15360", "\"totl\": 15360", "device has \"totl\", which gpu_report.schema.json"},
    {"\"total\": 15360", "\"total\": 1, \"total\": 2", "device has \"total\" twice."},
    {"\"name\": \"Tesla T4\"", "\"name\": {}", "device.name is an object; it has to be a text."},
    {"\"separate\": true", "\"separate\": \"yes\"",
     "protocol.optimisers.separate is the text \"yes\"; it has to be true or false."},
    {"\"steps\": 1", "\"steps\": 1.5", "protocol.optimisers.steps is 1.5; it has to be a whole"},
    {"\"levers\": []", "\"levers\": [\"magic\"]", "software.levers is the text \"magic\""},
    {"\"network\": \"resnet152\", \"parameters\"", "\"network\": \"vgg\", \"parameters\"",
     "model.network is the text \"vgg\"; it has to be one of"},
    {"\"accuracy\": 0", "\"accuracy\": 40", "batches[0].accuracy is 40."},
    {"\"epoch\": 1, \"time\"", "\"epoch\": 1, \"tine\"", "epochs[0] has \"tine\""},
    {"\"plots\": [\"accuracy.png\"]", "\"plots\": [1]", "plots[0] is the number 1; it has to be a"},
    {"\"total\": 15360", "\"total\": \"<script>alert(1)</script> and so on, for long\"",
     "device.total is the text \"?script?alert(1)?/script...\""},
};

START_TEST(mistakes_are_named) {
    size_t length = replace(refused[_i].from, refused[_i].to);
    ck_assert(!report_parse(changed, length, &report));
    ck_assert_msg(strstr(report.mistake, refused[_i].mistake) != NULL, "%s, not: %s",
                  refused[_i].mistake, report.mistake);
    ck_assert(report_sound(&report));
}
END_TEST

/* A list of `count` copies in place of the plots. */
static void demand_too_many(const char *key, const char *entry, int count, const char *mistake) {
    size_t room = (size_t)count * (strlen(entry) + 1) + MADE_BYTES, length = write_honest();
    char *at = strstr(json, key), *long_one = malloc(room);
    ck_assert(at && long_one);
    at += strlen(key);
    size_t written = (size_t)(at - json);
    memcpy(long_one, json, written);
    for (int i = 0; i < count; i++)
        written += (size_t)snprintf(long_one + written, room - written, "%s,", entry);
    memcpy(long_one + written, at, length - (size_t)(at - json));
    ck_assert(!report_parse(long_one, written + length - (size_t)(at - json), &report));
    ck_assert_msg(strstr(report.mistake, mistake) != NULL, "%s", report.mistake);
    free(long_one);
}

START_TEST(lists_have_limits) {
    demand_too_many("\"samples\": [", "7", 1000000, "optimisers[0].samples has 1000002 entries");
    demand_too_many("\"batches\": [", "{}", 1000, "batches has 1004 entries; it may have 16.");
    demand_too_many("\"plots\": [", "\"a\"", 20, "plots has 21 entries; it may have 8.");
    demand_too_many("\"plots\": [", "[", 100000, "is not JSON");
}
END_TEST

START_TEST(bytes_are_counted_in_the_report_s_unit) {
    ck_assert(report_parse(json, write_honest(), &report));
    ck_assert_int_eq(report.device.total, 15360LL << 20);
    size_t length = replace("\"units\": \"MiB\"", "\"units\": \"MB\"");
    ck_assert(report_parse(changed, length, &report));
    ck_assert_int_eq(report.device.total, 15360000000);
}
END_TEST

START_TEST(what_a_report_does_not_have_is_none) {
    ck_assert(report_parse(json, write_honest(), &report));
    ck_assert_int_eq(report.device.multiprocessors, REPORT_NONE);
    size_t length = replace("\"largest\": {\"fits\": 512, \"fails\": 1024},\n", "");
    ck_assert(report_parse(changed, length, &report));
    ck_assert_int_eq(report.largest.fits, REPORT_NONE);
    ck_assert(report_sound(&report));
    ck_assert_ptr_nonnull(report_lacks(&report, REPORT_LARGEST));
    ck_assert_ptr_null(report_lacks(&report, REPORT_BATCHES));
}
END_TEST

/* --- Hostile bytes --- */

static uint64_t state = 88172645463325252u;
static uint64_t bits(void) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

/* Pieces of the report itself, copied to elsewhere: most of it stays JSON. */
static void mutate(size_t *length) {
    static const char *const pieces[] = {
        "-1", "1",  "7",    "3.5", "400",    "0.25", "64", "20000", "1e308",           "null",
        "[]", "{}", "\"\"", "0",   "1e-300", "true", ",",  "\xff",  "9007199254740993"};
    const char *piece = pieces[bits() % (sizeof pieces / sizeof *pieces)];
    size_t at = bits() % *length, count = strlen(piece);
    size_t start = at;
    while (start + 1 < *length && json[start] != ' ')
        start++;
    size_t cut = strcspn(json + start + 1, ",]}\n");
    if (start + 1 + cut >= *length || *length + count >= MADE_BYTES - 1)
        return;
    memmove(json + start + 1 + count, json + start + 1 + cut, *length - start - 1 - cut + 1);
    memcpy(json + start + 1, piece, count);
    *length += count - cut;
}

START_TEST(mutated_reports_are_refused_or_judged) {
    static struct report_finding findings[64];
    int judged = 0;
    for (int i = 0; i < 3000; i++) {
        size_t length = write_honest();
        for (int k = 0; k < 1 + i % 3; k++)
            mutate(&length);
        bool good = report_parse(json, length, &report);
        ck_assert(report_sound(&report));
        ck_assert_int_eq(good, *report.mistake == '\0');
        ck_assert_uint_lt(strlen(report.mistake), REPORT_MISTAKE);
        if (good)
            judged += report_judge(&report, findings, 64) > 0;
    }
    ck_assert_int_gt(judged, 100);
}
END_TEST

/* As after a parser was taken over: what is sound enough is judged. */
START_TEST(any_bytes_in_a_report_are_seen_or_harmless) {
    static struct report_finding findings[64];
    static struct report honest;
    ck_assert(report_parse(json, write_honest(), &honest));
    int refusals = 0;
    for (int i = 0; i < 5000; i++) {
        memcpy(&report, &honest, sizeof report);
        size_t at = bits() % sizeof report & ~(size_t)7;
        uint64_t word = bits() >> (bits() % 64);
        memcpy((char *)&report + at, &word, 8);
        if (report_sound(&report))
            (void)report_judge(&report, findings, 64);
        else
            refusals++;
    }
    ck_assert_int_gt(refusals, 100);
}
END_TEST

START_TEST(text_without_an_end_is_not_sound) {
    ck_assert(report_parse(json, write_honest(), &report));
    memset(report.device.name, 'x', sizeof report.device.name);
    ck_assert(!report_sound(&report));
    ck_assert(report_parse(json, write_honest(), &report));
    report.epoch_count = REPORT_EPOCHS + 1;
    ck_assert(!report_sound(&report));
    ck_assert(report_parse(json, write_honest(), &report));
    report.batches[0].accuracy = NAN;
    ck_assert(!report_sound(&report));
    ck_assert(report_parse(json, write_honest(), &report));
    report.model.network = REPORT_NETWORKS;
    ck_assert(!report_sound(&report));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("report_parse");
    TCase *tests = tcase_create("report_parse");
    tcase_set_timeout(tests, 300);
    tcase_add_loop_test(tests, mistakes_are_named, 0, sizeof refused / sizeof *refused);
    tcase_add_test(tests, lists_have_limits);
    tcase_add_test(tests, bytes_are_counted_in_the_report_s_unit);
    tcase_add_test(tests, what_a_report_does_not_have_is_none);
    tcase_add_test(tests, mutated_reports_are_refused_or_judged);
    tcase_add_test(tests, any_bytes_in_a_report_are_seen_or_harmless);
    tcase_add_test(tests, text_without_an_end_is_not_sound);
    suite_add_tcase(suite, tests);
    return unit_run(suite);
}
