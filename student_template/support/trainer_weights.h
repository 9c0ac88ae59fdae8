/* What a training begins with, for trainer.c: as torchvision's ResNets begin (convolutions normal
 * by what they put out, norms the identity) and PyTorch's linear layers. */
#ifndef TRAINER_WEIGHTS_H
#define TRAINER_WEIGHTS_H

#include "engine.h"

/* Writes every tensor that stays, but those of the batch.  The same seed gives the same weights. */
bool trainer_weights_write(struct engine *e, const struct resnet *net, const struct step *step,
                           uint64_t seed, struct trouble *t);

#endif
