/* How tensors, calls and findings are printed, in any room. */
#include "unit.h"

#include "public/finding.h"
#include "public/record.h"

#include <math.h>
#include <string.h>

const struct call_function call_functions[] = {
    {"blend",
     1,
     CALL_VOID,
     5,
     {{"x", CALL_TENSOR_IN},
      {"rate", CALL_DOUBLE},
      {"stride", CALL_INT},
      {"w", CALL_TENSOR_INOUT},
      {"y", CALL_TENSOR_OUT}}},
    {"count", 1, CALL_INT64, 2, {{"blocks", CALL_INTS_IN}, {"sizes", CALL_INTS_OUT}}},
    {"pool", 1, CALL_INT, 1, {{"y", CALL_TENSOR_OUT}}}};
const int call_function_count = 3;

static const char *printed(const tensor *t) {
    static char text[4000];
    size_t length = print_tensor(text, sizeof text, t);
    ck_assert_uint_eq(length, strlen(text));
    return text;
}

START_TEST(prints_numbers_in_rows) {
    ck_assert_str_eq(printed(tensor_of(SHAPE(2, 3), -1, 2, 30, 0, -0.0, 1)),
                     "[-1  2 30]\n[ 0  0  1]\n");
    ck_assert_str_eq(printed(tensor_of(SHAPE(2), 0.5, -1e20)), "[   0.5 -1e+20]\n");
    ck_assert_str_eq(printed(tensor_of(SHAPE(3), NAN, -INFINITY, 1.0 / 3)),
                     "[     nan     -inf 0.333333]\n");
    ck_assert_str_eq(printed(tensor_of(SHAPE(2, 1, 1, 2), 1, 2, 3, 4)),
                     "[0,0,:,:]\n[1 2]\n[1,0,:,:]\n[3 4]\n");
    ck_assert_str_eq(printed(tensor_of(SHAPE(2, 2, 1), 1, 2, 3, 4)),
                     "[0,:,:]\n[1]\n[2]\n[1,:,:]\n[3]\n[4]\n");
    ck_assert_str_eq(printed(tensor_filled(SHAPE(14), 1)),
                     "[1 1 1 1 1 1 1 1 1 1 1 1 ...] 2 more\n");
    const char *tall = printed(tensor_filled(SHAPE(15, 1), 1));
    ck_assert_str_eq(tall + strlen("[1]\n") * 12, "... 3 more rows\n");
    char text[64];
    print_ints(text, sizeof text, ints_of(SHAPE(2), 7, INT64_MIN));
    ck_assert_str_eq(text, "[    7 unset]\n");
}
END_TEST

static struct record *called(int function, union call_value *made, int64_t result) {
    struct record *r = record_take(function, made);
    r->result.integer = result;
    record_finish(r);
    return r;
}

/* As where support code calls on whatever it is told, and only a sum is looked at. */
START_TEST(blames_what_is_not_written_for_what_others_make_of_it) {
    record_forget();
    tensor *w = tensor_of(SHAPE(1), 3), *y = tensor_filled(SHAPE(1), 9);
    union call_value blend[] = {{.tensor_in = w},
                                {.real = 0},
                                {.integer = 1},
                                {.tensor = w},
                                {.tensor = tensor_filled(SHAPE(1), 9)}};
    union call_value pool[] = {{.tensor = y}};
    struct record *first = called(2, pool, UNFINISHED);
    struct record *last = record_take(0, blend);
    w->at[0] = 4;
    record_finish(last);
    ck_assert_ptr_eq(record_blamed(NULL), first);
    first->unfinished = false;
    ck_assert_ptr_eq(record_blamed(NULL), last);
    first->missing = true;
    ck_assert_ptr_eq(record_blamed(NULL), first);
    first = record_take(2, pool);
    ck_assert(!first->missing);
    y->at[0] = 5; /* whoever writes results has begun */
    first->result.integer = UNFINISHED;
    record_finish(first);
    ck_assert(!first->unfinished);
    record_forget();
}
END_TEST

