/* Measuring what the planner promised: what is asked for, the pieces that this is cut into, and
 * what each of them finds out.  A piece runs in a process of its own, because what one training
 * leaves in a device's memory would be counted to the next.  Knows neither processes nor files. */
#ifndef MEASURE_H
#define MEASURE_H

#include "images.h"
#include "trainer.h"

#include <stddef.h>

enum {
    MEASURE_EPOCHS = 64, /* the most of a row; a report holds 256 of all rows together */
    MEASURE_PIECES = 24,
    MEASURE_NAME = 32,
    MEASURE_SETTINGS = 640
};

struct measure_options {
    int depth; /* of the ResNet whose batches are measured: 18 */
    enum numbers numbers;
    bool numbers_chosen; /* else the device decides */
    unsigned levers;     /* of enum step_lever */
    const char *data;    /* a folder, "made:SEED", or NULL (images.h) */
    uint64_t seed;
    int epochs;      /* 0: as the notebook */
    bool cpu, quick; /* rehearse though there is a GPU; as little as shows every part */
};

/* How a rehearsal differs from a measurement, which has 0 everywhere. */
struct measure_scale {
    int blocks, width, pixels; /* of each stage; of the stem; of an image's side */
    int64_t budget;            /* bytes that the largest batch may take */
};

enum measure_kind {
    MEASURE_DEVICE,    /* what there is to measure on and to train with */
    MEASURE_CONTEXT,   /* the network loaded, nothing trained */
    MEASURE_OPTIMISER, /* a few steps of the notebook's second part */
    MEASURE_BATCH,     /* epochs at one batch size, of its third */
    MEASURE_LARGEST,   /* whether this batch can be trained */
    MEASURE_SPEED      /* how fast this batch is */
};

struct measure_piece {
    enum measure_kind kind;
    char name[MEASURE_NAME]; /* "sgd-8", "batch-64": also its file's */
    int depth;
    enum step_optimiser optimiser;
    int64_t batch, images; /* of an epoch, or of all steps; the test's are `tests` */
    int64_t tests;
    int epochs;
    float rate;
    double work; /* to guess times by; of no unit */
};

/* Bytes in use.  Where two disagree, both are kept. */
struct measure_sight {
    int64_t seen; /* by NVML on the whole device; without a GPU, resident in the process */
    int64_t told; /* by the engine; 0 where it cannot say */
};

/* The moments at which memory is looked at, in order: what two of them differ by has a cause. */
enum measure_moment {
    MOMENT_BEFORE, /* the program has not touched the device */
    MOMENT_OPENED, /* a context and its libraries */
    MOMENT_LOADED, /* the one allocation, and what the libraries load for this network */
    MOMENT_FIRST,  /* after the first step */
    MOMENT_STEADY, /* after the last */
    MOMENT_PEAK,   /* the most that was seen at any time */
    MOMENTS
};

struct measure_epoch {
    double time, loss, accuracy, test; /* seconds of training so far; of the last step; shares */
    int64_t memory;                    /* the most so far */
};

/* What a piece found out; what it did not find out is 0. */
struct measure_record {
    char name[MEASURE_NAME],
        settings[MEASURE_SETTINGS]; /* what decides it: equal, no need to repeat */
    struct trouble trouble;         /* why it did not end well */
    struct engine_facts facts;
    bool outside; /* memory was seen by NVML, and so before there was a context, too */
    char data[48];
    char no_gpu[320]; /* why it is a rehearsal, a sentence without its full stop */
    struct map map;   /* of an image as it arrives */
    int64_t training_images, test_images;
    int64_t parameters, planned, granted;
    int64_t by_kind[STEP_KINDS]; /* of what lives at the peak of the plan */
    int64_t left;                /* bytes free with the device open */
    struct measure_sight at[MOMENTS];
    int64_t steps, images;
    double seconds; /* of training */
    int epoch_count;
    struct measure_epoch epochs[MEASURE_EPOCHS];
};

/* --- What is to be done (measure_plan.c) --- */

/* A rehearsal where there is no GPU. */
struct measure_scale measure_scale_of(const struct measure_options *o,
                                      const struct measure_record *device);
/* The precision that is asked for, or else PyTorch's: TF32 where the device has it. */
enum numbers measure_numbers(const struct measure_options *o, const struct measure_record *device);
/* Everything but the device and the largest batch, in order.  Returns how many. */
int measure_list(const struct measure_options *o, const struct measure_record *device,
                 struct measure_piece pieces[MEASURE_PIECES]);
struct measure_piece measure_attempt(const struct measure_options *o,
                                     const struct measure_record *device, int64_t batch);
struct measure_piece measure_speed(const struct measure_options *o,
                                   const struct measure_record *device, int64_t batch);
/* Of a speed's steps the first that count for nothing. */
enum { MEASURE_WARM = 3 };
/* All that decides what a piece finds. */
void measure_settings(const struct measure_options *o, const struct measure_record *device,
                      const struct measure_piece *p, char settings[MEASURE_SETTINGS]);
/* The network; false when it is impossible. */
bool measure_network(const struct measure_scale *scale, int depth, struct resnet_plan *plan);
/* What the trainer is asked for. */
struct trainer_order measure_order(const struct measure_options *o,
                                   const struct measure_record *device,
                                   const struct measure_piece *p);
/* The largest batch that is planned to take no more than `budget` bytes; 0: not even one image. */
int64_t measure_largest(const struct trainer_order *order, int64_t budget);

/* --- Doing it (measure_parts.c) --- */

/* Called now and then with how much is done, in [0, 1]. */
typedef void measure_watch(void *context, double share);

/* Measures one piece in this process, in which nothing has touched the device.  `device` is NULL
 * for MEASURE_DEVICE.  What goes wrong is in the record, beside what was found before. */
void measure_do(const struct measure_options *o, const struct measure_record *device,
                const struct measure_piece *p, measure_watch *watch, void *context,
                struct measure_record *record);

#endif
