/* What the fuzz harnesses share (fuzz.h): libFuzzer's entry, demands on texts, parts of the input,
 * files in memory. */
#include "fuzz.h"

#include "base/fault.h"
#include "base/file.h"
#include "export/export.h"

#include <cjson/cJSON.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* --- libFuzzer --- */

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);
int LLVMFuzzerInitialize(int *count, char ***arguments);

__attribute__((weak)) void fuzz_begin(void) {
}

int LLVMFuzzerInitialize(int *count, char ***arguments) {
    (void)count;
    (void)arguments;
    fuzz_begin();
    return 0;
}

/* Exports take longer than all else, so that one run in eight makes them; which one is a matter of
 * its bytes, so that a finding is found again. */
static bool exports_wanted;

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) {
    exports_wanted = digest(0, bytes, count) % 8 == 0;
    fuzz_one(bytes, count);
    return 0;
}

/* --- Demands --- */

void fuzz_fail(const char *file, int line, const char *demand) {
    fprintf(stderr, "%s:%d: not so: %s\n", file, line, demand);
    abort();
}

/* The next code point of valid UTF-8, by the table of the Unicode Standard (3-7): the second byte's
 * range decides about overlong forms, surrogates and what lies beyond U+10FFFF.  -1 for all else.
 */
static long next_point(const unsigned char **at, const unsigned char *end) {
    static const struct {
        unsigned char first, last, low, high;
        int more;
    } rows[] = {
        {0x00, 0x7f, 0, 0, 0},       {0xc2, 0xdf, 0x80, 0xbf, 1}, {0xe0, 0xe0, 0xa0, 0xbf, 2},
        {0xe1, 0xec, 0x80, 0xbf, 2}, {0xed, 0xed, 0x80, 0x9f, 2}, {0xee, 0xef, 0x80, 0xbf, 2},
        {0xf0, 0xf0, 0x90, 0xbf, 3}, {0xf1, 0xf3, 0x80, 0xbf, 3}, {0xf4, 0xf4, 0x80, 0x8f, 3}};
    const unsigned char *s = *at;
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
        if (*s < rows[r].first || *s > rows[r].last)
            continue;
        int more = rows[r].more;
        if (end - s <= more || (more > 0 && (s[1] < rows[r].low || s[1] > rows[r].high)))
            return -1;
        long point = more == 0 ? *s : *s & (0x3f >> more);
        for (int i = 1; i <= more; i++) {
            if (s[i] < 0x80 || s[i] > 0xbf)
                return -1;
            point = point * 64 + s[i] - 0x80;
        }
        *at = s + more + 1;
        return point;
    }
    return -1;
}

/* What moves a cursor, changes a direction, or cannot be seen. */
static bool point_deceives(long point) {
    bool control = point < 0x20 || (point >= 0x7f && point <= 0x9f);
    bool mark = point == 0x200e || point == 0x200f || point == 0x61c;
    bool embedding = (point >= 0x202a && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069);
    bool invisible = point == 0xad || point == 0xfeff || (point >= 0x200b && point <= 0x200d) ||
                     (point >= 0xe0000 && point <= 0xe007f);
    bool line = point == 0x2028 || point == 0x2029;
    return control || mark || embedding || invisible || line;
}

void demand_clean(const char *bytes, size_t count) {
    const unsigned char *at = (const unsigned char *)bytes, *end = at + count;
    while (at < end) {
        long point = next_point(&at, end);
        DEMAND(point >= 0);
        DEMAND(point == '\n' || point == '\t' || !point_deceives(point));
    }
}

void demand_line(const char *bytes) {
    demand_clean(bytes, strlen(bytes));
    DEMAND(!strpbrk(bytes, "\n\t"));
}

/* The only control sequences are ours, and each colour ends. */
static void demand_coloured(const struct text *page) {
    static const char *const codes[] = {"\033[1m", "\033[32m", "\033[31m", "\033[0m"};
    struct text plain;
    text_init(&plain, page->length);
    bool on = false;
    for (size_t i = 0; i < page->length;) {
        if (page->at[i] != '\033') {
            text_add_bytes(&plain, page->at + i++, 1);
            continue;
        }
        size_t code = 0;
        while (code < 4 && strncmp(page->at + i, codes[code], strlen(codes[code])) != 0)
            code++;
        DEMAND(code < 4 && on == (code == 3));
        on = code != 3;
        i += strlen(codes[code]);
    }
    DEMAND(!on);
    demand_clean(plain.at, plain.length);
    text_free(&plain);
}

