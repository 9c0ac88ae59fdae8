/* Reports of training on a GPU: what gpu_report.json says (gpu_report.schema.json describes it),
 * and whether that can be true.  A report is plain data, so that a boxed parser can hand it over;
 * what was handed over may be any bytes and is looked through by report_sound before anybody uses
 * it.
 *
 * How the notebook's figures go into a report:
 *
 *   notebook                                          report
 *   part 1: number of trainable parameters            model.parameters
 *   part 1: estimated size of the model               model.size
 *   part 1: name and total memory of the GPU          device.name, device.total
 *   part 1: memory in use before the model is made    context.before
 *   part 1: memory in use with the model on the GPU   context.loaded
 *   part 2: memory in use after one step, by          optimisers[].memory; protocol.optimisers:
 *     optimiser                                         steps 1, separate true, reads "device"
 *   part 3, each line of the log: time, epoch,        epochs[]: time, epoch, memory, loss, accuracy
 *     memory, last loss, training accuracy
 *   part 3, the largest memory of a batch size's      batches[].memory, .accuracy, .seconds;
 *     lines, and the accuracy and time of its last      protocol.batches: images 4096, epochs 10,
 *                                                       accuracy "training"
 *   part 3: the largest batch that trained, and the   largest.fits, largest.fails
 *     smallest that ran out of memory
 *   the plot                                          plots[]: names of files handed in elsewhere
 *
 * The notebook writes MB for what nvidia-smi counts in MiB: then `units` is "MiB".  Accuracies are
 * shares, 0.4321 for 43.21 %. */
#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    REPORT_SCHEMA = 1,
    REPORT_ROWS = 16,
    REPORT_EPOCHS = 256,
    REPORT_SAMPLES = 4096,
    REPORT_PLOTS = 8,
    REPORT_TEXT = 96,
    REPORT_MISTAKE = 320
};
/* In place of a number, a word or a list that the report does not have. */
enum { REPORT_NONE = -1 };

enum report_kind { REPORT_MEASUREMENT, REPORT_REHEARSAL };
enum report_maker { REPORT_BY_TRAINER, REPORT_BY_NOTEBOOK, REPORT_BY_HAND };
enum report_framework { REPORT_PYTORCH, REPORT_TRAINER, REPORT_OTHER };
enum report_precision { REPORT_FP32, REPORT_TF32, REPORT_BF16, REPORT_FP16 };
enum report_reading {
    REPORT_DEVICE,    /* in use on the whole card: nvidia-smi, NVML, cudaMemGetInfo */
    REPORT_RESERVED,  /* by the allocator, at most */
    REPORT_ALLOCATED, /* by tensors, at most */
    REPORT_PROCESS    /* resident memory of the process, at most: of rehearsals without a GPU */
};
enum report_accuracy { REPORT_TRAINING, REPORT_TEST };
enum { REPORT_NO, REPORT_YES };

/* Bytes are int64_t whatever the report's unit; words are the place in their list above or, of
 * optimisers, enum step_optimiser (step.h). */
struct report_samples {
    int count; /* only so much is kept of them: */
    int64_t least, most;
};

struct report_row {
    int optimiser;
    int64_t batch, memory;
    double rate, accuracy, seconds;
    struct report_samples samples;
};

struct report_epoch {
    int64_t batch, epoch, memory;
    double time, loss, accuracy, test; /* seconds since this batch size's training began */
};

struct report_protocol {
    int network; /* place in report_depths */
    int optimiser, separate, reads, accuracy;
    int64_t steps, images, epochs;
};

struct report {
    int64_t schema;
    int kind, made_by, units;
    struct {
        char name[REPORT_TEXT], driver[REPORT_TEXT];
        int64_t total, multiprocessors;
        double compute; /* 7.5 */
    } device;
    struct {
        int framework, precision, layout;
        unsigned levers; /* enum step_lever, and REPORT_ACCUMULATES */
        char version[REPORT_TEXT], cudnn[REPORT_TEXT];
    } software;
    struct {
        int network;
        int64_t parameters, size;
    } model;
    struct {
        struct report_protocol optimisers, batches;
    } protocol;
    struct {
        int64_t before, loaded;
    } context;
    struct {
        int64_t blocks, width, pixels; /* of each stage; of the stem; of an image's side */
    } scale;                           /* of a rehearsal: all networks are so small */
    char data[REPORT_TEXT];            /* the images */
    struct {
        int64_t fits, fails;
    } largest;
    int optimiser_count, batch_count, epoch_count, plot_count;
    struct report_row optimisers[REPORT_ROWS], batches[REPORT_ROWS];
    struct report_epoch epochs[REPORT_EPOCHS];
    char plots[REPORT_PLOTS][REPORT_TEXT];
    char mistake[REPORT_MISTAKE]; /* a sentence, or empty */
};

enum { REPORT_NETWORKS = 5, REPORT_ACCUMULATES = 1 << 8 };
extern const int report_depths[REPORT_NETWORKS];
extern const char *const report_networks[]; /* "resnet18", ..., NULL */

/* False when it is no report: then r->mistake says why, in a sentence. */
bool report_parse(const char *json, size_t count, struct report *r);
/* The same as a data_parser (data.h): true in any case, so that the sentence comes along. */
bool report_read(const char *bytes, size_t count, void *report);
/* Whether all counts, words, numbers and strings are such as report_parse lets through. */
bool report_sound(const struct report *r);

/* --- Judging (report_judge.c) --- */

enum report_part {
    REPORT_CONTEXT,    /* the card, the model and what the context takes */
    REPORT_OPTIMISERS, /* memory by optimiser */
    REPORT_BATCHES,    /* memory by batch size */
    REPORT_LARGEST,    /* the largest batch */
    REPORT_TIMES,      /* accuracy and time */
    REPORT_PARTS
};
/* "card, model and context", ...: for sentences. */
extern const char *const report_part_names[REPORT_PARTS];

enum report_outcome {
    REPORT_CONSISTENT,
    REPORT_SUSPICIOUS,  /* for a person to look at; costs nothing */
    REPORT_INCONSISTENT /* cannot be true: costs the part's points */
};

struct report_case;
struct report_look;
typedef void report_check(const struct report_case *c, struct report_look *look);

struct report_invariant {
    const char *id;
    report_check *check; /* report_look.h */
    enum report_part part;
    enum report_outcome violated; /* what a violation means */
    const char *claim, *tolerance, *applies;
    const char *sentence; /* to the student, after the numbers, when it is violated */
};
extern const struct report_invariant report_invariants[];
extern const int report_invariant_count;

struct report_finding {
    const struct report_invariant *invariant;
    enum report_outcome outcome;
    char words[480]; /* the numbers and what they mean */
};

/* One finding for each invariant that applies, in the table's order, as many as there is room for;
 * returns their number.  Deterministic; takes a few milliseconds.  `r` is sound. */
int report_judge(const struct report *r, struct report_finding *findings, int room);
/* Whether the report holds what this part is about; NULL, or what is missing, in a sentence. */
const char *report_lacks(const struct report *r, enum report_part part);

#endif
