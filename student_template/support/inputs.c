/* Makes the inputs of tests (inputs.h).  Knows pages and random numbers; not what is tested.
 *
 * Each tensor's numbers lie in pages of their own between two that may not be touched.  They end at
 * the upper one, rounded to 16 bytes so that vector loads stay aligned; the bytes left over on both
 * sides hold a mark, by which inputs_intact notices an overrun too short to reach a guard. */
#include "inputs.h"

#include "call.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { ALIGNMENT = 16, NUMBER_SIZE = 8, MARK = 0xA5 };
static const int64_t LARGEST = INT64_C(1) << 32; /* numbers in one tensor */

/* --- Memory --- */

struct region {
    struct region *next;
    char *map, *data; /* data + size lies at most ALIGNMENT - 1 bytes before the upper guard */
    size_t map_size, size;
    tensor tensor; /* the header, when it holds a tensor */
    ints ints;     /* and when it holds whole numbers */
};

static struct region *regions; /* newest first */

static _Noreturn void give_up(const char *what) {
    fprintf(stderr, "cannot make the inputs of a test: %s\n", what);
    exit(2);
}

static size_t page_size(void) {
    static size_t size;
    if (size == 0)
        size = (size_t)sysconf(_SC_PAGESIZE);
    return size;
}

static struct region *region_new(int64_t count) {
    size_t page = page_size();
    size_t size = (size_t)count * NUMBER_SIZE;
    size_t rounded = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    size_t inner = (rounded + page - 1) / page * page;
    struct region *r = calloc(1, sizeof *r);
    if (!r)
        give_up("out of memory");
    r->map_size = inner + 2 * page;
    r->map = mmap(NULL, r->map_size, PROT_NONE, MAP_PRIVATE | MAP_ANON, -1, 0);
    if (r->map == MAP_FAILED || mprotect(r->map + page, inner, PROT_READ | PROT_WRITE) != 0)
        give_up("out of memory");
    r->size = size;
    r->data = r->map + page + inner - rounded;
    memset(r->map + page, MARK, inner - rounded);
    memset(r->data + size, MARK, rounded - size);
    r->next = regions;
    regions = r;
    return r;
}

void inputs_release(void) {
    while (regions) {
        struct region *r = regions;
        regions = r->next;
        munmap(r->map, r->map_size);
        free(r);
    }
}

static bool is_marked(const char *from, const char *to) {
    while (from < to)
        if ((unsigned char)*from++ != MARK)
            return false;
    return true;
}

bool inputs_intact(const void *numbers) {
    for (const struct region *r = regions; r; r = r->next)
        if (r->data == (const char *)numbers) {
            size_t page = page_size();
            return is_marked(r->map + page, r->data) &&
                   is_marked(r->data + r->size, r->map + r->map_size - page);
        }
    return true;
}

const void *inputs_guarded(const void *address) {
    const char *at = address;
    size_t page = page_size();
    for (const struct region *r = regions; r; r = r->next)
        if ((at >= r->map && at < r->map + page) ||
            (at >= r->map + r->map_size - page && at < r->map + r->map_size))
            return r->data;
    return NULL;
}

/* --- Shapes --- */

shape shape_of(int rank, const int *dim) {
    if (rank > TENSOR_RANK)
        give_up("a shape has at most four dimensions");
    shape s = {rank, {1, 1, 1, 1}};
    int64_t count = 1;
    for (int i = 0; i < rank; i++) {
        if (dim[i] < 1 || dim[i] > LARGEST / count)
            give_up("a dimension is less than one, or all together are too large");
        s.dim[i] = dim[i];
        count *= dim[i];
    }
    return s;
}

static int64_t count_shape(shape s) {
    return (int64_t)s.dim[0] * s.dim[1] * s.dim[2] * s.dim[3];
}

static shape shape_like(const tensor *t) {
    return shape_of(t->rank, t->dim);
}

/* --- Tensors --- */

tensor *tensor_filled(shape s, double v) {
    int64_t count = count_shape(s);
    struct region *r = region_new(count);
    r->tensor.rank = s.rank;
    memcpy(r->tensor.dim, s.dim, sizeof s.dim);
    r->tensor.at = (double *)(void *)r->data;
    for (int64_t i = 0; i < count; i++)
        r->tensor.at[i] = v;
    return &r->tensor;
}

tensor *tensor_new(shape s) {
    return tensor_filled(s, call_unwritten());
}

tensor *tensor_like(const tensor *t) {
    return tensor_new(shape_like(t));
}

tensor *tensor_literal(shape s, size_t count, const double *values) {
    if (count != (size_t)count_shape(s))
        give_up("a literal has another count of numbers than its shape");
    tensor *t = tensor_new(s);
    memcpy(t->at, values, count * sizeof *values);
    return t;
}

tensor *tensor_copy(const tensor *t) {
    return tensor_literal(shape_like(t), (size_t)tensor_count(t), t->at);
}

tensor *tensor_absolute(const tensor *t) {
    tensor *result = tensor_like(t);
    for (int64_t i = 0, n = tensor_count(t); i < n; i++)
        result->at[i] = fabs(t->at[i]);
    return result;
}

tensor *tensor_scaled(const tensor *t, double factor) {
    tensor *result = tensor_like(t);
    for (int64_t i = 0, n = tensor_count(t); i < n; i++)
        result->at[i] = factor * t->at[i];
    return result;
}

static void require_same_count(const tensor *a, const tensor *b) {
    if (tensor_count(a) != tensor_count(b))
        give_up("two tensors that belong together differ in size");
}

tensor *tensor_added(const tensor *a, const tensor *b) {
    require_same_count(a, b);
    tensor *result = tensor_like(a);
    for (int64_t i = 0, n = tensor_count(a); i < n; i++)
        result->at[i] = a->at[i] + b->at[i];
    return result;
}

double tensor_dot(const tensor *a, const tensor *b) {
    require_same_count(a, b);
    double sum = 0;
    for (int64_t i = 0, n = tensor_count(a); i < n; i++)
        sum += a->at[i] * b->at[i];
    return sum;
}

double tensor_largest(const tensor *t) {
    double largest = 0;
    for (int64_t i = 0, n = tensor_count(t); i < n; i++) {
        double v = fabs(t->at[i]);
        if (v > largest || isnan(v))
            largest = v;
        if (isnan(largest))
            break;
    }
    return largest;
}

/* --- Whole numbers --- */

ints *ints_new(shape s) {
    int64_t count = count_shape(s);
    struct region *r = region_new(count);
    r->ints.rank = s.rank;
    memcpy(r->ints.dim, s.dim, sizeof s.dim);
    r->ints.at = (int64_t *)(void *)r->data;
    for (int64_t i = 0; i < count; i++)
        r->ints.at[i] = INT64_MIN;
    return &r->ints;
}

ints *ints_literal(shape s, size_t count, const int64_t *values) {
    if (count != (size_t)count_shape(s))
        give_up("a literal has another count of numbers than its shape");
    ints *t = ints_new(s);
    memcpy(t->at, values, count * sizeof *values);
    return t;
}
