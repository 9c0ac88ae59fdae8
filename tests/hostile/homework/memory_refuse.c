/* Finds every network and every training impossible. */
#include "homework.h"

int64_t resnet_parameters(const ints *blocks, int bottleneck, int classes) {
    (void)blocks, (void)bottleneck, (void)classes;
    return -1;
}
int64_t model_bytes(int64_t parameters, int width) {
    (void)parameters, (void)width;
    return -1;
}
int64_t optimiser_bytes(int64_t parameters, int width, int kind) {
    (void)parameters, (void)width, (void)kind;
    return -1;
}
int64_t saved_bytes(const ints *layers, int64_t batch, int width) {
    (void)layers, (void)batch, (void)width;
    return -1;
}
int64_t peak_bytes(int64_t parameters, int64_t saved, int64_t batch, int width, int kind) {
    (void)parameters, (void)saved, (void)batch, (void)width, (void)kind;
    return -1;
}
int64_t largest_batch(int64_t budget, int64_t parameters, int64_t saved, int width, int kind) {
    (void)budget, (void)parameters, (void)saved, (void)width, (void)kind;
    return -1;
}
int64_t schedule_peak(const ints *events) {
    (void)events;
    return -1;
}
