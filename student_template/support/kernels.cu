/* Kernels around their insides (kernel_*.h), and how they are started (kernels.h). */
extern "C" {
#include "gpu.h"
#include "kernels.h"
#include "kernels_plan.h"
}

namespace {

__device__ int64_t first_item() {
    return (int64_t)blockIdx.x * BLOCK_THREADS + threadIdx.x;
}
__device__ int64_t item_stride() {
    return (int64_t)gridDim.x * BLOCK_THREADS;
}

/* --- Norms --- */

/* The barriers stand outside of every condition that differs between a block's threads. */
template <int LANES, bool MOMENTS> __device__ void halve(float *room, int across) {
    for (int step = BLOCK_THREADS / across / 2; step > 0; step /= 2) {
        __syncthreads();
        norm_halve(room, across, step, (int)threadIdx.x, LANES, MOMENTS);
    }
}

template <int BYTES, int LANES, bool MOMENTS>
__global__ void __launch_bounds__(BLOCK_THREADS) norm_chunks(norm_task t) {
    __shared__ float room[(2 * LANES + 1) * BLOCK_THREADS];
    int thread = (int)threadIdx.x;
    if (MOMENTS)
        norm_moments_rows(&t, blockIdx.x, blockIdx.y, thread, room, BYTES, LANES);
    else
        norm_sums_rows(&t, blockIdx.x, blockIdx.y, thread, room, BYTES, LANES);
    halve<LANES, MOMENTS>(room, t.across);
    norm_partials(&t, blockIdx.x, blockIdx.y, thread, room, LANES);
}

template <bool MOMENTS> __global__ void __launch_bounds__(BLOCK_THREADS) norm_end(norm_task t) {
    __shared__ float room[3 * BLOCK_THREADS];
    int thread = (int)threadIdx.x;
    norm_end_rows(&t, blockIdx.x, thread, room, MOMENTS);
    halve<1, MOMENTS>(room, NORM_END_ACROSS);
    if (MOMENTS)
        norm_end_moments(&t, blockIdx.x, thread, room);
    else
        norm_end_sums(&t, blockIdx.x, thread, room);
}

template <int BYTES, int LANES, bool BACK>
__global__ void __launch_bounds__(BLOCK_THREADS) norm_apply(norm_task t) {
    if (BACK)
        norm_back_rows(&t, blockIdx.x, blockIdx.y, (int)threadIdx.x, BYTES, LANES);
    else
        norm_rows(&t, blockIdx.x, blockIdx.y, (int)threadIdx.x, BYTES, LANES);
}

/* --- The others --- */

template <int BYTES, int LANES, enum kernel KIND>
__global__ void __launch_bounds__(BLOCK_THREADS) pool(pool_task t) {
    int row = (int)blockIdx.y, thread = (int)threadIdx.x;
    if (KIND == KERNEL_MAX)
        max_thread(&t, blockIdx.x, row, thread, BYTES, LANES);
    else if (KIND == KERNEL_MAX_BACK)
        max_back_thread(&t, blockIdx.x, row, thread, BYTES, LANES);
    else if (KIND == KERNEL_MEAN)
        mean_thread(&t, blockIdx.x, row, thread, BYTES, LANES);
    else
        mean_back_thread(&t, blockIdx.x, row, thread, BYTES, LANES);
}

template <int BYTES> __global__ void __launch_bounds__(BLOCK_THREADS) load(load_task t) {
    for (int64_t i = first_item(); i < t.items; i += item_stride())
        load_item(&t, i, BYTES);
}

template <int BYTES> __global__ void __launch_bounds__(BLOCK_THREADS) loss(loss_task t) {
    __shared__ loss_room room;
    int thread = (int)threadIdx.x;
    loss_images(&t, thread, &room, BYTES);
    for (int step = BLOCK_THREADS / 2; step > 0; step /= 2) {
        __syncthreads();
        loss_halve(&room, step, thread);
    }
    loss_end(&t, thread, &room);
}

template <int LANES> __global__ void __launch_bounds__(BLOCK_THREADS) update(update_task t) {
    for (int64_t i = first_item(); i < t.items; i += item_stride())
        update_item(&t, i, LANES);
}

template <int BYTES, bool BACK> __global__ void __launch_bounds__(BLOCK_THREADS) bias(bias_task t) {
    for (int64_t i = first_item(); i < t.items; i += item_stride())
        BACK ? bias_back_item(&t, i, BYTES) : bias_item(&t, i, BYTES);
}

template <int LANES> __global__ void __launch_bounds__(BLOCK_THREADS) widen(widen_task t) {
    for (int64_t i = first_item(); i < t.items; i += item_stride())
        widen_item(&t, i, LANES);
}

/* --- Starting them --- */

template <int BYTES, int LANES> void start_norm(const launch &l, dim3 grid, cudaStream_t stream) {
    switch (l.kernel) {
    case KERNEL_NORM_MOMENTS:
        return norm_chunks<BYTES, LANES, true><<<grid, BLOCK_THREADS, 0, stream>>>(l.task.norm);
    case KERNEL_NORM_SUMS:
        return norm_chunks<BYTES, LANES, false><<<grid, BLOCK_THREADS, 0, stream>>>(l.task.norm);
    case KERNEL_NORM:
        return norm_apply<BYTES, LANES, false><<<grid, BLOCK_THREADS, 0, stream>>>(l.task.norm);
    default:
        return norm_apply<BYTES, LANES, true><<<grid, BLOCK_THREADS, 0, stream>>>(l.task.norm);
    }
}

template <int BYTES, int LANES> void start_pool(const launch &l, dim3 grid, cudaStream_t stream) {
    switch (l.kernel) {
    case KERNEL_MAX:
        return pool<BYTES, LANES, KERNEL_MAX><<<grid, BLOCK_THREADS, 0, stream>>>(l.task.pool);
    case KERNEL_MAX_BACK:
        return pool<BYTES, LANES, KERNEL_MAX_BACK><<<grid, BLOCK_THREADS, 0, stream>>>(l.task.pool);
    case KERNEL_MEAN:
        return pool<BYTES, LANES, KERNEL_MEAN><<<grid, BLOCK_THREADS, 0, stream>>>(l.task.pool);
    default:
        return pool<BYTES, LANES, KERNEL_MEAN_BACK>
            <<<grid, BLOCK_THREADS, 0, stream>>>(l.task.pool);
    }
}

void start(const launch &l, cudaStream_t stream) {
    dim3 grid((unsigned)l.blocks, (unsigned)l.chunks);
    bool half = l.bytes == 2;
    using starts = void (*)(const launch &, dim3, cudaStream_t);
    starts norm = half          ? l.lanes > 1 ? start_norm<2, 8> : start_norm<2, 1>
                           : l.lanes > 1 ? start_norm<4, 4>
                                : start_norm<4, 1>;
    starts pools = half          ? l.lanes > 1 ? start_pool<2, 8> : start_pool<2, 1>
                            : l.lanes > 1 ? start_pool<4, 4>
                                 : start_pool<4, 1>;
    switch (l.kernel) {
    case KERNEL_LOAD:
        return (half ? load<2> : load<4>)<<<grid, BLOCK_THREADS, 0, stream>>>(l.task.load);
    case KERNEL_NORM_MOMENTS:
    case KERNEL_NORM:
    case KERNEL_NORM_SUMS:
    case KERNEL_NORM_BACK:
        return norm(l, grid, stream);
    case KERNEL_NORM_MOMENTS_END:
        return norm_end<true><<<grid, BLOCK_THREADS, 0, stream>>>(l.task.norm);
    case KERNEL_NORM_SUMS_END:
        return norm_end<false><<<grid, BLOCK_THREADS, 0, stream>>>(l.task.norm);
    case KERNEL_MAX:
    case KERNEL_MAX_BACK:
    case KERNEL_MEAN:
    case KERNEL_MEAN_BACK:
        return pools(l, grid, stream);
    case KERNEL_LOSS:
        return (half ? loss<2> : loss<4>)<<<grid, BLOCK_THREADS, 0, stream>>>(l.task.loss);
    case KERNEL_UPDATE:
        return (l.lanes > 1 ? update<4>
                            : update<1>)<<<grid, BLOCK_THREADS, 0, stream>>>(l.task.update);
    case KERNEL_BIAS:
        return (half ? bias<2, false>
                     : bias<4, false>)<<<grid, BLOCK_THREADS, 0, stream>>>(l.task.bias);
    case KERNEL_BIAS_BACK:
        return (half ? bias<2, true>
                     : bias<4, true>)<<<grid, BLOCK_THREADS, 0, stream>>>(l.task.bias);
    case KERNEL_WIDEN:
        return (l.lanes > 1 ? widen<MOST_LANES>
                            : widen<1>)<<<grid, BLOCK_THREADS, 0, stream>>>(l.task.widen);
    }
}

} // namespace

void kernels_run(struct gpu *g, const struct work *w) {
    struct launch launches[KERNELS_LAUNCHES];
    int count = kernels_plan(w, launches);
    for (int i = 0; i < count; i++) {
        start(launches[i], (cudaStream_t)gpu_stream_handle(g, GPU_WORK));
        cudaError_t error = cudaGetLastError();
        if (error != cudaSuccess)
            return gpu_report(g, "a kernel", error);
    }
}