START_TEST(prints_calls_as_they_were_before) {
    tensor *x = tensor_of(SHAPE(1, 2), 1, 2), *w = tensor_of(SHAPE(2), 3, 4);
    tensor *y = tensor_filled(SHAPE(2), 9);
    ck_assert_ptr_null(record_last());
    union call_value made[] = {
        {.tensor_in = x}, {.real = 0.1}, {.integer = 2}, {.tensor = w}, {.tensor = y}};
    struct record *r = record_take(0, made);
    ck_assert(isnan(y->at[0]) && isnan(y->at[1]));
    ck_assert(!record_did_nothing(r)); /* nobody knows yet */
    record_finish(r);
    ck_assert(record_did_nothing(r));
    w->at[0] = 8;
    record_finish(r);
    ck_assert(!record_did_nothing(r));
    made[3].tensor->at[0] = 3;
    record_finish(r);
    ck_assert(!record_did_nothing(r)); /* it has worked before */
    w->at[0] = 8;
    record_finish(r);
    ck_assert_int_eq(record_changed_input(r), -1);
    x->at[1] = 7;
    ck_assert_int_eq(record_changed_input(r), 0);
    char text[300];
    print_call(text, sizeof text, 0, r->argument);
    ck_assert_str_eq(text, "blend(x, rate = 0.1, stride = 2, w, y)\n"
                           "x (1, 2):\n[1 2]\nw (2):\n[3 4]\n");
    w->at[0] = 6; /* what happens to it behind the call is not the call's */
    ck_assert_uint_eq(r->output_count, 4);
    ck_assert(r->outputs[0] == 8 && r->outputs[1] == 4 && isnan(r->outputs[2]));
    ints *blocks = ints_of(SHAPE(1), 3), *sizes = ints_new(SHAPE(2));
    union call_value next[] = {{.ints_in = blocks}, {.ints = sizes}};
    const struct record *other = record_take(1, next);
    ck_assert_ptr_eq(record_last(), other);
    ck_assert_ptr_eq(record_writing(y), r);
    ck_assert_ptr_eq(record_writing(x), other); /* nobody writes to x */
    record_forget();
    ck_assert_ptr_null(record_writing(y));
}
END_TEST

START_TEST(shows_every_argument_of_a_call_and_whole_lines) {
    tensor *x = tensor_filled(SHAPE(90, 90), 0.125), *w = tensor_of(SHAPE(2), 3, 4);
    union call_value made[] = {
        {.tensor_in = x}, {.real = 0}, {.integer = 0}, {.tensor = w}, {.tensor = w}};
    char text[400];
    for (size_t room = 150; room < sizeof text; room += 7) {
        size_t length = print_call(text, room, 0, made);
        ck_assert_uint_lt(length, room);
        ck_assert_uint_eq(strlen(text), length);
        ck_assert_ptr_nonnull(strstr(text, "\n...\nw (2):\n[3 4]\n"));
    }
    print_call(text, 70, 0, made); /* room for no row at all */
    ck_assert_str_eq(text, "blend(x, rate = 0, stride = 0, w, y)\n"
                           "x (90, 90):\n...\nw (2):\n[3 4]\n");
}
END_TEST

START_TEST(prints_within_any_room) {
    tensor *t = tensor_filled(SHAPE(9, 9, 12, 12), -0.123456);
    char whole[80000], text[4000];
    size_t needed = print_tensor(whole, sizeof whole, t);
    ck_assert_uint_gt(needed, 12000);
    for (size_t room = 0; room < 3000; room += room < 100 ? 1 : 37) {
        memset(text, 'x', sizeof text);
        size_t length = print_tensor(text, room, t);
        ck_assert(room == 0 || (length < room && strlen(text) == length));
        ck_assert(text[room] == 'x');
        if (room > 3)
            ck_assert_str_eq(text + length - 3, "...");
    }
    struct finding f = {.kind = FINDING_PROPERTY, .sentence = "Schrödinger"};
    print_finding(text, 29, &f); /* "Schr" and half an ö would fit beside the dots */
    ck_assert_str_eq(text, "this does not hold: Schr...");
}
END_TEST

static Suite *print_suite(void) {
    Suite *s = suite_create("print");
    TCase *t = tcase_create("print");
    tcase_add_checked_fixture(t, NULL, inputs_release);
    tcase_add_test(t, prints_numbers_in_rows);
    tcase_add_test(t, blames_what_is_not_written_for_what_others_make_of_it);
    tcase_add_test(t, prints_calls_as_they_were_before);
    tcase_add_test(t, shows_every_argument_of_a_call_and_whole_lines);
    tcase_add_test(t, prints_within_any_room);
    suite_add_tcase(s, t);
    return s;
}

int main(void) {
    return unit_run(print_suite());
}
