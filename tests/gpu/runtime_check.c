/* gpu_cuda.c against a runtime of CUDA that this file makes up: it counts what is taken and given
 * back, and fails at the n-th call with any error.  Needs CUDA's header, and no GPU: built and run
 * by tests/end/gpu_link.sh. */
#include "gpu.h"
#include "unit.h"

#include <cuda_runtime_api.h>
#include <stdlib.h>
#include <string.h>

static struct {
    int calls, fail_at, driver;
    cudaError_t error; /* what the call that fails answers, and every one after it */
    bool once;         /* only that call fails */
    int held;          /* streams, events, memory, graphs */
    bool capturing;
} cuda;

static cudaError_t answer(void) {
    bool fails =
        ++cuda.calls == cuda.fail_at || (cuda.fail_at && cuda.calls > cuda.fail_at && !cuda.once);
    return fails ? cuda.error : cudaSuccess;
}

static cudaError_t take(void **at, size_t bytes) {
    cudaError_t e = answer();
    if (e == cudaSuccess) {
        *at = calloc(1, bytes);
        cuda.held++;
    }
    return e;
}

/* What is given back is gone, whatever the device says to it. */
static cudaError_t give(void *at) {
    free(at);
    cuda.held--;
    return answer();
}

/* --- The runtime --- */

cudaError_t cudaDriverGetVersion(int *version) {
    *version = cuda.driver;
    return answer();
}
cudaError_t cudaRuntimeGetVersion(int *version) {
    *version = 13000;
    return answer();
}
cudaError_t cudaGetDeviceCount(int *count) {
    *count = 1;
    return answer();
}
cudaError_t cudaSetDevice(int device) {
    (void)device;
    return answer();
}
cudaError_t cudaGetDeviceProperties(struct cudaDeviceProp *p, int device) {
    (void)device;
    memset(p, 0, sizeof *p);
    memset(p->name, 'N', sizeof p->name - 1);
    p->totalGlobalMem = 1 << 30;
    p->major = 9;
    p->multiProcessorCount = 132;
    return answer();
}
cudaError_t cudaDeviceGetPCIBusId(char *bus, int room, int device) {
    (void)device;
    snprintf(bus, (size_t)room, "0000:17:00.0");
    return answer();
}
cudaError_t cudaStreamCreateWithFlags(cudaStream_t *stream, unsigned flags) {
    ck_assert_uint_eq(flags, cudaStreamNonBlocking);
    return take((void **)stream, 1);
}
cudaError_t cudaStreamDestroy(cudaStream_t stream) {
    return give(stream);
}
cudaError_t cudaEventCreateWithFlags(cudaEvent_t *event, unsigned flags) {
    ck_assert_uint_eq(flags, cudaEventDisableTiming);
    return take((void **)event, 1);
}
cudaError_t cudaEventDestroy(cudaEvent_t event) {
    return give(event);
}
cudaError_t cudaMalloc(void **at, size_t bytes) {
    ck_assert(!cuda.capturing);
    return take(at, bytes);
}
cudaError_t cudaFree(void *at) {
    return at ? give(at) : answer();
}
cudaError_t cudaMallocHost(void **at, size_t bytes) {
    return take(at, bytes);
}
cudaError_t cudaFreeHost(void *at) {
    return give(at);
}
cudaError_t cudaMemGetInfo(size_t *left, size_t *total) {
    *left = 1000;
    *total = 5000;
    return answer();
}
cudaError_t cudaMemcpyAsync(void *to, const void *from, size_t bytes, enum cudaMemcpyKind kind,
                            cudaStream_t stream) {
    ck_assert(stream && (kind == cudaMemcpyHostToDevice || kind == cudaMemcpyDeviceToHost));
    cudaError_t e = answer();
    if (e == cudaSuccess)
        memcpy(to, from, bytes);
    return e;
}
cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream) {
    ck_assert(event && stream);
    return answer();
}
cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned flags) {
    ck_assert(event && stream && flags == 0);
    return answer();
}
cudaError_t cudaEventSynchronize(cudaEvent_t event) {
    ck_assert_ptr_nonnull(event);
    return answer();
}
cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
    ck_assert(stream && !cuda.capturing);
    return answer();
}
cudaError_t cudaStreamBeginCapture(cudaStream_t stream, enum cudaStreamCaptureMode mode) {
    ck_assert(stream && mode == cudaStreamCaptureModeThreadLocal);
    cudaError_t e = answer();
    cuda.capturing = e == cudaSuccess;
    return e;
}
cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t *graph) {
    ck_assert(stream && cuda.capturing);
    cuda.capturing = false;
    return take((void **)graph, 1);
}
cudaError_t cudaGraphInstantiateWithFlags(cudaGraphExec_t *ready, cudaGraph_t graph,
                                          unsigned long long flags) {
    ck_assert(graph && flags == 0);
    return take((void **)ready, 1);
}
cudaError_t cudaGraphDestroy(cudaGraph_t graph) {
    return give(graph);
}
cudaError_t cudaGraphExecDestroy(cudaGraphExec_t ready) {
    return give(ready);
}
cudaError_t cudaGraphLaunch(cudaGraphExec_t ready, cudaStream_t stream) {
    ck_assert(ready && stream);
    return answer();
}
/* What a launch left; it has no answer of its own. */
cudaError_t cudaPeekAtLastError(void) {
    return answer();
}
cudaError_t cudaGetLastError(void) {
    return cudaSuccess;
}
const char *cudaGetErrorString(cudaError_t error) {
    return error == cudaErrorUnknown ? "unknown" : "words of CUDA";
}

