/* Any numbers against any demand: what is accepted is right by a rule written down here once more,
 * with NaN and infinity never a right answer to a finite question; what is refused can be shown. */
#include "fuzz.h"

#include "public/finding.h"

#include <math.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE = 4, MOST = SIDE * SIDE * SIDE };

static jmp_buf refused;

/* --- The runner --- */

void finding_report(const struct finding *f) {
    static size_t (*const printers[])(char *, size_t, const struct finding *) = {
        print_finding, print_expected, print_returned};
    for (size_t i = 0; i < sizeof printers / sizeof *printers; i++)
        for (size_t room = 1; room < 4096; room *= 7) {
            char *out = malloc(room);
            DEMAND(printers[i](out, room, f) == strlen(out) && strlen(out) < room);
            demand_clean(out, strlen(out));
            free(out);
        }
    DEMAND(f->rank >= 0 && f->rank <= TENSOR_RANK && f->bad >= 0 && f->bad <= f->total);
    for (int i = 0; i < f->rank; i++)
        DEMAND(f->index[i] >= 0 && f->index[i] < SIDE);
    longjmp(refused, 1);
}
void finding_expecting(const struct expect_place *p, const tensor *want) {
    (void)p;
    (void)want;
}
void finding_measure(enum finding_kind kind, double error, double allowed) {
    (void)kind;
    (void)error;
    (void)allowed;
}
void finding_award(int share, int of) {
    (void)share;
    (void)of;
}

/* --- The rule --- */

static int64_t count;

static bool is_near(const double *got, const double *want, double allowed) {
    for (int64_t i = 0; i < count; i++)
        if (!(got[i] == want[i] || (isfinite(got[i]) && fabs(got[i] - want[i]) <= allowed)))
            return false;
    return true;
}

static double largest(const double *numbers) {
    double most = 0;
    for (int64_t i = 0; i < count; i++)
        if (isfinite(numbers[i]) && fabs(numbers[i]) > most)
            most = fabs(numbers[i]);
    return most;
}

static double bound(double terms, double magnitude) {
    return 64 * 0x1p-53 * log2(terms < 2 ? 2 : terms) * magnitude;
}

static bool all_unwritten(const double *numbers) {
    for (int64_t i = 0; i < count; i++)
        if (!call_is_unwritten(&numbers[i]))
            return false;
    return true;
}

/* Runs one demand; true when it was met. */
#define MET(demand) (setjmp(refused) ? false : ((demand), true))

void fuzz_one(const uint8_t *bytes, size_t size) {
    static double got[MOST], want[MOST], magnitude[MOST];
    static const struct expect_place here = {"a.md", "y", 1};
    struct input in = {bytes, size};
    int dim[TENSOR_RANK] = {1, 1, 1, 1}, rank = input_byte(&in) % TENSOR_RANK;
    uint8_t same = input_byte(&in);
    double terms = 1 + input_byte(&in);
    for (int i = 0; i < rank; i++)
        dim[i] = 1 + input_byte(&in) % SIDE;
    const tensor g = {rank, {dim[0], dim[1], dim[2], dim[3]}, got};
    const tensor w = {rank, {dim[0], dim[1], dim[2], dim[3]}, want};
    const tensor m = {rank, {dim[0], dim[1], dim[2], dim[3]}, magnitude};
    const ints gn = {rank, {dim[0], dim[1], dim[2], dim[3]}, (int64_t *)got};
    count = tensor_count(&g);
    input_fill(&in, got, sizeof got);
    memcpy(want, got, sizeof want);
    /* Mostly right answers: the fuzzer replaces a few numbers. */
    for (int i = 0; i < same % 8; i++)
        input_fill(&in, &want[input_byte(&in) % MOST], sizeof *want);
    for (int i = 0; i < MOST; i++)
        magnitude[i] = fabs(want[i]);
    if (same & 0x80)
        input_fill(&in, magnitude, sizeof magnitude);

    bool untouched = all_unwritten(got);
    DEMAND(MET(expect_same_at(here, &g, &w)) == (!untouched && is_near(got, want, 0)));
    DEMAND(MET(expect_tensor_at(here, &g, (size_t)count, want)) ==
           (!untouched && is_near(got, want, bound((double)count, largest(want)))));
    if (MET(expect_sums_at(here, &g, &w, terms, &m))) {
        for (int64_t i = 0; i < count; i++)
            DEMAND(isfinite(got[i]) && isfinite(want[i]));
        DEMAND(is_near(got, want, bound(terms, largest(magnitude))));
    }
    DEMAND(MET(expect_ints_at(here, &gn, (size_t)count, (int64_t *)want)) ==
           (memcmp(got, want, (size_t)count * 8) == 0));
    if (MET(expect_real_at(here, got[0], want[0], magnitude[0])))
        DEMAND(got[0] == want[0] || isfinite(got[0]));
    if (MET(expect_adjoint_at(here, "jx", &g, &m, &w, &g, terms)))
        for (int64_t i = 0; i < count; i++)
            DEMAND(!isnan(got[i]));
    int64_t integer, other;
    memcpy(&integer, got, sizeof integer);
    memcpy(&other, want, sizeof other);
    DEMAND(MET(expect_int_at(here, integer, other)) == (integer == other));
    DEMAND(MET(expect_status_at(here, (int)integer, (int)other)) == ((int)integer == (int)other));
}
