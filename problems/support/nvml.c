/* Asking NVML (nvml.h).  Its library comes with the driver and its header often with nothing, so
 * the few types that cross are written down here and the functions are looked up by name. */
#include "nvml.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

typedef struct nvml_device *device_handle;
enum { SUCCESS, INDEX = 0, VERSION_ROOM = 80 };

struct memory {
    unsigned long long total, left, used; /* the driver's reserve counts as used */
};
struct memory_2 {
    unsigned version; /* of this struct */
    unsigned long long total, reserved, left, used;
};
enum { MEMORY_2 = sizeof(struct memory_2) | 2 << 24 };

struct nvml {
    void *library;
    device_handle device;
    int (*end)(void);
    int (*ask)(device_handle, struct memory *);
    int (*ask_2)(device_handle, struct memory_2 *); /* NULL: drivers before 510 have none */
    char driver[VERSION_ROOM];
    pthread_t thread;
    bool watching;
    pthread_mutex_t guard; /* of what follows */
    bool enough;
    struct nvml_samples samples;
};

/* What dlsym returns is no function to C, though it is to POSIX. */
static bool look_up(void *library, const char *name, void *function) {
    return (*(void **)function = dlsym(library, name)) != NULL;
}

static bool find_device(struct nvml *n, const char *bus) {
    int (*by_index)(unsigned, device_handle *), (*by_bus)(const char *, device_handle *);
    if (bus)
        return look_up(n->library, "nvmlDeviceGetHandleByPciBusId_v2", &by_bus) &&
               by_bus(bus, &n->device) == SUCCESS;
    return look_up(n->library, "nvmlDeviceGetHandleByIndex_v2", &by_index) &&
           by_index(INDEX, &n->device) == SUCCESS;
}

static void find_driver(struct nvml *n) {
    int (*version)(char *, unsigned);
    if (!look_up(n->library, "nvmlSystemGetDriverVersion", &version) ||
        version(n->driver, sizeof n->driver) != SUCCESS)
        n->driver[0] = '\0';
}

struct nvml *nvml_open(const char *bus) {
    int (*begin)(void);
    struct nvml *n = calloc(1, sizeof *n);
    int64_t used;
    if (!n)
        return NULL;
    pthread_mutex_init(&n->guard, NULL);
    n->library = dlopen("libnvidia-ml.so.1", RTLD_NOW | RTLD_LOCAL);
    if (n->library && look_up(n->library, "nvmlInit_v2", &begin) &&
        look_up(n->library, "nvmlShutdown", &n->end) &&
        look_up(n->library, "nvmlDeviceGetMemoryInfo", &n->ask)) {
        look_up(n->library, "nvmlDeviceGetMemoryInfo_v2", &n->ask_2);
        if (begin() != SUCCESS)
            n->end = NULL;
        else if (find_device(n, bus) && nvml_used(n, &used)) {
            find_driver(n);
            return n;
        }
    } else {
        n->end = NULL;
    }
    nvml_close(n);
    return NULL;
}

void nvml_close(struct nvml *n) {
    if (!n)
        return;
    nvml_watched(n);
    if (n->end)
        n->end();
    if (n->library)
        dlclose(n->library);
    pthread_mutex_destroy(&n->guard);
    free(n);
}

const char *nvml_driver(const struct nvml *n) {
    return n->driver;
}

bool nvml_used(struct nvml *n, int64_t *bytes) {
    struct memory_2 now_2 = {.version = MEMORY_2};
    struct memory now;
    if (n->ask_2 && n->ask_2(n->device, &now_2) == SUCCESS) {
        *bytes = (int64_t)now_2.used;
        return true;
    }
    if (n->ask(n->device, &now) != SUCCESS)
        return false;
    *bytes = (int64_t)now.used;
    return true;
}

/* --- Watching --- */

static bool add_sample(struct nvml *n) {
    int64_t used;
    bool known = nvml_used(n, &used);
    pthread_mutex_lock(&n->guard);
    struct nvml_samples *s = &n->samples;
    if (known) {
        s->least = s->count == 0 || used < s->least ? used : s->least;
        s->most = s->count == 0 || used > s->most ? used : s->most;
        s->count++;
    }
    bool more = !n->enough;
    pthread_mutex_unlock(&n->guard);
    return more;
}

static void *watch(void *context) {
    const struct timespec pause = {.tv_nsec = 20L * 1000 * 1000};
    while (add_sample(context))
        nanosleep(&pause, NULL);
    return NULL;
}

bool nvml_watch(struct nvml *n) {
    if (n->watching)
        return false;
    n->samples = (struct nvml_samples){0};
    n->enough = false;
    n->watching = pthread_create(&n->thread, NULL, watch, n) == 0;
    return n->watching;
}

struct nvml_samples nvml_watched(struct nvml *n) {
    if (n->watching) {
        pthread_mutex_lock(&n->guard);
        n->enough = true;
        pthread_mutex_unlock(&n->guard);
        pthread_join(n->thread, NULL);
        n->watching = false;
    }
    return n->samples;
}
