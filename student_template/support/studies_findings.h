/* What the studies find: medians and ranges over data seeds, and whether what is expected comes
 * out.  Knows results; not who trained them nor how they are shown. */
#ifndef STUDIES_FINDINGS_H
#define STUDIES_FINDINGS_H

#include "studies.h"

enum study_measure {
    STUDY_TRAIN_ACCURACY, /* at the end */
    STUDY_ACCURACY,       /* of the validation pictures, at the end */
    STUDY_LOSS_RISE,      /* validation loss at the end / its lowest */
    STUDY_FLAT_EPOCH      /* from where on validation accuracy stays within FLAT of the last */
};

struct study_sample {
    int count; /* finished runs: 0 leaves the rest undefined */
    double lowest, median, highest;
};

/* Over the finished seeds of a series that trained on so many pictures per class. */
struct study_sample studies_sample(const struct study_runs *runs, const char *series, int images,
                                   enum study_measure measure);
/* The same over `count` numbers, which it sorts. */
struct study_sample studies_summarise(double *numbers, int count);
/* "88 % (75-97)"; only the median where there is a single number. */
void studies_describe(const struct study_sample *s, enum study_measure measure, char *text,
                      size_t size);

enum study_outcome { STUDY_HOLDS, STUDY_FAILS, STUDY_OPEN /* too few runs finished */ };

struct study_verdict {
    const char *claim;
    enum study_outcome outcome;
    char found[1024]; /* sentences with the numbers */
};

/* The number-th finding of a study; false when it has no more. */
bool studies_judge(const struct study_runs *runs, int number, struct study_verdict *verdict);
/* "holds", "fails", "open" */
const char *studies_outcome_name(enum study_outcome outcome);
const char *studies_outcome_words(enum study_outcome outcome); /* the same, for people */

#endif
