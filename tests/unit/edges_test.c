/* The data set of problem 6: what each class looks like, and that it is the same everywhere. */
#include "unit.h"

#include "edges.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE = EDGES_SIDE, EACH = 200 };

static struct edges *make(int classes, enum edges_place place, uint64_t permutation,
                          uint64_t seed) {
    struct edges_recipe recipe = {classes, place, permutation};
    return edges_make(&recipe, EACH, seed);
}

static const float *picture(const struct edges *e, int class, int index) {
    return e->pixels + (size_t)(class * EACH + index) * EDGES_PIXELS;
}

static float at(const float *p, int row, int column) {
    return p[row * SIDE + column];
}

/* Rows (or columns) that are one value from end to end and differ from the first of them or from
 * the last one: the band.  False when some line is not one value. */
struct band {
    int first, width;
    float inside, outside;
};

static bool find_band(const float *p, bool upright, struct band *band) {
    *band = (struct band){.first = -1};
    float line[SIDE];
    for (int i = 0; i < SIDE; i++) {
        line[i] = upright ? at(p, 0, i) : at(p, i, 0);
        for (int j = 0; j < SIDE; j++)
            if ((upright ? at(p, j, i) : at(p, i, j)) != line[i])
                return false;
    }
    /* No band is wider than four lines: the value that most lines have is the background. */
    int alike = 0;
    for (int i = 0; i < SIDE; i++)
        alike += line[i] == line[SIDE / 2 - 6];
    band->outside = alike > SIDE / 2 ? line[SIDE / 2 - 6] : line[SIDE / 2 + 6];
    for (int i = 0; i < SIDE; i++)
        if (line[i] != band->outside) {
            if (band->first < 0)
                band->first = i;
            else if (line[i] != band->inside || i != band->first + band->width)
                return false;
            band->inside = line[i];
            band->width++;
        }
    return true;
}

START_TEST(orders_the_classes) {
    static const char *three[] = {"horizontal", "vertical", "none"};
    static const char *five[] = {"horizontal", "vertical", "diagonal", "both", "none"};
    for (int i = 0; i < 3; i++)
        ck_assert_str_eq(edges_class_name(EDGES_THREE, i), three[i]);
    for (int i = 0; i < 5; i++)
        ck_assert_str_eq(edges_class_name(EDGES_FIVE, i), five[i]);
    struct edges *e = make(EDGES_FIVE, EDGES_ANYWHERE, 0, 1);
    ck_assert_int_eq(e->count, 5 * EACH);
    ck_assert_int_eq(e->classes, 5);
    for (int n = 0; n < e->count; n++)
        ck_assert_int_eq(e->labels[n], n / EACH);
    edges_free(e);
}
END_TEST

START_TEST(quantises_to_eight_bits) {
    struct edges *e = make(EDGES_FIVE, EDGES_ANYWHERE, 0, 2);
    for (int i = 0; i < e->count * EDGES_PIXELS; i++) {
        float level = roundf(e->pixels[i] * 255);
        ck_assert_float_eq(e->pixels[i], level / 255);
        ck_assert(level >= 0 && level < 256);
    }
    edges_free(e);
}
END_TEST

/* Background below 0.2, intensity from 0.25 to 1, widths 1 to 4, the end never in the last line. */
START_TEST(draws_bands_with_the_notebooks_numbers) {
    struct edges *e = make(EDGES_THREE, EDGES_ANYWHERE, 0, 3);
    for (int class = 0; class < 2; class ++) {
        int widths[5] = {0}, first = SIDE, last = 0;
        float dimmest = 1, brightest = 0;
        for (int n = 0; n < EACH; n++) {
            struct band b;
            ck_assert(find_band(picture(e, class, n), class == 1, &b));
            ck_assert_int_ge(b.width, 1);
            ck_assert_int_le(b.width, 4);
            ck_assert_float_le(b.outside, 0.2F);
            widths[b.width]++;
            first = b.first < first ? b.first : first;
            last = b.first + b.width > last ? b.first + b.width : last;
            dimmest = fminf(dimmest, b.inside);
            brightest = fmaxf(brightest, b.inside);
        }
        for (int width = 1; width <= 4; width++)
            ck_assert_int_ge(widths[width], EACH / 8);
        ck_assert_int_eq(first, 0);
        ck_assert_int_eq(last, SIDE - 1);
        ck_assert(dimmest >= 63 / 255.0F && dimmest < 0.3F && brightest > 0.95F);
    }
    edges_free(e);
}
END_TEST

START_TEST(leaves_the_last_class_empty) {
    static const int classes[] = {EDGES_THREE, EDGES_FIVE};
    for (int i = 0; i < 2; i++) {
        struct edges *e = make(classes[i], EDGES_ANYWHERE, 0, 4);
        for (int n = 0; n < EACH; n++) {
            const float *p = picture(e, classes[i] - 1, n);
            for (int k = 1; k < EDGES_PIXELS; k++)
                ck_assert_float_eq(p[k], p[0]);
        }
        edges_free(e);
    }
}
END_TEST

START_TEST(keeps_shifted_bands_in_their_half) {
    static const struct {
        enum edges_place place;
        int first, end;
    } halves[] = {{EDGES_FIRST_HALF, 0, 14}, {EDGES_SECOND_HALF, 14, 28}};
    for (int i = 0; i < 2; i++) {
        struct edges *e = make(EDGES_THREE, halves[i].place, 0, 5);
        int first = SIDE;
        for (int n = 0; n < 2 * EACH; n++) {
            struct band b;
            ck_assert(find_band(picture(e, n / EACH, n % EACH), n >= EACH, &b));
            ck_assert_int_ge(b.first, halves[i].first);
            ck_assert_int_le(b.first + b.width, halves[i].end);
            first = b.first < first ? b.first : first;
        }
        ck_assert_int_eq(first, halves[i].first);
        edges_free(e);
    }
}
END_TEST

