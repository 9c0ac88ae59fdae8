/* Asking NVML (nvml.h), of which there is none, or a fake one (tests/fake/nvml): loaded before by
 * its path, it is what a library of that name means from then on. */
#include "unit.h"

#include "nvml.h"
#include "nvml/fake_nvml.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

#define BUS "0000:17:00.0"

/* Every test runs in a process of its own, so nothing is ever unloaded. */
static struct fake_nvml *load(void) {
    char path[4096];
    const char *build = getenv("BUILD");
    snprintf(path, sizeof path, "%s/tests/fake/libnvidia-ml.so.1", build ? build : "build");
    void *library = dlopen(path, RTLD_NOW);
    ck_assert_msg(library, "%s", dlerror());
    struct fake_nvml *fake = dlsym(library, "fake_nvml");
    ck_assert_ptr_nonnull(fake);
    return fake;
}

static struct nvml *open_nvml(const char *bus) {
    struct nvml *n = nvml_open(bus);
    ck_assert_ptr_nonnull(n);
    return n;
}

static void wait_until_asked(struct fake_nvml *fake, int count) {
    const struct timespec moment = {.tv_nsec = 1000000};
    for (int before = fake->asked; fake->asked < before + count;)
        nanosleep(&moment, NULL);
}

START_TEST(without_nvml_there_is_none) {
    /* Where the machine has a driver, this is not to be seen. */
    if (dlopen("libnvidia-ml.so.1", RTLD_NOW))
        return;
    ck_assert_ptr_null(nvml_open(NULL));
    ck_assert_ptr_null(nvml_open(BUS));
    nvml_close(NULL);
}
END_TEST

START_TEST(it_tells_what_is_used_without_the_reserve) {
    struct fake_nvml *fake = load();
    const char *const buses[] = {BUS, NULL};
    struct nvml *n = open_nvml(buses[_i]);
    int64_t used;
    fake->used = 7LL << 32;
    ck_assert(nvml_used(n, &used));
    ck_assert_int_eq(used, 7LL << 32);
    ck_assert_str_eq(nvml_driver(n), "550.54.15");
    nvml_close(n);
    ck_assert_int_eq(fake->open, 0);
}
END_TEST

START_TEST(an_old_driver_counts_the_reserve_in) {
    struct fake_nvml *fake = load();
    int64_t used;
    fake->old = true;
    struct nvml *n = open_nvml(BUS);
    ck_assert(nvml_used(n, &used));
    ck_assert_int_eq(used, 1024);
    nvml_close(n);
}
END_TEST

START_TEST(another_bus_has_no_gpu) {
    struct fake_nvml *fake = load();
    ck_assert_ptr_null(nvml_open("0000:18:00.0"));
    ck_assert_int_eq(fake->open, 0);
}
END_TEST

START_TEST(without_a_driver_there_is_none) {
    load()->no_driver = true;
    ck_assert_ptr_null(nvml_open(BUS));
}
END_TEST

START_TEST(a_gpu_that_says_nothing_is_none_and_one_that_stops_gives_no_samples) {
    struct fake_nvml *fake = load();
    int64_t used;
    struct nvml *n = open_nvml(BUS);
    fake->lost = true;
    ck_assert(!nvml_used(n, &used));
    ck_assert(nvml_watch(n));
    ck_assert_int_eq(nvml_watched(n).count, 0);
    nvml_close(n);
    ck_assert_ptr_null(nvml_open(BUS));
    ck_assert_int_eq(fake->open, 0);
}
END_TEST

START_TEST(watching_sees_the_least_and_the_most) {
    struct fake_nvml *fake = load();
    struct nvml *n = open_nvml(BUS);
    ck_assert(nvml_watch(n));
    ck_assert(!nvml_watch(n));
    const unsigned long long series[] = {500, 9000, 200, 3000};
    for (size_t i = 0; i < sizeof series / sizeof *series; i++) {
        fake->used = series[i];
        wait_until_asked(fake, 2);
    }
    struct nvml_samples seen = nvml_watched(n);
    ck_assert_int_eq(seen.least, 200);
    ck_assert_int_eq(seen.most, 9000);
    ck_assert_int_ge(seen.count, 8);
    int asked = fake->asked;
    ck_assert_int_eq(nvml_watched(n).count, seen.count);
    ck_assert(nvml_watch(n));
    wait_until_asked(fake, 1);
    ck_assert_int_eq(nvml_watched(n).most, 3000);
    ck_assert_int_gt(fake->asked, asked);
    nvml_close(n);
}
END_TEST

START_TEST(closing_ends_a_watch) {
    struct fake_nvml *fake = load();
    struct nvml *n = open_nvml(BUS);
    ck_assert(nvml_watch(n));
    wait_until_asked(fake, 1);
    nvml_close(n);
    ck_assert_int_eq(fake->open, 0);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("nvml");
    TCase *all = tcase_create("all");
    tcase_add_test(all, without_nvml_there_is_none);
    tcase_add_loop_test(all, it_tells_what_is_used_without_the_reserve, 0, 2);
    tcase_add_test(all, an_old_driver_counts_the_reserve_in);
    tcase_add_test(all, another_bus_has_no_gpu);
    tcase_add_test(all, without_a_driver_there_is_none);
    tcase_add_test(all, a_gpu_that_says_nothing_is_none_and_one_that_stops_gives_no_samples);
    tcase_add_test(all, watching_sees_the_least_and_the_most);
    tcase_add_test(all, closing_ends_a_watch);
    suite_add_tcase(suite, all);
    return unit_run(suite);
}
