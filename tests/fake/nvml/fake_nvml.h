/* What tests tell the NVML that they load, and what it counts. */
#ifndef FAKE_NVML_H
#define FAKE_NVML_H

#include <stdatomic.h>
#include <stdbool.h>

struct fake_nvml {
    bool no_driver, old, lost; /* cannot begin; has no second version; says nothing of memory */
    _Atomic unsigned long long used, reserved;
    _Atomic int asked;
    int open;
};

extern struct fake_nvml fake_nvml;

#endif
