/* Memory in use while a piece is measured: on the whole GPU as NVML sees it, or, without a GPU,
 * what of this process is resident.  Knows no training. */
#ifndef MEASURE_METER_H
#define MEASURE_METER_H

#include "measure.h"

struct meter;

/* To be opened before anything touches the device.  `bus`: of a GPU (engine.h); NULL: this process.
 * NULL when there is no memory. */
struct meter *meter_open(const char *bus);
void meter_close(struct meter *m);
/* Whether it sees a GPU from outside of any context. */
bool meter_outside(const struct meter *m);
/* The engine may be NULL, as long as it is not open. */
struct measure_sight meter_look(struct meter *m, struct engine *e);
/* Begins to look all the time; `meter_peak` is the most since the beginning. */
void meter_watch(struct meter *m);
struct measure_sight meter_peak(struct meter *m, struct engine *e);

#endif
