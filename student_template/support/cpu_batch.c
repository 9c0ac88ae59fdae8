/* Both ends of a step on the CPU (cpu_parts.h): records become images, outputs become a loss. */
#include "cpu_parts.h"

#include <math.h>

/* --- Loading --- */

/* Between which two of `count` places an output lies, and how far from the first. */
struct between {
    int first, second;
    float share;
};

static struct between find_between(int output, int outputs, int count) {
    float at = ((float)output + 0.5F) * ((float)count / (float)outputs) - 0.5F;
    at = at > 0 ? at : 0;
    int first = (int)at < count ? (int)at : count - 1;
    return (struct between){first, first + (first < count - 1), at - (float)first};
}

static float sample(const unsigned char *plane, int width, struct between y, struct between x) {
    const unsigned char *above = plane + (int64_t)y.first * width,
                        *below = plane + (int64_t)y.second * width;
    float top = (1 - x.share) * above[x.first] + x.share * above[x.second];
    float bottom = (1 - x.share) * below[x.first] + x.share * below[x.second];
    return (1 - y.share) * top + y.share * bottom;
}

static void load_image(const struct work *w, const unsigned char *pixels, float *to) {
    const struct map *from = &w->read, *image = &w->put;
    for (int row = 0; row < image->height; row++) {
        struct between y = find_between(row, image->height, from->height);
        for (int column = 0; column < image->width; column++) {
            struct between x = find_between(column, image->width, from->width);
            for (int c = 0; c < image->channels; c++) {
                int64_t plane = (int64_t)(from->channels == 1 ? 0 : c) * from->height * from->width;
                float pixel = sample(pixels + plane, from->width, y, x);
                *to++ = (pixel / 255 - image_means[c]) / image_deviations[c];
            }
        }
    }
}

void cpu_load(const struct work *w) {
    const int64_t record = 1 + (int64_t)w->read.channels * w->read.height * w->read.width;
    const int64_t image = (int64_t)w->put.channels * w->put.height * w->put.width;
    const unsigned char *records = w->at[ROLE_RECORDS];
    float *images = w->at[ROLE_INPUT];
    int64_t *labels = w->at[ROLE_LABELS];
    records += w->half * w->batch * record;
    for (int64_t n = 0; n < w->batch; n++, records += record) {
        labels[n] = records[0];
        load_image(w, records + 1, images + n * image);
    }
}

/* --- Loss --- */

/* Of one image; leaves (softmax - label) * share in `delta`. */
static double lose(const float *outputs, int classes, int label, float share, float *delta) {
    float most = outputs[0];
    for (int k = 1; k < classes; k++)
        most = outputs[k] > most ? outputs[k] : most;
    double sum = exp((double)outputs[0] - most);
    for (int k = 1; k < classes; k++)
        sum += exp((double)outputs[k] - most);
    for (int k = 0; k < classes; k++)
        delta[k] =
            (float)((exp((double)outputs[k] - most) / sum - (k == label ? 1 : 0)) * (double)share);
    return log(sum) - ((double)outputs[label] - most);
}

static int find_largest(const float *outputs, int classes) {
    int largest = 0;
    for (int k = 1; k < classes; k++)
        largest = outputs[k] > outputs[largest] ? k : largest;
    return largest;
}

void cpu_loss(const struct work *w) {
    const struct step_settings *settings = w->at[ROLE_SETTINGS];
    const int classes = w->put.channels;
    const float *outputs = w->at[ROLE_OUTPUT];
    const int64_t *labels = w->at[ROLE_LABELS];
    float *delta = w->at[ROLE_DELTA];
    struct step_result *result = w->at[ROLE_LOSS];
    double loss = 0;
    int32_t hits = 0;
    for (int64_t n = 0; n < w->batch; n++, outputs += classes, delta += classes) {
        if (labels[n] < 0 || labels[n] >= classes) {
            for (int k = 0; k < classes; k++)
                delta[k] = 0;
            continue;
        }
        loss += lose(outputs, classes, (int)labels[n], settings->share, delta);
        hits += find_largest(outputs, classes) == labels[n];
    }
    *result = (struct step_result){(float)loss, hits};
}
