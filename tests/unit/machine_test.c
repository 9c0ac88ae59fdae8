/* What is ours of a machine (base/machine.h), told by written-out trees of control groups. */
#include "base/machine.h"

#include "base/fault.h"
#include "base/file.h"
#include "unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static char *place; /* stands for /sys/fs/cgroup */

static void make_place(void) {
    place = directory_private();
}

static void remove_place(void) {
    directory_remove(place);
    free(place);
}

static void put(const char *name, const char *bytes) {
    char *path = format_string("%s/%s", place, name), *folder = copy_string(path);
    *strrchr(folder, '/') = '\0';
    ck_assert(directory_make(folder) && file_write(path, bytes, strlen(bytes)));
    free(folder);
    free(path);
}

/* `mounts` are lines in which %s stands for the place, at most twice. */
static struct machine look(const char *groups, const char *mounts) {
    char *lines = format_string(mounts, place, place); /* NOLINT(clang-diagnostic-format) */
    put("self/cgroup", groups);
    put("self/mountinfo", lines);
    char *g = format_string("%s/self/cgroup", place),
         *m = format_string("%s/self/mountinfo", place);
    struct machine machine = machine_read(g, m);
    free(m);
    free(g);
    free(lines);
    return machine;
}

#define VERSION_2 "31 23 0:28 / %s rw,relatime shared:4 - cgroup2 cgroup2 rw,nsdelegate\n"
/* As Docker mounts them without a namespace for control groups: what is shown is the container's.
 */
#define VERSION_1                                                                                  \
    "32 31 0:29 /docker/c0 %s/cpu,cpuacct ro,relatime - cgroup cgroup rw,cpu,cpuacct\n"            \
    "35 31 0:32 /docker/c0 %s/memory ro,relatime - cgroup cgroup rw,memory\n"

START_TEST(half_a_processor_of_version_2_is_one_place) {
    put("cpu.max", "50000 100000\n");
    put("memory.max", "805306368\n");
    struct machine m = look("0::/\n", VERSION_2);
    ck_assert_double_eq(m.granted, 0.5);
    ck_assert_double_eq(m.memory, 768.0 * MIB);
    m.processor_count = 64;
    ck_assert_int_eq(machine_places(&m, 256), 1);
}
END_TEST

START_TEST(half_a_processor_of_version_1_is_one_place) {
    put("cpu,cpuacct/cpu.cfs_quota_us", "12500\n");
    put("cpu,cpuacct/cpu.cfs_period_us", "25000\n");
    put("memory/memory.limit_in_bytes", "805306368\n");
    struct machine m = look("8:memory:/docker/c0\n4:cpu,cpuacct:/docker/c0\n", VERSION_1);
    ck_assert_double_eq(m.granted, 0.5);
    ck_assert_double_eq(m.memory, 768.0 * MIB);
}
END_TEST

START_TEST(the_least_of_all_groups_above_counts) {
    put("slice/pod/cpu.max", "400000 100000\n");
    put("slice/pod/memory.max", "max\n");
    put("slice/cpu.max", "150000 100000\n");
    put("slice/memory.max", "1048576\n");
    put("cpu.max", "300000 100000\n");
    struct machine m = look("0::/slice/pod\n", VERSION_2);
    ck_assert_double_eq(m.granted, 1.5);
    ck_assert_double_eq(m.memory, 1.0 * MIB);
    m.processor_count = 64;
    m.memory = INFINITY;
    ck_assert_int_eq(machine_places(&m, 256), 2);
}
END_TEST

START_TEST(another_group_s_limits_are_not_ours) {
    put("other/cpu.max", "10000 100000\n");
    put("other/memory.max", "1048576\n");
    put("ours/cpu.max", "max 100000\n");
    put("ours/memory.max", "max\n");
    struct machine m = look("0::/ours\n", VERSION_2);
    ck_assert(isinf(m.granted));
    ck_assert(isinf(m.memory));
}
END_TEST

START_TEST(no_quota_of_version_1_limits_nothing) {
    put("cpu,cpuacct/cpu.cfs_quota_us", "-1\n");
    put("cpu,cpuacct/cpu.cfs_period_us", "100000\n");
    struct machine m = look("4:cpu,cpuacct:/docker/c0\n", VERSION_1);
    ck_assert(isinf(m.granted));
    ck_assert(isinf(m.memory));
}
END_TEST

START_TEST(a_group_that_is_not_shown_is_what_is_mounted) {
    put("cpu,cpuacct/cpu.cfs_quota_us", "50000\n");
    put("cpu,cpuacct/cpu.cfs_period_us", "100000\n");
    ck_assert_double_eq(look("4:cpu,cpuacct:/../c1\n", VERSION_1).granted, 0.5);
    ck_assert_double_eq(look("4:cpu,cpuacct:/docker/c00\n", VERSION_1).granted, 0.5);
}
END_TEST

START_TEST(what_cannot_be_read_or_understood_limits_nothing) {
    put("cpu.max", "50000\n");
    put("memory.max", "\n");
    const struct machine some[] = {
        look("0::/\n", VERSION_2),
        look("", VERSION_2),
        look("no colons\n:\n0::/a\n0::/gone/away\n", "35 31 cgroup2\n - \n - cgroup2 a\n"),
        machine_read("/nowhere", "/nowhere"),
    };
    for (size_t i = 0; i < sizeof some / sizeof some[0]; i++) {
        ck_assert(isinf(some[i].granted));
        ck_assert(isinf(some[i].memory));
        ck_assert_int_ge(some[i].processor_count, 1);
        ck_assert_int_eq(machine_places(&some[i], 1), some[i].processor_count);
    }
}
END_TEST

START_TEST(memory_for_one_is_one_place_and_so_is_less) {
    struct machine m = {.processor_count = 8, .granted = INFINITY, .memory = 768.0 * MIB};
    ck_assert_int_eq(machine_places(&m, 256), 3);
    ck_assert_int_eq(machine_places(&m, 384), 2);
    ck_assert_int_eq(machine_places(&m, 385), 1);
    ck_assert_int_eq(machine_places(&m, 4096), 1);
}
END_TEST

START_TEST(ours_is_what_may_be_run_on) {
    cpu_set_t set;
    ck_assert_int_eq(sched_getaffinity(0, sizeof set, &set), 0);
    const struct machine *m = machine_ours();
    ck_assert_int_eq(m->processor_count, CPU_COUNT(&set));
    for (int i = 0; i < m->processor_count; i++) {
        ck_assert(CPU_ISSET(m->processors[i], &set));
        CPU_CLR(m->processors[i], &set); /* each of them once */
    }
    ck_assert(machine_places(m, 1) >= 1 && machine_places(m, 1) <= m->processor_count);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("machine");
    TCase *tcase = tcase_create("machine");
    tcase_add_checked_fixture(tcase, make_place, remove_place);
    tcase_add_test(tcase, half_a_processor_of_version_2_is_one_place);
    tcase_add_test(tcase, half_a_processor_of_version_1_is_one_place);
    tcase_add_test(tcase, the_least_of_all_groups_above_counts);
    tcase_add_test(tcase, another_group_s_limits_are_not_ours);
    tcase_add_test(tcase, no_quota_of_version_1_limits_nothing);
    tcase_add_test(tcase, a_group_that_is_not_shown_is_what_is_mounted);
    tcase_add_test(tcase, what_cannot_be_read_or_understood_limits_nothing);
    tcase_add_test(tcase, memory_for_one_is_one_place_and_so_is_less);
    tcase_add_test(tcase, ours_is_what_may_be_run_on);
    suite_add_tcase(suite, tcase);
    return unit_run(suite);
}
