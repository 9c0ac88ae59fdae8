/* Insides of kernels: what a step begins and ends with - loading images, the loss and its gradient,
 * updates of weights. */
#ifndef KERNEL_ENDS_H
#define KERNEL_ENDS_H

#include "kernel_numbers.h"
#include "work.h"

/* --- Loading, a pixel of an image at a time --- */

struct load_task {
    int64_t items;
    struct map record, image;
    const unsigned char *records;
    void *images;
    int64_t *labels;
    float means[3], deviations[3];
};

/* Between which two of `read` a place of `put` lies, and how far from the first. */
struct load_between {
    int first, second;
    float part;
};

KERNEL struct load_between load_between(int place, int read, int put) {
    float at = ((float)place + 0.5F) * ((float)read / (float)put) - 0.5F;
    at = at < 0 ? 0 : at;
    struct load_between b;
    b.first = (int)at < read ? (int)at : read - 1;
    b.second = b.first + (b.first < read - 1);
    b.part = at - (float)b.first;
    return b;
}

KERNEL void load_item(const struct load_task *t, int64_t item, int bytes) {
    int64_t pixels = (int64_t)t->image.height * t->image.width, image = item / pixels;
    int64_t plane = (int64_t)t->record.height * t->record.width;
    int row = (int)(item % pixels / t->image.width), column = (int)(item % pixels % t->image.width);
    const unsigned char *record = t->records + image * (1 + t->record.channels * plane);
    struct load_between y = load_between(row, t->record.height, t->image.height);
    struct load_between x = load_between(column, t->record.width, t->image.width);
    if (row == 0 && column == 0)
        t->labels[image] = *record;
    UNROLL
    for (int c = 0; c < 3; c++) {
        const unsigned char *from = record + 1 + (t->record.channels == 1 ? 0 : c * plane);
        const unsigned char *above = from + (int64_t)y.first * t->record.width,
                            *below = from + (int64_t)y.second * t->record.width;
        float upper = (1 - x.part) * above[x.first] + x.part * above[x.second];
        float lower = (1 - x.part) * below[x.first] + x.part * below[x.second];
        float pixel = (1 - y.part) * upper + y.part * lower;
        struct lanes put = {{(pixel / 255 - t->means[c]) / t->deviations[c], 0, 0, 0, 0, 0, 0, 0}};
        numbers_store(t->images, 3 * item + c, bytes, 1, put);
    }
}

/* --- Softmax cross-entropy, by one block --- */

struct loss_task {
    int64_t batch;
    int classes;
    const void *outputs;
    const int64_t *labels;
    const struct step_settings *settings;
    struct step_result *result;
    void *delta;
};

struct loss_room {
    float loss[BLOCK_THREADS];
    int32_t hits[BLOCK_THREADS];
};

KERNEL float number_load(const void *from, int64_t at, int bytes) {
    return numbers_load(from, at, bytes, 1).at[0];
}

/* The loss of one image; whether its largest output is its label's. */
KERNEL float loss_image(const struct loss_task *t, int64_t image, bool *hit, int bytes) {
    int64_t first = image * t->classes, label = t->labels[image];
    bool counts = label >= 0 && label < t->classes;
    int best = 0;
    float most = number_load(t->outputs, first, bytes), sum = 0, share = t->settings->share;
    for (int i = 1; i < t->classes; i++) {
        float output = number_load(t->outputs, first + i, bytes);
        best = output > most ? i : best;
        most = output > most ? output : most;
    }
    for (int i = 0; i < t->classes; i++)
        sum += expf(number_load(t->outputs, first + i, bytes) - most);
    float scale = 1 / sum;
    for (int i = 0; i < t->classes; i++) {
        float part = expf(number_load(t->outputs, first + i, bytes) - most) * scale;
        struct lanes delta = {
            {counts ? (part - (float)(i == label)) * share : 0, 0, 0, 0, 0, 0, 0, 0}};
        numbers_store(t->delta, first + i, bytes, 1, delta);
    }
    *hit = counts && best == label;
    return counts ? logf(sum) + most - number_load(t->outputs, first + label, bytes) : 0;
}

KERNEL void loss_images(const struct loss_task *t, int thread, struct loss_room *room, int bytes) {
    float loss = 0;
    int32_t hits = 0;
    for (int64_t image = thread; image < t->batch; image += BLOCK_THREADS) {
        bool hit;
        loss += loss_image(t, image, &hit, bytes);
        hits += hit;
    }
    room->loss[thread] = loss;
    room->hits[thread] = hits;
}

/* Between barriers, as norm_halve. */
KERNEL void loss_halve(struct loss_room *room, int step, int thread) {
    if (thread >= step)
        return;
    room->loss[thread] += room->loss[thread + step];
    room->hits[thread] += room->hits[thread + step];
}

KERNEL void loss_end(const struct loss_task *t, int thread, const struct loss_room *room) {
    if (thread > 0)
        return;
    t->result->loss = room->loss[0];
    t->result->hits = room->hits[0];
}

/* --- Updates, `lanes` numbers at a time --- */

struct update_task {
    int64_t items, count;
    enum step_optimiser optimiser;
    bool gathers;
    const struct step_settings *settings;
    float *weights, *state, *gradient;
    void *copy;
};

/* As PyTorch's SGD and Adam, without decay of weights. */
KERNEL float update_number(const struct update_task *t, const struct step_settings *s, float weight,
                           float gradient, float *first, float *second) {
    if (t->optimiser == STEP_SGD)
        return weight - s->rate * gradient;
    if (t->optimiser == STEP_MOMENTUM) {
        *first = s->momentum * *first + gradient;
        return weight - s->rate * *first;
    }
    *first += (1 - s->mean_decay) * (gradient - *first);
    *second = s->square_decay * *second + (1 - s->square_decay) * gradient * gradient;
    float root = sqrtf(*second) / sqrtf(s->square_correction) + s->epsilon;
    return weight - s->rate / s->mean_correction * (*first / root);
}

KERNEL void update_item(const struct update_task *t, int64_t item, int lanes) {
    int64_t at = item * lanes;
    const struct step_settings settings = *t->settings;
    struct lanes none = {{0, 0, 0, 0, 0, 0, 0, 0}}, first = none, second = none;
    struct lanes weights = floats_load(t->weights, at, lanes),
                 gradient = floats_load(t->gradient, at, lanes);
    if (t->optimiser != STEP_SGD)
        first = floats_load(t->state, at, lanes);
    if (t->optimiser == STEP_ADAM)
        second = floats_load(t->state + t->count, at, lanes);
    UNROLL
    for (int i = 0; i < lanes; i++)
        weights.at[i] =
            update_number(t, &settings, weights.at[i], gradient.at[i], &first.at[i], &second.at[i]);
    numbers_store(t->weights, at, 4, lanes, weights);
    if (t->optimiser != STEP_SGD)
        numbers_store(t->state, at, 4, lanes, first);
    if (t->optimiser == STEP_ADAM)
        numbers_store(t->state + t->count, at, 4, lanes, second);
    if (t->copy)
        numbers_store(t->copy, at, 2, lanes, weights);
    if (t->gathers)
        numbers_store(t->gradient, at, 4, lanes, none);
}

#endif