/* --- A whole life of a device --- */

static struct trouble live(void) {
    struct trouble t = {TROUBLE_NONE};
    char back[4] = "";
    struct gpu *g = gpu_open(&t);
    if (!g)
        return t;
    char *device = gpu_allocate(g, 1 << 20), *pinned = gpu_pin(g, 64);
    if (pinned)
        memcpy(pinned, "abc", 4);
    gpu_after(g, GPU_WORK, 3);
    gpu_send(g, GPU_COPY, device, pinned, 4);
    gpu_mark(g, GPU_COPY, 3);
    gpu_wait(g, 3);
    gpu_record(g);
    gpu_fetch(g, GPU_WORK, pinned ? pinned + 8 : NULL, device, 4);
    struct gpu_graph *graph = gpu_recorded(g);
    gpu_replay(g, graph);
    gpu_finish(g);
    if (!gpu_trouble(g)) {
        memcpy(back, pinned + 8, sizeof back);
        ck_assert_str_eq(back, "abc");
    }
    t = gpu_trouble(g) ? *gpu_trouble(g) : t;
    gpu_close(g);
    return t;
}

static const struct {
    cudaError_t error;
    enum trouble_kind kind;
} kinds[] = {{cudaErrorNoDevice, TROUBLE_NO_DEVICE},
             {cudaErrorInsufficientDriver, TROUBLE_OLD_DRIVER},
             {cudaErrorUnsupportedPtxVersion, TROUBLE_OLD_DRIVER},
             {cudaErrorDevicesUnavailable, TROUBLE_TAKEN},
             {cudaErrorDeviceAlreadyInUse, TROUBLE_TAKEN},
             {cudaErrorMemoryAllocation, TROUBLE_NO_MEMORY},
             {cudaErrorDeviceUninitialized, TROUBLE_LOST},
             {cudaErrorECCUncorrectable, TROUBLE_LOST},
             {cudaErrorIllegalAddress, TROUBLE_LOST},
             {cudaErrorLaunchFailure, TROUBLE_LOST},
             {cudaErrorUnknown, TROUBLE_LOST},
             {cudaErrorNoKernelImageForDevice, TROUBLE_DEVICE},
             {cudaErrorInvalidValue, TROUBLE_DEVICE}};
enum { KINDS = sizeof kinds / sizeof *kinds };

START_TEST(a_life_without_trouble_gives_everything_back) {
    cuda.driver = 13000;
    struct trouble t = live();
    ck_assert_msg(t.kind == TROUBLE_NONE, "%s", t.words);
    ck_assert_int_eq(cuda.held, 0);
    ck_assert_int_gt(cuda.calls, 40);
}
END_TEST