/* Some row is one value, and so is some column, and they differ; neither kind fills the picture. */
START_TEST(crosses_two_bands_in_both) {
    struct edges *e = make(EDGES_FIVE, EDGES_ANYWHERE, 0, 6);
    for (int n = 0; n < EACH; n++) {
        const float *p = picture(e, 3, n);
        struct band b;
        ck_assert(!find_band(p, false, &b) || !find_band(p, true, &b));
        int columns = 0; /* the vertical band is painted last: its columns are one value */
        for (int j = 0; j < SIDE; j++) {
            bool one = true;
            for (int i = 1; i < SIDE; i++)
                one = one && at(p, i, j) == at(p, 0, j);
            columns += one;
        }
        ck_assert_int_ge(columns, 1);
        ck_assert_int_le(columns, 4);
    }
    edges_free(e);
}
END_TEST

/* The brightest pixels of a diagonal lie along one line through them, neither a row nor a column,
 * at 30, 45, 120 or 135 degrees from a row. */
START_TEST(turns_diagonals) {
    struct edges *e = make(EDGES_FIVE, EDGES_ANYWHERE, 0, 7);
    static const double angles[] = {30, 45, 120, 135};
    int seen = 0;
    for (int n = 0; n < EACH; n++) {
        const float *p = picture(e, 2, n);
        double count = 0, x = 0, y = 0, xx = 0, yy = 0, xy = 0, background = p[0];
        for (int i = 0; i < EDGES_PIXELS; i++)
            background = fmin(background, p[i]);
        for (int i = 0; i < EDGES_PIXELS; i++) {
            double weight = p[i] - background, row = i / SIDE, column = i % SIDE;
            count += weight, x += weight * column, y += weight * row;
            xx += weight * column * column, yy += weight * row * row, xy += weight * row * column;
        }
        if (count < 5) /* a corner was all that stayed inside */
            continue;
        xx -= x * x / count, yy -= y * y / count, xy -= x * y / count;
        double degrees = atan2(2 * xy, xx - yy) / 2 * 57.29577951308232;
        double off = 90;
        for (int a = 0; a < 4; a++)
            off = fmin(off, fabs(remainder(degrees + angles[a], 180)));
        ck_assert_double_le(off, 6);
        seen++;
    }
    ck_assert_int_ge(seen, EACH / 2);
    edges_free(e);
}
END_TEST

START_TEST(moves_pixels_of_all_pictures_alike) {
    struct edges *plain = make(EDGES_THREE, EDGES_ANYWHERE, 0, 8);
    struct edges *moved = make(EDGES_THREE, EDGES_ANYWHERE, 77, 8);
    /* Pictures of one band row each tell where each row went; together they tell one pixel. */
    int stayed = 0;
    for (int to = 0; to < EDGES_PIXELS; to++) {
        int candidates = 0;
        for (int from = 0; from < EDGES_PIXELS; from++) {
            bool same = true;
            for (int n = 0; n < plain->count && same; n++)
                same =
                    moved->pixels[n * EDGES_PIXELS + to] == plain->pixels[n * EDGES_PIXELS + from];
            candidates += same;
            stayed += same && from == to;
        }
        ck_assert_int_ge(candidates, 1);
    }
    ck_assert_int_lt(stayed, 30);
    edges_free(plain);
    edges_free(moved);
}
END_TEST

/* FNV-1a of the pixels' levels: the same pictures on every machine, or this number differs. */
START_TEST(draws_the_same_pictures_everywhere) {
    struct edges *e = make(EDGES_FIVE, EDGES_ANYWHERE, 9, 10);
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (int i = 0; i < e->count * EDGES_PIXELS; i++)
        hash = (hash ^ (uint64_t)lroundf(e->pixels[i] * 255)) * UINT64_C(0x100000001b3);
    ck_assert_uint_eq(hash, UINT64_C(8627171966133695785));
    edges_free(e);
}
END_TEST

START_TEST(draws_other_pictures_from_another_seed) {
    struct edges *a = make(EDGES_THREE, EDGES_ANYWHERE, 0, 11);
    struct edges *b = make(EDGES_THREE, EDGES_ANYWHERE, 0, 12);
    int same = 0;
    for (int n = 0; n < a->count; n++)
        same += memcmp(a->pixels + n * EDGES_PIXELS, b->pixels + n * EDGES_PIXELS,
                       sizeof(float) * EDGES_PIXELS) == 0;
    ck_assert_int_lt(same, a->count / 20);
    edges_free(a);
    edges_free(b);
}
END_TEST

static Suite *edges_suite(void) {
    Suite *suite = suite_create("edges");
    TCase *tests = tcase_create("edges");
    tcase_set_timeout(tests, 60);
    suite_add_tcase(suite, tests);
    tcase_add_test(tests, orders_the_classes);
    tcase_add_test(tests, quantises_to_eight_bits);
    tcase_add_test(tests, draws_bands_with_the_notebooks_numbers);
    tcase_add_test(tests, leaves_the_last_class_empty);
    tcase_add_test(tests, keeps_shifted_bands_in_their_half);
    tcase_add_test(tests, crosses_two_bands_in_both);
    tcase_add_test(tests, turns_diagonals);
    tcase_add_test(tests, moves_pixels_of_all_pictures_alike);
    tcase_add_test(tests, draws_the_same_pictures_everywhere);
    tcase_add_test(tests, draws_other_pictures_from_another_seed);
    return suite;
}

int main(void) {
    return unit_run(edges_suite());
}
