/* Build: what is our fault, or the machine's, costs nobody a point and stops nobody else's grading.
 */
#include "build_run.h"
#include "deny.h"

#include "box/box.h"
#include "build/tool.h"

#include <errno.h>
#include <sched.h>

/* --- Momentary conditions --- */

static const struct {
    int call;
    unsigned mask;
    int error;
} moments[] = {
    {SYS_clone, CLONE_VFORK, EAGAIN}, /* no room for the boxes */
    {SYS_clone, 0, EAGAIN},           /* nor to find out about the layers */
    {SYS_execveat, 0, ENOMEM},        /* none for any worker, the submission's or not */
    {SYS_memfd_create, 0, ENOMEM},    {SYS_socketpair, 0, EMFILE}, {SYS_pidfd_open, 0, EMFILE},
    {SYS_sendfile, 0, ENOSPC},        {SYS_mkdir, 0, ENOSPC},
};
enum { MOMENTS = sizeof moments / sizeof moments[0] };

START_TEST(a_momentary_lack_is_not_graded) {
    hand_in(FIRST, SECOND, THIRD);
    deny(moments[_i].call, moments[_i].mask, moments[_i].error);
    build();
    expect_states(PRODUCT_NOT_GRADED, PRODUCT_NOT_GRADED, PRODUCT_NOT_GRADED);
    expect_words(&built->products[0].log, strerror(moments[_i].error));
}
END_TEST

START_TEST(what_was_not_handed_in_stays_missing_all_the_same) {
    hand_in(NULL, SECOND, THIRD);
    deny(SYS_clone, CLONE_VFORK, EAGAIN);
    build();
    expect_states(PRODUCT_FILE_MISSING, PRODUCT_NOT_GRADED, PRODUCT_NOT_GRADED);
    ck_assert_int_eq(file("second.c")->state, BUILD_FAULT);
}
END_TEST

/* --- A kernel without Landlock --- */

START_TEST(without_landlock_nothing_compiles_beside_an_open_homework) {
    hand_in(FIRST, SECOND, THIRD);
    homework.directory = root;
    ck_assert_int_eq(chmod(root, 0755), 0);
    deny_landlock();
    ck_assert(!box_level()->tools_confined);
    ck_assert(!box_hides(root, tool_readable));
    build();
    expect_states(PRODUCT_NOT_GRADED, PRODUCT_NOT_GRADED, PRODUCT_NOT_GRADED);
    ck_assert_ptr_nonnull(strstr(built->products[0].log.at, "lacks Landlock"));
    ck_assert_int_eq(chmod(root, 0700), 0);
}
END_TEST

/* A grader may have been installed among the system's own files. */
START_TEST(what_tools_read_hides_nothing_that_is_open) {
    const char *const readable[] = {"/no/such/folder", root, NULL};
    char *beside = format_string("%s-beside", root), *below = format_string("%s/files", root);
    ck_assert_int_eq(chmod(root, 0755), 0);
    ck_assert(!box_hides(root, readable) && !box_hides(below, readable));
    ck_assert(directory_make(beside));
    ck_assert_int_eq(box_hides(beside, readable), box_level()->tools_confined);
    ck_assert_int_eq(rmdir(beside), 0);
    ck_assert_int_eq(chmod(root, 0700), 0);
    ck_assert_int_eq(box_hides(below, readable), box_level()->uid);
    free(beside);
    free(below);
}
END_TEST

/* Every file is readable for all; the closed folder above is what hides them. */
START_TEST(without_landlock_a_closed_homework_stays_hidden) {
    if (geteuid() != 0)
        return;
    put(root, "secret.c", "the_answer\n");
    homework.directory = root;
    char *source = format_string("#include \"%s/secret.c\"\n", root);
    hand_in(source, SECOND, THIRD);
    free(source);
    ck_assert_int_eq(chmod(root, 0700), 0);
    deny_landlock();
    ck_assert(box_hides(root, tool_readable));
    build();
    expect_states(PRODUCT_NOT_COMPILED, PRODUCT_READY, PRODUCT_READY);
    ck_assert_ptr_null(strstr(file("first.c")->log.at, "the_answer"));
    ck_assert_ptr_nonnull(strstr(file("first.c")->log.at, "Permission denied"));
}
END_TEST

int main(void) {
    const struct build_row tests[] = {
        {a_momentary_lack_is_not_graded, MOMENTS},
        {what_was_not_handed_in_stays_missing_all_the_same, 1},
        {without_landlock_nothing_compiles_beside_an_open_homework, 1},
        {what_tools_read_hides_nothing_that_is_open, 1},
        {without_landlock_a_closed_homework_stays_hidden, 1},
    };
    return run_build_tests("build_fault", tests, sizeof tests / sizeof tests[0]);
}
