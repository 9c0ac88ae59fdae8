/* Inputs of tests: guards that stop, marks that show, numbers that are the same everywhere. */
#include "unit.h"

#include "public/inputs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- Guards and marks --- */

/* How a process ends that reads one number at `offset` from the first one. */
static int end_of_reader(const double *numbers, long offset) {
    pid_t child = fork();
    if (child == 0) {
        volatile double seen = numbers[offset];
        (void)seen;
        _exit(0);
    }
    int status = 0;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

START_TEST(stops_at_the_number_behind_an_even_count) {
    tensor *t = tensor_filled(SHAPE(2, 3), 1);
    ck_assert_int_eq(end_of_reader(t->at, 5), 0);
    ck_assert_int_eq(end_of_reader(t->at, 6), SIGSEGV);
}
END_TEST

START_TEST(stops_at_the_second_number_behind_an_odd_count) {
    tensor *t = tensor_filled(SHAPE(3), 1);
    ck_assert_int_eq(end_of_reader(t->at, 3), 0);
    ck_assert_int_eq(end_of_reader(t->at, 4), SIGSEGV);
}
END_TEST

START_TEST(stops_a_page_before_the_first_number) {
    tensor *t = tensor_filled(SHAPE(2), 1);
    ck_assert_int_eq(end_of_reader(t->at, -sysconf(_SC_PAGESIZE) / 8), SIGSEGV);
}
END_TEST

START_TEST(aligns_numbers_for_vectors) {
    for (int n = 1; n < 6; n++)
        ck_assert_uint_eq((uintptr_t)tensor_new(SHAPE(n))->at % 16, 0);
}
END_TEST

START_TEST(notices_a_write_behind_and_before) {
    tensor *odd = tensor_filled(SHAPE(3), 1), *other = tensor_filled(SHAPE(4), 1);
    ck_assert(inputs_intact(odd->at));
    odd->at[3] = 0;
    ck_assert(!inputs_intact(odd->at));
    ck_assert(inputs_intact(other->at));
    other->at[-1] = 0;
    ck_assert(!inputs_intact(other->at));
    ints *whole = ints_new(SHAPE(1));
    ck_assert(inputs_intact(whole->at));
    whole->at[1] = 0;
    ck_assert(!inputs_intact(whole->at));
}
END_TEST

START_TEST(knows_whose_guard_was_touched) {
    tensor *a = tensor_new(SHAPE(4)), *b = tensor_new(SHAPE(600));
    ck_assert_ptr_eq(inputs_guarded(a->at + 4), a->at);
    ck_assert_ptr_eq(inputs_guarded(b->at + 600), b->at);
    ck_assert_ptr_null(inputs_guarded(a->at + 3));
    ck_assert_ptr_null(inputs_guarded(NULL));
    const void *guard = a->at + 4;
    inputs_release();
    ck_assert_ptr_null(inputs_guarded(guard));
}
END_TEST

/* --- Tensors --- */

START_TEST(starts_outputs_as_not_written) {
    tensor *t = tensor_new(SHAPE(2, 2, 2, 2));
    ints *i = ints_new(SHAPE(3));
    ck_assert_int_eq(t->rank, 4);
    ck_assert_int_eq(tensor_count(t), 16);
    for (int k = 0; k < 16; k++)
        ck_assert(isnan(t->at[k]));
    for (int k = 0; k < 3; k++)
        ck_assert(i->at[k] == INT64_MIN);
    ck_assert_int_eq(i->dim[3], 1);
}
END_TEST

START_TEST(computes_with_tensors) {
    tensor *a = tensor_of(SHAPE(2, 2), -1, 2, 3, -4), *b = tensor_of(SHAPE(4), 5, 6, 7, 8);
    ck_assert(tensor_dot(a, b) == -5 + 12 + 21 - 32);
    ck_assert(tensor_largest(a) == 4);
    ck_assert(tensor_absolute(a)->at[3] == 4);
    ck_assert(tensor_scaled(a, -2)->at[1] == -4);
    ck_assert(tensor_added(a, b)->at[2] == 10);
    tensor *copy = tensor_copy(a);
    copy->at[0] = 9;
    ck_assert(a->at[0] == -1);
    ck_assert_int_eq(copy->dim[1], 2);
    a->at[1] = NAN;
    ck_assert(isnan(tensor_largest(a)));
}
END_TEST

START_TEST(ends_the_program_for_a_wrong_literal) {
    pid_t child = fork();
    if (child == 0) {
        fclose(stderr);
        tensor_of(SHAPE(2, 2), 1, 2, 3);
        _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), 2);
}
END_TEST

