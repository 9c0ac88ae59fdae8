/* The six studies of problem 6 as a table, and what running it gives.  Knows what is trained on
 * what; not how a network is computed, drawn or written down. */
#ifndef STUDIES_H
#define STUDIES_H

#include "training.h"

#include <stddef.h>

enum {
    STUDIES = 6,
    STUDY_SIZES = 5,       /* the most numbers of pictures per class in one series */
    STUDY_SERIES = 8,      /* the most series in one study */
    STUDY_VALIDATION = 50, /* pictures per class to validate with */
    STUDY_SEEDS = 20       /* the most data seeds */
};

/* What the pictures are (edges.h draws them). */
enum study_data {
    STUDY_PLAIN,    /* three classes, edges anywhere */
    STUDY_SHIFTED,  /* trained with edges in the first half, validated with some in the second */
    STUDY_PERMUTED, /* one permutation of the pixels for all pictures of a seed */
    STUDY_FIVE      /* five classes */
};

/* Epochs, rate and kernel that somebody chose for a series, instead of the table's. */
enum study_choice { STUDY_NO_CHOICE, STUDY_FEW, STUDY_SHIFT, STUDY_CHOICES };
struct study_settings {
    double chosen[STUDY_CHOICES][3]; /* epochs, rate, kernel; epochs 0: leave the series out */
};

struct study {
    int number; /* 1 ... STUDIES */
    const char *part, *title, *task;
    int seeds; /* how many data seeds are enough to see what it is about */
    enum study_data data;
};

/* One model trained in one way, on several numbers of pictures per class. */
struct study_series {
    int study;
    const char *name;  /* in files: "cnn" */
    const char *title; /* for people: "CNN" */
    struct model_plan plan;
    int images[STUDY_SIZES]; /* per class, rising; 0 ends */
    int epochs, batch;
    double rate;
    int measure_every;
    bool frozen_edges; /* convolutions are edge detectors that stay; only the last layer learns */
    enum study_choice choice;
};

extern const struct study studies[STUDIES];
extern const struct study_series study_table[];
extern const int study_table_count;

/* One training of one series. */
struct study_run {
    const struct study_series *series;
    int images; /* per class */
    uint64_t seed;
    volatile int epoch; /* how far it is */
    volatile bool finished;
    int point_count; /* the last point is after the last epoch */
    struct training_point *points;
    int confusion[5][5];        /* rows the truth, columns the answer */
    int64_t kernel_count;       /* numbers of conv1.weight; 0 for the MLP */
    double *untrained, *kernel; /* conv1.weight before and after */
};

/* All trainings of one study: series by series, then by pictures per class, then by seed. */
struct study_runs {
    const struct study *study;
    int series_count;
    struct study_series series[STUDY_SERIES];
    int seed_count, count;
    struct study_run *run;
    size_t size; /* of this memory */
};

/* The trainings of a study that are to be done, with room for what they give; `quick` leaves a
 * tenth of the epochs.  The memory is shared with processes that are forked later.  NULL when
 * there is none.  Free with studies_release. */
struct study_runs *studies_plan(int number, int seed_count, bool quick,
                                const struct study_settings *settings);
void studies_release(struct study_runs *runs);

/* The series of that name, or NULL. */
const struct study_series *studies_find(const struct study_runs *runs, const char *name);
/* The run of a series, or NULL. */
const struct study_run *studies_find_run(const struct study_runs *runs, const char *name,
                                         int images, uint64_t seed);

/* What a run looks at; the caller frees with edges_free. */
struct edges *studies_training_pictures(const struct study_runs *runs, int images, uint64_t seed);
struct edges *studies_validation_pictures(const struct study_runs *runs, uint64_t seed);

/* Trains one run, here and now, and keeps what it gives.  False when the model is impossible. */
bool studies_train(const struct study_runs *runs, struct study_run *run,
                   const struct model_engine *engine);

#endif
