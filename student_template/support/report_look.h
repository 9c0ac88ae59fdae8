/* What the invariants of a report look at (inside of report_*.c): the report, what the planner
 * expects for each of its rows, and how a demand is put into words. */
#ifndef REPORT_LOOK_H
#define REPORT_LOOK_H

#include "cards.h"
#include "report.h"

#include <math.h>

/* Bytes of tensors at their peak, before contexts and workspaces.  Where the planner does not know
 * the software, `likely` is REPORT_NONE, and low and high are all but no bounds. */
struct report_band {
    int64_t low;    /* with everything that could be saved, saved */
    int64_t likely; /* as the framework does it by default */
    int64_t high;   /* with gradients kept, and cuDNN's largest workspaces */
};

struct report_case {
    const struct report *r;
    const struct card *card;                  /* NULL: not in our table */
    int64_t parameters, optimiser_parameters; /* what model.network has, and that of the rows */
    int64_t overhead; /* of the context, as measured; REPORT_NONE without it */
    struct report_band optimisers[REPORT_ROWS], batches[REPORT_ROWS], fits, fails;
    int64_t saved_per_image, multiply_adds; /* of the batches' network, one image */
};

/* Fills what the planner knows. */
void report_expect(const struct report *r, struct report_case *c);

/* One invariant at work.  The words of its first violation stay; else those of its first demand. */
struct report_look {
    bool applies, violated;
    const char *unit; /* "MiB": of bytes, which are shown as such */
    char words[256];
};
/* Demands low <= got <= high; either may be infinite.  The rest says what `got` is. */
void report_demand(struct report_look *look, double got, double low, double high,
                   const char *format, ...) __attribute__((format(printf, 5, 6)));
/* Adds a remark to a demand that holds. */
void report_remark(struct report_look *look, const char *remark);

report_check check_card_known, check_card_total, check_card_facts, check_parameters,
    check_model_size, check_context_seen, check_context_bound, check_context_usual,
    check_context_rows;
report_check check_optimiser_floor, check_optimiser_ceiling, check_optimiser_card,
    check_optimiser_state, check_first_step, check_optimiser_samples;
report_check check_batch_floor, check_batch_ceiling, check_batch_card, check_batch_order,
    check_slope, check_slope_usual, check_batch_samples, check_grid;
report_check check_largest_order, check_largest_fits, check_largest_fails;
report_check check_precision, check_precision_usual, check_clock, check_speed, check_speed_usual,
    check_accuracy_count, check_accuracy_usual, check_log;

#endif
