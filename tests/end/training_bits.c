/* Trains a little with every kind of network and prints all bits of what came out, for
 * determinism.sh to compare between compilers and processors. */
#include "training.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const struct model_plan plans[] = {
    {MODEL_CNN, 28, 28, 3, 7, 3, 2, MODEL_MAX_POOL},
    {MODEL_CNN, 28, 28, 3, 2, 3, 2, MODEL_MAX_POOL},
    {MODEL_CNN, 28, 28, 5, 3, 4, 2, MODEL_AVERAGE_POOL},
    {MODEL_CNN, 28, 28, 3, 3, 3, 4, MODEL_MAX_POOL},
    {MODEL_MLP, 28, 28, 5, 0, 0, 0, MODEL_MAX_POOL},
};

static void print_bits(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    printf("%016" PRIx64 "\n", bits);
}

int main(void) {
    for (size_t i = 0; i < sizeof plans / sizeof *plans; i++) {
        struct edges_recipe recipe = {plans[i].classes, EDGES_ANYWHERE, 0};
        struct edges *train = edges_make(&recipe, 5, 1), *fresh = edges_make(&recipe, 5, 2);
        struct training t = {.engine = &fast_engine,
                             .plan = plans[i],
                             .epochs = 3,
                             .batch = 10,
                             .rate = 0.05,
                             .momentum = 0.9,
                             .seed = 3,
                             .train = train,
                             .validation = fresh};
        struct training_result *r = training_run(&t);
        print_bits(r->points[0].train_loss);
        print_bits(r->points[0].validation_loss);
        for (int64_t n = 0; n < model_parameter_count(&plans[i]); n++)
            print_bits(r->parameters[n]);
        training_free(r);
        edges_free(train);
        edges_free(fresh);
    }
    return 0;
}