/* The first call that fails decides; everything is given back, and a capture is ended. */
START_TEST(every_call_may_fail_with_every_error) {
    cuda.driver = 12040;
    for (int n = 1; n < 1000; n++) {
        cuda.calls = 0;
        cuda.fail_at = n;
        cuda.error = kinds[_i % KINDS].error;
        cuda.once = _i < KINDS;
        struct trouble t = live();
        ck_assert_int_eq(cuda.held, 0);
        ck_assert(!cuda.capturing);
        if (cuda.calls < n) {
            ck_assert_int_gt(n, 40);
            return;
        }
        if (t.kind == TROUBLE_NONE) /* of giving back */
            continue;
        ck_assert_msg(t.kind == kinds[_i % KINDS].kind, "call %d: %s", n, t.words);
        ck_assert_str_ne(t.words, "");
    }
    ck_abort_msg("a life has no end");
}
END_TEST

START_TEST(an_old_driver_is_told_with_both_versions) {
    cuda.driver = 12040;
    cuda.fail_at = 3;
    cuda.error = cudaErrorInsufficientDriver;
    struct trouble t = live();
    ck_assert_int_eq(t.kind, TROUBLE_OLD_DRIVER);
    ck_assert_ptr_nonnull(strstr(t.words, "12.4"));
    ck_assert_ptr_nonnull(strstr(t.words, "13.0"));
}
END_TEST

START_TEST(no_driver_at_all_is_no_device) {
    cuda.driver = 0;
    cuda.fail_at = 3;
    cuda.error = cudaErrorInsufficientDriver;
    ck_assert_int_eq(live().kind, TROUBLE_NO_DEVICE);
}
END_TEST

START_TEST(full_memory_is_told_with_what_was_asked_and_what_is_left) {
    struct trouble t = {TROUBLE_NONE};
    cuda.driver = 13000;
    struct gpu *g = gpu_open(&t);
    cuda.fail_at = cuda.calls + 1;
    cuda.once = true;
    cuda.error = cudaErrorMemoryAllocation;
    ck_assert_ptr_null(gpu_allocate(g, 3 << 20));
    const struct trouble *found = gpu_trouble(g);
    ck_assert_int_eq(found->kind, TROUBLE_NO_MEMORY);
    ck_assert_int_eq(found->asked, 3 << 20);
    ck_assert_int_eq(found->left, 1000);
    ck_assert_ptr_nonnull(strstr(found->words, "3.0 MiB"));
    int before = cuda.calls;
    ck_assert_ptr_null(gpu_allocate(g, 1));
    gpu_mark(g, GPU_WORK, 0);
    gpu_finish(g);
    ck_assert_int_eq(cuda.calls, before); /* nothing more is asked of it */
    gpu_close(g);
    ck_assert_int_eq(cuda.held, 0);
}
END_TEST

START_TEST(what_a_library_reports_is_the_devices_trouble) {
    struct trouble t = {TROUBLE_NONE};
    cuda.driver = 13000;
    struct gpu *g = gpu_open(&t);
    gpu_report(g, "cuDNN", cudaSuccess);
    ck_assert_ptr_null(gpu_trouble(g));
    ck_assert(!gpu_failed(g, TROUBLE_PLAN, "no way for %s", "conv1"));
    gpu_report(g, "cuDNN", cudaErrorIllegalAddress);
    ck_assert_int_eq(gpu_trouble(g)->kind, TROUBLE_PLAN);
    ck_assert_str_eq(gpu_trouble(g)->words, "no way for conv1");
    ck_assert_int_eq(strlen(gpu_facts(g)->name), sizeof gpu_facts(g)->name - 1);
    gpu_close(g);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("runtime");
    TCase *all = tcase_create("all");
    tcase_add_test(all, a_life_without_trouble_gives_everything_back);
    tcase_add_loop_test(all, every_call_may_fail_with_every_error, 0, 2 * KINDS);
    tcase_add_test(all, an_old_driver_is_told_with_both_versions);
    tcase_add_test(all, no_driver_at_all_is_no_device);
    tcase_add_test(all, full_memory_is_told_with_what_was_asked_and_what_is_left);
    tcase_add_test(all, what_a_library_reports_is_the_devices_trouble);
    suite_add_tcase(suite, all);
    return unit_run(suite);
}
