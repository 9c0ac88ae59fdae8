/* Images to train and to test with, as records (work.h): a label, and the pixels by channel. */
#ifndef IMAGES_H
#define IMAGES_H

#include "trouble.h"
#include "work.h"

enum { IMAGES_TRAINING, IMAGES_TEST, IMAGES_PARTS };

struct images {
    char name[48]; /* "CIFAR-10", "Fashion-MNIST", "made up" */
    struct map map;
    int classes;
    int64_t record; /* bytes: 1 + channels * height * width */
    int64_t count[IMAGES_PARTS];
    unsigned char *records[IMAGES_PARTS]; /* owned: images_free */
};

/* `where` is a folder with CIFAR-10's binary files or with Fashion-MNIST's; "made:SEED" makes up
 * patterns that can be told apart; NULL takes CIFAR-10 from ./cifar-10-batches-bin or
 * ./data/cifar-10-batches-bin, else Fashion-MNIST from where Debian's dataset-fashion-mnist has it,
 * else made:1.  Sizes, labels and their counts are checked. */
bool images_open(const char *where, struct images *images, struct trouble *t);
void images_free(struct images *images);

#endif
