/* The reference against what PyTorch and SciPy say: every case of the golden data beside this file,
 * one test each, without Python.  A file that is missing, or too few cases, is a failure. */
#include "../unit/unit.h"
#include "operations.h"

#include <cblas.h>
#include <string.h>

static const char *const FAMILIES[] = {"filters",  "dimensions",   "transposed", "convolution",
                                       "sizes",    "pooling",      "layers",     "optimisers",
                                       "pictures", "trajectories", "memory",     "steps"};
enum { FAMILY_COUNT = sizeof FAMILIES / sizeof FAMILIES[0], CASES_LEAST = 300 };

static const struct golden_operation *const OPERATIONS[] = {
    picture_operations,  dimension_operations, convolution_operations, layer_operations,
    training_operations, memory_operations,    step_operations};
enum { TABLE_COUNT = sizeof OPERATIONS / sizeof OPERATIONS[0] };

static cJSON *files[FAMILY_COUNT];
static int case_count;

static const struct golden_operation *find_operation(const char *call) {
    for (int i = 0; i < TABLE_COUNT; i++)
        for (const struct golden_operation *o = OPERATIONS[i]; o->call; o++)
            if (!strcmp(o->call, call))
                return o;
    return NULL;
}

START_TEST(every_file_is_there) {
    ck_assert_msg(files[_i] != NULL, "tests/oracles/%s.json is missing or no golden data",
                  FAMILIES[_i]);
}
END_TEST

START_TEST(there_are_enough_cases) {
    ck_assert_int_ge(case_count, CASES_LEAST);
}
END_TEST

START_TEST(agrees_with_the_oracle) {
    int family = 0, number = _i;
    while (number >= golden_count(files[family]))
        number -= golden_count(files[family++]);
    struct golden g = golden_case(files[family], number);
    ck_assert_msg(g.name && g.call, "%s, case %d has no name or call", FAMILIES[family],
                  number + 1);
    const struct golden_operation *operation = find_operation(g.call);
    ck_assert_msg(operation != NULL, "%s, case %d: nobody knows how to call %s", FAMILIES[family],
                  number + 1, g.call);
    operation->run(&g);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("oracles");
    TCase *all = tcase_create("golden data");
    tcase_add_checked_fixture(all, NULL, inputs_release);
    tcase_set_timeout(all, 120); /* steps of ResNet-152, perhaps on a busy machine */
    openblas_set_num_threads(1); /* test programs run side by side */
    for (int i = 0; i < FAMILY_COUNT; i++) {
        files[i] = golden_read(FAMILIES[i]);
        case_count += golden_count(files[i]);
    }
    tcase_add_loop_test(all, every_file_is_there, 0, FAMILY_COUNT);
    tcase_add_test(all, there_are_enough_cases);
    tcase_add_loop_test(all, agrees_with_the_oracle, 0, case_count);
    suite_add_tcase(suite, all);
    int code = unit_run(suite);
    for (int i = 0; i < FAMILY_COUNT; i++)
        cJSON_Delete(files[i]);
    return code;
}
