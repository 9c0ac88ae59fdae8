/* A GPU's memory as its driver sees it, from outside of any context: NVML, found when the program
 * runs.  What nvidia-smi shows. */
#ifndef NVML_H
#define NVML_H

#include <stdbool.h>
#include <stdint.h>

struct nvml;

/* `bus` is where the GPU is plugged in ("0000:17:00.0"), NULL the first.  NULL where there is no
 * NVML or no such GPU. */
struct nvml *nvml_open(const char *bus);
void nvml_close(struct nvml *n);
/* The driver's version, "550.54.15"; "" where it does not tell. */
const char *nvml_driver(const struct nvml *n);
/* What all processes use together, the driver's own reserve aside. */
bool nvml_used(struct nvml *n, int64_t *bytes);

struct nvml_samples {
    int64_t count, least, most; /* bytes in use */
};
/* Looks at it every 20 milliseconds, in a thread of its own, until nvml_watched stops that and says
 * what was seen.  False when it watches already, or has no thread. */
bool nvml_watch(struct nvml *n);
struct nvml_samples nvml_watched(struct nvml *n);

#endif