/* --- Random numbers --- */

START_TEST(draws_the_published_numbers) {
    random_seed(0); /* SplitMix64's first three, as its authors give them */
    ck_assert_uint_eq(random_bits(), UINT64_C(0xE220A8397B1DCDAF));
    ck_assert_uint_eq(random_bits(), UINT64_C(0x6E789E6AA1B965F4));
    ck_assert_uint_eq(random_bits(), UINT64_C(0x06C45D188009454F));
}
END_TEST

START_TEST(draws_the_same_inputs_everywhere) {
    random_seed(182);
    tensor *t = random_integers(SHAPE(8), 5);
    static const double integers[] = {-4, -5, -4, 2, 2, 1, 0, -3};
    ck_assert_mem_eq(t->at, integers, sizeof integers);
    tensor *d = random_distinct(SHAPE(8));
    static const double distinct[] = {5, 6, 0, 3, 4, 2, 1, 7};
    ck_assert_mem_eq(d->at, distinct, sizeof distinct);
}
END_TEST

START_TEST(reaches_both_ends_evenly) {
    int seen[5] = {0};
    random_seed(1);
    for (int i = 0; i < 5000; i++)
        seen[random_between(-2, 2) + 2]++;
    for (int i = 0; i < 5; i++) /* 1000 expected, deviation 28 */
        ck_assert(seen[i] > 850 && seen[i] < 1150);
    ck_assert_int_eq(random_between(7, 7), 7);
    for (int i = 0; i < 100; i++) {
        double u = random_uniform();
        ck_assert(u >= 0 && u < 1);
    }
}
END_TEST

START_TEST(never_draws_all_alike) {
    random_seed(3);
    for (int i = 0; i < 200; i++) {
        tensor *two = random_integers(SHAPE(2), 1), *one = random_integers(SHAPE(1), 1);
        ck_assert(two->at[0] != two->at[1]);
        ck_assert(one->at[0] != 0);
        inputs_release();
    }
}
END_TEST

START_TEST(permutes_without_ties) {
    random_seed(4);
    tensor *t = random_distinct(SHAPE(5, 7));
    bool seen[35] = {false};
    for (int i = 0; i < 35; i++) {
        int v = (int)t->at[i];
        ck_assert(v >= 0 && v < 35 && !seen[v]);
        seen[v] = true;
    }
    tensor *s = random_signs(SHAPE(64));
    int up = 0;
    for (int i = 0; i < 64; i++) {
        ck_assert(fabs(s->at[i]) == 1);
        up += s->at[i] > 0;
    }
    ck_assert(up > 10 && up < 54);
}
END_TEST

START_TEST(mixes_every_character_into_a_seed) {
    ck_assert(random_mixed(1, "secret") == random_mixed(1, "secret"));
    ck_assert(random_mixed(1, "secret") != random_mixed(2, "secret"));
    ck_assert(random_mixed(1, "secret") != random_mixed(1, "secres"));
    ck_assert(random_mixed(1, "ab") != random_mixed(1, "ba"));
    ck_assert(random_mixed(1, "") != 1);
}
END_TEST

static Suite *inputs_suite(void) {
    Suite *s = suite_create("inputs");
    TCase *t = tcase_create("inputs");
    tcase_add_checked_fixture(t, NULL, inputs_release);
    tcase_add_test(t, stops_at_the_number_behind_an_even_count);
    tcase_add_test(t, stops_at_the_second_number_behind_an_odd_count);
    tcase_add_test(t, stops_a_page_before_the_first_number);
    tcase_add_test(t, aligns_numbers_for_vectors);
    tcase_add_test(t, notices_a_write_behind_and_before);
    tcase_add_test(t, knows_whose_guard_was_touched);
    tcase_add_test(t, starts_outputs_as_not_written);
    tcase_add_test(t, computes_with_tensors);
    tcase_add_test(t, ends_the_program_for_a_wrong_literal);
    tcase_add_test(t, draws_the_published_numbers);
    tcase_add_test(t, draws_the_same_inputs_everywhere);
    tcase_add_test(t, reaches_both_ends_evenly);
    tcase_add_test(t, never_draws_all_alike);
    tcase_add_test(t, permutes_without_ties);
    tcase_add_test(t, mixes_every_character_into_a_seed);
    suite_add_tcase(s, t);
    return s;
}

int main(void) {
    return unit_run(inputs_suite());
}
