/* Binding operations to memory (work.h). */
#include "work.h"

/* Of CIFAR-10's training images, by channel, as the notebook normalises them. */
const float image_means[3] = {0.4914F, 0.4822F, 0.4465F};
const float image_deviations[3] = {0.2023F, 0.1994F, 0.2010F};

struct work work_bind(const struct work_order *order, int i, void *base) {
    const struct operation *o = &order->step->operations[i];
    const struct resnet *net = order->net;
    struct work w = {.kind = o->kind,
                     .batch = order->batch,
                     .numbers = order->numbers,
                     .optimiser = order->optimiser,
                     .again = o->again,
                     .adds = o->adds,
                     .gathers = order->gathers};
    if (o->kind == OPERATION_LOAD) {
        w.read = order->record;
        w.put = (struct map){net->channels, net->height, net->width};
    } else {
        w.layer = &net->layers[o->layer];
        w.put = (struct map){w.layer->channels, w.layer->height, w.layer->width};
        resnet_input(net, o->layer, &w.read.channels, &w.read.height, &w.read.width);
    }
    for (int role = 0; role < STEP_ROLES; role++)
        if (o->tensor[role] >= 0) {
            w.at[role] = (char *)base + order->arena->offset[o->tensor[role]];
            w.bytes[role] = step_bytes(&order->step->tensors[o->tensor[role]], order->batch);
        }
    return w;
}