static double number_at(const cJSON *object, const char *key) {
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    DEMAND(cJSON_IsNumber(item));
    return item->valuedouble;
}

/* Points of tests and the total are the same sum, or there is no total. */
static void demand_sum(const struct card *card, const cJSON *results) {
    double sum = 0;
    const cJSON *test;
    cJSON_ArrayForEach(test, cJSON_GetObjectItemCaseSensitive(results, "tests")) {
        if (!cJSON_GetObjectItemCaseSensitive(test, "score"))
            continue;
        double score = number_at(test, "score");
        DEMAND(score >= 0 && score <= number_at(test, "max_score"));
        sum += score;
    }
    const cJSON *total = cJSON_GetObjectItemCaseSensitive(results, "score");
    DEMAND(card->graded == (total != NULL));
    DEMAND(!total || fabs(number_at(results, "score") - sum) < 1e-6);
    DEMAND(card->earned >= 0 && card->earned <= card->points);
}

void demand_exports(const struct card *card) {
    static export_format *const formats[] = {export_scorecard, export_gradescope, export_terminal,
                                             export_terminal_coloured};
    for (size_t i = 0; i < sizeof formats / sizeof *formats && exports_wanted; i++) {
        struct text out;
        text_init(&out, 16 * MIB);
        formats[i](card, &out);
        DEMAND(!out.cut && out.length > 0);
        if (formats[i] == export_terminal_coloured)
            demand_coloured(&out);
        else
            demand_clean(out.at, out.length);
        if (i < 2) {
            cJSON *json = cJSON_Parse(out.at);
            DEMAND(json != NULL);
            if (i == 1)
                demand_sum(card, json);
            cJSON_Delete(json);
        }
        text_free(&out);
    }
}

/* --- Parts of the input --- */

uint8_t input_byte(struct input *in) {
    if (in->left == 0)
        return 0;
    in->left--;
    return *in->at++;
}

void input_fill(struct input *in, void *out, size_t count) {
    size_t taken = count < in->left ? count : in->left;
    memset(out, 0, count);
    if (taken > 0)
        memcpy(out, in->at, taken);
    in->at += taken;
    in->left -= taken;
}

void input_string(struct input *in, char *out, size_t room) {
    size_t length = 0;
    for (uint8_t byte; length + 1 < room && (byte = input_byte(in));)
        out[length++] = (char)byte;
    out[length] = '\0';
}

/* --- Files --- */

int memory_file(const void *bytes, size_t count) {
    int file = memfd_create("fuzz", MFD_CLOEXEC);
    if (file < 0 || (count > 0 && write(file, bytes, count) != (ssize_t)count))
        fuzz_fail(__FILE__, __LINE__, "there is memory for a file");
    return file;
}

const char *memory_path(int file) {
    static char path[32];
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    return path;
}

/* Nothing here has to outlive a crash of the machine. */
int __wrap_fsync(int file);
int __wrap_fsync(int file) {
    (void)file;
    return 0;
}

static char *folder;

static void remove_folder(void) {
    directory_remove(folder);
    free(folder);
}

const char *fuzz_folder(void) {
    if (!folder) {
        if (!getenv("TMPDIR") && access("/dev/shm", W_OK) == 0)
            setenv("TMPDIR", "/dev/shm", 0);
        folder = directory_private();
        atexit(remove_folder);
    }
    return folder;
}

void folder_put(const char *name, const void *bytes, size_t count) {
    char *path = format_string("%s/%s", fuzz_folder(), name);
    char *slash = strrchr(path, '/');
    *slash = '\0';
    bool made = directory_make(path);
    *slash = '/';
    int file = made ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644) : -1;
    DEMAND(file >= 0 && (count == 0 || write(file, bytes, count) == (ssize_t)count));
    close(file);
    free(path);
}
