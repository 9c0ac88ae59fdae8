/* Kernels as loops (kernels_loops.h).  What threads share lies in memory of its own, of exactly its
 * size and poisoned, so that sanitizers see what a GPU would not tell. */
#include "kernels_loops.h"

#include <stdlib.h>

bool kernels_loops_backwards;

static int64_t turn(int64_t i, int64_t count) {
    return kernels_loops_backwards ? count - 1 - i : i;
}

static void *make_room(size_t bytes) {
    void *room = malloc(bytes);
    if (!room)
        abort();
    return memset(room, 0xff, bytes); /* numbers that are none */
}

#define EACH_THREAD(thread)                                                                        \
    for (int at_##thread = 0, thread = (int)turn(0, BLOCK_THREADS); at_##thread < BLOCK_THREADS;   \
         thread = (int)turn(++at_##thread, BLOCK_THREADS))

/* --- Norms --- */

static void halve(float *room, int across, int lanes, bool moments) {
    for (int step = BLOCK_THREADS / across / 2; step > 0; step /= 2)
        EACH_THREAD(thread) {
            norm_halve(room, across, step, thread, lanes, moments);
        }
}

static void run_chunk(const struct launch *l, int64_t block, int64_t chunk) {
    const struct norm_task *t = &l->task.norm;
    bool moments = l->kernel == KERNEL_NORM_MOMENTS;
    float *room = make_room(sizeof *room * (size_t)(2 * l->lanes + 1) * BLOCK_THREADS);
    EACH_THREAD(thread) {
        if (moments)
            norm_moments_rows(t, block, chunk, thread, room, l->bytes, l->lanes);
        else
            norm_sums_rows(t, block, chunk, thread, room, l->bytes, l->lanes);
    }
    halve(room, t->across, l->lanes, moments);
    EACH_THREAD(thread) {
        norm_partials(t, block, chunk, thread, room, l->lanes);
    }
    free(room);
}

static void run_end(const struct launch *l, int64_t block) {
    const struct norm_task *t = &l->task.norm;
    bool moments = l->kernel == KERNEL_NORM_MOMENTS_END;
    float *room = make_room(sizeof *room * 3 * BLOCK_THREADS);
    EACH_THREAD(thread) {
        norm_end_rows(t, block, thread, room, moments);
    }
    halve(room, NORM_END_ACROSS, 1, moments);
    EACH_THREAD(thread) {
        if (moments)
            norm_end_moments(t, block, thread, room);
        else
            norm_end_sums(t, block, thread, room);
    }
    free(room);
}

static void run_norm(const struct launch *l, int64_t block, int64_t chunk) {
    EACH_THREAD(thread) {
        if (l->kernel == KERNEL_NORM)
            norm_rows(&l->task.norm, block, chunk, thread, l->bytes, l->lanes);
        else
            norm_back_rows(&l->task.norm, block, chunk, thread, l->bytes, l->lanes);
    }
}

/* --- The others --- */

static void run_loss(const struct launch *l) {
    const struct loss_task *t = &l->task.loss;
    struct loss_room *room = make_room(sizeof *room);
    EACH_THREAD(thread) {
        loss_images(t, thread, room, l->bytes);
    }
    for (int step = BLOCK_THREADS / 2; step > 0; step /= 2)
        EACH_THREAD(thread) {
            loss_halve(room, step, thread);
        }
    EACH_THREAD(thread) {
        loss_end(t, thread, room);
    }
    free(room);
}

static void run_pool(const struct launch *l, int64_t block, int row) {
    const struct pool_task *t = &l->task.pool;
    EACH_THREAD(thread) {
        if (l->kernel == KERNEL_MAX)
            max_thread(t, block, row, thread, l->bytes, l->lanes);
        else if (l->kernel == KERNEL_MAX_BACK)
            max_back_thread(t, block, row, thread, l->bytes, l->lanes);
        else if (l->kernel == KERNEL_MEAN)
            mean_thread(t, block, row, thread, l->bytes, l->lanes);
        else
            mean_back_thread(t, block, row, thread, l->bytes, l->lanes);
    }
}

static void run_item(const struct launch *l, int64_t item) {
    switch (l->kernel) {
    case KERNEL_LOAD:
        load_item(&l->task.load, item, l->bytes);
        break;
    case KERNEL_BIAS:
        bias_item(&l->task.bias, item, l->bytes);
        break;
    case KERNEL_BIAS_BACK:
        bias_back_item(&l->task.bias, item, l->bytes);
        break;
    case KERNEL_WIDEN:
        widen_item(&l->task.widen, item, l->lanes);
        break;
    default:
        update_item(&l->task.update, item, l->lanes);
        break;
    }
}

static int64_t items_of(const struct launch *l) {
    switch (l->kernel) {
    case KERNEL_LOAD:
        return l->task.load.items;
    case KERNEL_BIAS:
    case KERNEL_BIAS_BACK:
        return l->task.bias.items;
    case KERNEL_WIDEN:
        return l->task.widen.items;
    default:
        return l->task.update.items;
    }
}

static void run_items(const struct launch *l, int64_t block) {
    EACH_THREAD(thread) {
        for (int64_t i = block * BLOCK_THREADS + thread; i < items_of(l);
             i += l->blocks * BLOCK_THREADS)
            run_item(l, i);
    }
}

static void run_block(const struct launch *l, int64_t block, int64_t chunk) {
    switch (l->kernel) {
    case KERNEL_NORM_MOMENTS:
    case KERNEL_NORM_SUMS:
        run_chunk(l, block, chunk);
        break;
    case KERNEL_NORM_MOMENTS_END:
    case KERNEL_NORM_SUMS_END:
        run_end(l, block);
        break;
    case KERNEL_NORM:
    case KERNEL_NORM_BACK:
        run_norm(l, block, chunk);
        break;
    case KERNEL_LOSS:
        run_loss(l);
        break;
    case KERNEL_MAX:
    case KERNEL_MAX_BACK:
    case KERNEL_MEAN:
    case KERNEL_MEAN_BACK:
        run_pool(l, block, (int)chunk);
        break;
    default:
        run_items(l, block);
        break;
    }
}

void kernels_loops_launch(const void *launch) {
    const struct launch *l = launch;
    enum { MOST_CHUNKS = 65535 };
    if (l->blocks < 1 || l->blocks > INT32_MAX || l->chunks < 1 || l->chunks > MOST_CHUNKS)
        abort();
    for (int64_t chunk = 0; chunk < l->chunks; chunk++)
        for (int64_t block = 0; block < l->blocks; block++)
            run_block(l, turn(block, l->blocks), turn(chunk, l->chunks));
}

void kernels_loops_run(const struct work *w) {
    struct launch launches[KERNELS_LAUNCHES];
    int count = kernels_plan(w, launches);
    for (int i = 0; i < count; i++)
        kernels_loops_launch(&launches[i]);
}
