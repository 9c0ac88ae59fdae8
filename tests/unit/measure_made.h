/* Measurements that nobody made, for tests: a device that grants what a card has, counts as NVML
 * does and fails where it is told to.  Its figures are the planner's, with what a context takes. */
#ifndef MEASURE_MADE_H
#define MEASURE_MADE_H

#include "measure_run.h"

struct made_device {
    const char *card; /* of cards.h; NULL: a CPU */
    int64_t libraries, plans,
        first;                   /* bytes on top: of all contexts, by network, by its first step */
    const char *fails;           /* the piece that finds no memory, */
    const char *crashes, *hangs; /* crashes, or never ends; NULL: none */
    const char *log;             /* a file that gets the name of each piece that is measured */
    enum trouble_kind broken;    /* why it cannot be opened */
};
extern struct made_device made_device;

measure_doer made_do;

#endif
