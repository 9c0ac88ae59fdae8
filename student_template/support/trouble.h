/* What went wrong while training, in words for people and as a kind that programs act upon. The
 * first trouble stays: what follows is its consequence. */
#ifndef TROUBLE_H
#define TROUBLE_H

#include <stdbool.h>
#include <stdint.h>

enum trouble_kind {
    TROUBLE_NONE,
    TROUBLE_NO_DEVICE,  /* or a program that was built without CUDA */
    TROUBLE_OLD_DRIVER, /* older than the runtime that the program was built with */
    TROUBLE_TAKEN,      /* another process has the device for itself */
    TROUBLE_NO_MEMORY,  /* `asked` and `left` say how much */
    TROUBLE_LOST,       /* the device, in the middle: nothing on it can be read any more */
    TROUBLE_DEVICE,     /* anything else that a device or its libraries say */
    TROUBLE_PLAN,       /* what cannot be trained: an impossible network, batch or precision */
    TROUBLE_DATA,       /* files of images: missing, truncated, foreign */
    TROUBLE_DISK,       /* what cannot be written */
    TROUBLE_NOT_FINITE  /* the loss */
};

struct trouble {
    enum trouble_kind kind;
    int64_t asked, left; /* bytes, of TROUBLE_NO_MEMORY */
    char words[320];     /* a sentence without its full stop */
};

/* Returns false, so that a function can end with it. */
bool trouble_tell(struct trouble *t, enum trouble_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
