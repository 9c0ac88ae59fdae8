/* What judges remember: found under just its key, and missed whatever else happened to its file. */
#include "unit.h"

#include "base/fault.h"
#include "base/file.h"
#include "judge/judges.h"
#include "judge/memo.h"
#include "public/memo.h"

#include <dirent.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char *folder;
static int directory;

static void begin(void) {
    folder = directory_private();
    directory = open(folder, O_RDONLY | O_DIRECTORY);
    memo_use(directory);
}

static void end(void) {
    close(directory);
    directory_remove(folder);
    free(folder);
}

/* The only file there; the caller frees its path. */
static char *only_file(void) {
    DIR *entries = opendir(folder);
    char *path = NULL;
    for (struct dirent *entry; (entry = readdir(entries));)
        if (entry->d_name[0] != '.') {
            ck_assert_ptr_null(path);
            path = format_string("%s/%s", folder, entry->d_name);
        }
    closedir(entries);
    ck_assert_ptr_nonnull(path);
    return path;
}

static bool knows(const char *key) {
    double number = 0;
    return memo_find(key, 1, &number) && number == 7;
}

static void keep_seven(const char *key) {
    const double seven = 7;
    memo_keep(key, 1, &seven);
    ck_assert(knows(key));
}

START_TEST(numbers_come_back_to_the_bit) {
    double kept[MEMO_NUMBERS], found[MEMO_NUMBERS];
    for (int i = 0; i < MEMO_NUMBERS; i++)
        kept[i] = i / 3.0;
    kept[1] = NAN;
    kept[2] = -0.0;
    kept[3] = INFINITY;
    char key[MEMO_KEY];
    memset(key, 'k', sizeof key - 1);
    key[sizeof key - 1] = '\0';
    ck_assert(!memo_find(key, MEMO_NUMBERS, found));
    memo_keep(key, MEMO_NUMBERS, kept);
    ck_assert(memo_find(key, MEMO_NUMBERS, found));
    ck_assert_mem_eq(found, kept, sizeof kept);
    free(only_file());
}
END_TEST

START_TEST(a_memo_is_found_under_just_its_key) {
    double number[2];
    keep_seven("a");
    keep_seven("b");
    ck_assert(!knows("ab"));
    ck_assert(!knows(""));
    ck_assert(!memo_find("a", 2, number));
    const double eight = 8;
    memo_keep("a", 1, &eight);
    ck_assert(memo_find("a", 1, number) && number[0] == 8);
    ck_assert(knows("b"));
}
END_TEST

/* As if both keys had the same digest. */
START_TEST(a_collision_is_a_miss) {
    keep_seven("a");
    char *of_a = only_file(), *elsewhere = format_string("%s/.a", folder);
    ck_assert_int_eq(rename(of_a, elsewhere), 0);
    keep_seven("b");
    char *of_b = only_file();
    ck_assert_int_eq(rename(elsewhere, of_b), 0);
    ck_assert(!knows("b"));
    keep_seven("b"); /* and the newer one takes the place */
    free(of_a);
    free(of_b);
    free(elsewhere);
}
END_TEST

START_TEST(a_damaged_byte_is_a_miss) {
    keep_seven("a");
    char *path = only_file();
    struct text bytes;
    text_init(&bytes, MIB);
    ck_assert(file_read(path, &bytes));
    for (size_t i = 0; i < bytes.length; i++) {
        bytes.at[i] ^= 1;
        int file = open(path, O_WRONLY);
        ck_assert_int_eq(write(file, bytes.at, bytes.length), (ssize_t)bytes.length);
        close(file);
        ck_assert(!knows("a"));
        bytes.at[i] ^= 1;
    }
    keep_seven("a");
    text_free(&bytes);
    free(path);
}
END_TEST

START_TEST(a_file_of_another_size_is_a_miss) {
    keep_seven("a");
    char *path = only_file();
    struct stat about;
    ck_assert_int_eq(stat(path, &about), 0);
    const off_t sizes[] = {0, 8, about.st_size - 1, about.st_size + 1, 100 * about.st_size};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        ck_assert_int_eq(truncate(path, sizes[i]), 0);
        ck_assert(!knows("a"));
    }
    keep_seven("a");
    free(path);
}
END_TEST

START_TEST(what_is_no_file_of_ours_is_a_miss) {
    keep_seven("a");
    char *path = only_file(), *elsewhere = format_string("%s/.a", folder);
    ck_assert_int_eq(rename(path, elsewhere), 0);
    ck_assert_int_eq(symlink(elsewhere, path), 0);
    ck_assert(!knows("a"));
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    ck_assert(!knows("a"));
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    ck_assert(!knows("a"));
    const double seven = 7;
    memo_keep("a", 1, &seven); /* cannot, and leaves nothing behind */
    ck_assert(!knows("a"));
    free(only_file());
    ck_assert_int_eq(rmdir(path), 0);
    ck_assert_int_eq(rename(elsewhere, path), 0);
    ck_assert(knows("a"));
    if (geteuid() == 0) {
        ck_assert_int_eq(chown(path, 65534, 65534), 0);
        ck_assert(!knows("a"));
    }
    free(path);
    free(elsewhere);
}
END_TEST

START_TEST(without_a_directory_nothing_is_remembered) {
    const double seven = 7;
    memo_use(-1);
    memo_keep("a", 1, &seven);
    ck_assert(!knows("a"));
    memo_use(directory);
    ck_assert(!knows("a"));
    ck_assert(directory_remove(folder)); /* the descriptor is still open */
    memo_keep("a", 1, &seven);
    ck_assert(!knows("a"));
    ck_assert(directory_make(folder));
}
END_TEST

static const struct {
    int length, count;
} wrong_calls[] = {{MEMO_KEY, 1}, {1, 0}, {1, -1}, {1, MEMO_NUMBERS + 1}};

START_TEST(a_wrong_call_is_a_fault) {
    char key[MEMO_KEY + 1] = "";
    double numbers[MEMO_NUMBERS + 1] = {0};
    memset(key, 'k', (size_t)wrong_calls[_i].length);
    memo_keep(key, wrong_calls[_i].count, numbers);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("memo");
    TCase *memos = tcase_create("memos");
    tcase_add_checked_fixture(memos, begin, end);
    tcase_add_test(memos, numbers_come_back_to_the_bit);
    tcase_add_test(memos, a_memo_is_found_under_just_its_key);
    tcase_add_test(memos, a_collision_is_a_miss);
    tcase_add_test(memos, a_damaged_byte_is_a_miss);
    tcase_add_test(memos, a_file_of_another_size_is_a_miss);
    tcase_add_test(memos, what_is_no_file_of_ours_is_a_miss);
    tcase_add_test(memos, without_a_directory_nothing_is_remembered);
    tcase_add_loop_exit_test(memos, a_wrong_call_is_a_fault, EXIT_FAULT, 0,
                             sizeof wrong_calls / sizeof *wrong_calls);
    suite_add_tcase(suite, memos);
    return unit_run(suite);
}
