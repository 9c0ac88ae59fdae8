/* An NVML for tests: one GPU, whose memory is what they set.  Built as libnvidia-ml.so.1. */
#include "fake_nvml.h"

#include <string.h>

enum { FINE, WRONG_ARGUMENT = 2, NOT_FOUND = 6, NO_FUNCTION = 13, NO_DRIVER = 9 };

struct fake_nvml fake_nvml = {.used = 1000, .reserved = 24};

static char device;

struct memory {
    unsigned long long total, left, used;
};
struct memory_2 {
    unsigned version;
    unsigned long long total, reserved, left, used;
};

int nvmlInit_v2(void);
int nvmlShutdown(void);
int nvmlSystemGetDriverVersion(char *version, unsigned room);
int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **handle);
int nvmlDeviceGetHandleByPciBusId_v2(const char *bus, void **handle);
int nvmlDeviceGetMemoryInfo(void *handle, struct memory *memory);
int nvmlDeviceGetMemoryInfo_v2(void *handle, struct memory_2 *memory);

int nvmlInit_v2(void) {
    if (fake_nvml.no_driver)
        return NO_DRIVER;
    fake_nvml.open++;
    return FINE;
}

int nvmlShutdown(void) {
    fake_nvml.open--;
    return FINE;
}

int nvmlSystemGetDriverVersion(char *version, unsigned room) {
    strncpy(version, "550.54.15", room);
    return FINE;
}

int nvmlDeviceGetHandleByIndex_v2(unsigned index, void **handle) {
    *handle = &device;
    return index == 0 ? FINE : NOT_FOUND;
}

int nvmlDeviceGetHandleByPciBusId_v2(const char *bus, void **handle) {
    *handle = &device;
    return strcmp(bus, "0000:17:00.0") == 0 ? FINE : NOT_FOUND;
}

int nvmlDeviceGetMemoryInfo(void *handle, struct memory *memory) {
    if (handle != &device || fake_nvml.lost)
        return WRONG_ARGUMENT;
    memory->used = fake_nvml.used + fake_nvml.reserved;
    return FINE;
}

int nvmlDeviceGetMemoryInfo_v2(void *handle, struct memory_2 *memory) {
    if (handle != &device || fake_nvml.lost || memory->version != (sizeof *memory | 2 << 24))
        return WRONG_ARGUMENT;
    if (fake_nvml.old)
        return NO_FUNCTION;
    memory->used = fake_nvml.used;
    memory->reserved = fake_nvml.reserved;
    fake_nvml.asked++;
    return FINE;
}
