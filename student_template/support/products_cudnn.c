/* Products on a GPU (products.h).  A plan for each shape of convolution and each pass, found among
 * what cuDNN proposes; three matrix products of the linear layer by cuBLASLt, without scratch.
 * Biases, and widening weight gradients of 16 bits, are left to kernels. */
#include "cudnn_ways.h"
#include "kernels.h"
#include "products.h"

#include <cublasLt.h>
#include <cuda_runtime_api.h>
#include <stdio.h>
#include <stdlib.h>

enum { SHAPES = 96, VERSION = 32 };

/* Of each pass the way that overwrites and, where it is wanted, the one that adds. */
struct shape {
    struct cudnn_convolution convolution;
    struct cudnn_way way[CUDNN_PASSES][2];
};

/* Row-major (rows, columns) of the linear layer's three products, in cuBLASLt's column-major terms:
 * the last index first. */
struct product {
    cublasLtMatmulDesc_t product;
    cublasLtMatrixLayout_t left, right, result;
    cublasLtMatmulAlgo_t way;
};

struct products {
    struct gpu *gpu;
    cudnnHandle_t cudnn;
    cublasLtHandle_t blas;
    char version[VERSION];
    struct shape shapes[SHAPES];
    int shape_count;
    struct product linear[CUDNN_PASSES];
};

/* How much a library asked for, it does not say. */
static bool full(struct products *p, const char *library) {
    const double mib = 1 << 20;
    int64_t left = 0, total = 0;
    gpu_memory(p->gpu, &left, &total);
    return gpu_failed(p->gpu, TROUBLE_NO_MEMORY,
                      "the GPU's memory is full: %s has none for itself, %.1f of %.1f MiB are free",
                      library, (double)left / mib, (double)total / mib);
}

static bool fine(struct products *p, cudnnStatus_t status) {
    if (status == CUDNN_STATUS_SUCCESS)
        return true;
    if (status == CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED)
        return full(p, "cuDNN");
    char more[160] = "";
    cudnnGetLastErrorString(more, sizeof more);
    return gpu_failed(p->gpu, TROUBLE_DEVICE, "cuDNN says: %s%s%s", cudnnGetErrorString(status),
                      *more ? ": " : "", more);
}

static bool fine_blas(struct products *p, cublasStatus_t status) {
    return status == CUBLAS_STATUS_SUCCESS ||
           (status == CUBLAS_STATUS_ALLOC_FAILED
                ? full(p, "cuBLASLt")
                : gpu_failed(p->gpu, TROUBLE_DEVICE, "cuBLASLt says: %s",
                             cublasLtGetStatusString(status)));
}

/* --- Opening and closing --- */

struct products *products_open(struct gpu *g) {
    struct products *p = calloc(1, sizeof *p);
    if (!p) {
        gpu_failed(g, TROUBLE_NO_MEMORY, "there is no memory on the host");
        return NULL;
    }
    p->gpu = g;
    size_t version = cudnnGetVersion(); /* 91900 */
    snprintf(p->version, sizeof p->version, "cuDNN %zu.%zu.%zu", version / 10000,
             version / 100 % 100, version % 100);
    if (fine(p, cudnnCreate(&p->cudnn)) &&
        fine(p, cudnnSetStream(p->cudnn, gpu_stream_handle(g, GPU_WORK))) &&
        fine_blas(p, cublasLtCreate(&p->blas)))
        return p;
    products_close(p);
    return NULL;
}

static void forget_plans(struct products *p) {
    for (int i = 0; i < p->shape_count; i++)
        for (int pass = 0; pass < CUDNN_PASSES; pass++)
            for (int adds = 0; adds < 2; adds++)
                if (p->shapes[i].way[pass][adds].plan)
                    cudnnBackendDestroyDescriptor(p->shapes[i].way[pass][adds].plan);
    p->shape_count = 0;
    for (int pass = 0; pass < CUDNN_PASSES; pass++) {
        struct product *l = &p->linear[pass];
        if (l->product)
            cublasLtMatmulDescDestroy(l->product);
        cublasLtMatrixLayout_t *const layouts[] = {&l->left, &l->right, &l->result};
        for (size_t i = 0; i < sizeof layouts / sizeof *layouts; i++)
            if (*layouts[i])
                cublasLtMatrixLayoutDestroy(*layouts[i]);
        *l = (struct product){0};
    }
}

void products_close(struct products *p) {
    if (!p)
        return;
    forget_plans(p);
    if (p->blas)
        cublasLtDestroy(p->blas);
    if (p->cudnn)
        cudnnDestroy(p->cudnn);
    free(p);
}

const char *products_version(const struct products *p) {
    return p->version;
}

/* --- Planning convolutions --- */

static struct shape *find_shape(struct products *p, const struct cudnn_convolution *c) {
    for (int i = 0; i < p->shape_count; i++)
        if (cudnn_same_shape(&p->shapes[i].convolution, c))
            return &p->shapes[i];
    return NULL;
}

/* Where weight gradients wait for being widened, in bytes at the front of the scratch. */
static int64_t aside(const struct cudnn_convolution *c, enum cudnn_pass pass) {
    return pass == CUDNN_TO_WEIGHTS && c->type != CUDNN_DATA_FLOAT ? cudnn_weights_aside(c) : 0;
}

/* Scratch of all passes of one shape, or -1. */
static int64_t plan_shape(struct products *p, struct shape *s, bool strict, int64_t most,
                          const char *name) {
    const struct cudnn_device device = {.handle = p->cudnn};
    int64_t largest = 0;
    for (int pass = 0; pass < CUDNN_PASSES; pass++)
        for (int adds = 0; adds < 2; adds++) {
            const struct cudnn_convolution *c = &s->convolution;
            struct cudnn_way *way = &s->way[pass][adds];
            int64_t front = aside(c, (enum cudnn_pass)pass);
            struct cudnn_terms terms = {adds, strict, most - front};
            if (adds && (pass == CUDNN_FORWARD || front > 0))
                continue;
            if (!cudnn_find_way(&device, c, (enum cudnn_pass)pass, &terms, way)) {
                way->plan = NULL;
                gpu_failed(p->gpu, TROUBLE_PLAN,
                           "cuDNN cannot compute %s on this device within %lld bytes of scratch",
                           name, (long long)most);
                return -1;
            }
            largest = way->bytes + front > largest ? way->bytes + front : largest;
        }
    return largest;
}

/* --- Planning the linear layer --- */

static cublasLtMatrixLayout_t lay_out(struct products *p, cudaDataType_t type, int64_t inner,
                                      int64_t outer) {
    cublasLtMatrixLayout_t layout = NULL;
    fine_blas(p,
              cublasLtMatrixLayoutCreate(&layout, type, (uint64_t)inner, (uint64_t)outer, inner));
    return layout;
}

/* outputs (batch, out) = inputs (batch, in) * weights (out, in) ^ T, and its two gradients. */
static bool plan_linear(struct products *p, const struct layer *l, int64_t in, int64_t batch,
                        enum numbers numbers) {
    const cudaDataType_t type = numbers == NUMBERS_BF16 ? CUDA_R_16BF : CUDA_R_32F;
    const cublasComputeType_t sums =
        numbers == NUMBERS_TF32 ? CUBLAS_COMPUTE_32F_FAST_TF32 : CUBLAS_COMPUTE_32F;
    const cublasOperation_t same = CUBLAS_OP_N, turned = CUBLAS_OP_T;
    const struct {
        cublasOperation_t left, right;
        int64_t left_in, left_out, right_in, right_out, in, out;
        cudaDataType_t result;
    } products[CUDNN_PASSES] = {
        [CUDNN_FORWARD] = {turned, same, in, l->channels, in, batch, l->channels, batch, type},
        [CUDNN_TO_WEIGHTS] = {same, turned, in, batch, l->channels, batch, in, l->channels,
                              CUDA_R_32F},
        [CUDNN_TO_INPUT] = {same, same, in, l->channels, l->channels, batch, in, batch, type}};
    cublasLtMatmulPreference_t preference;
    if (!fine_blas(p, cublasLtMatmulPreferenceCreate(&preference))) /* of no scratch */
        return false;
    bool good = true;
    for (int i = 0; i < CUDNN_PASSES && good; i++) {
        struct product *m = &p->linear[i];
        cublasLtMatmulHeuristicResult_t found = {0};
        int count = 0;
        m->left = lay_out(p, type, products[i].left_in, products[i].left_out);
        m->right = lay_out(p, type, products[i].right_in, products[i].right_out);
        m->result = lay_out(p, products[i].result, products[i].in, products[i].out);
        good = fine_blas(p, cublasLtMatmulDescCreate(&m->product, sums, CUDA_R_32F)) &&
               fine_blas(p, cublasLtMatmulDescSetAttribute(m->product, CUBLASLT_MATMUL_DESC_TRANSA,
                                                           &products[i].left, sizeof same)) &&
               fine_blas(p, cublasLtMatmulDescSetAttribute(m->product, CUBLASLT_MATMUL_DESC_TRANSB,
                                                           &products[i].right, sizeof same)) &&
               m->left && m->right && m->result &&
               fine_blas(p, cublasLtMatmulAlgoGetHeuristic(p->blas, m->product, m->left, m->right,
                                                           m->result, m->result, preference, 1,
                                                           &found, &count));
        if (good && count == 0)
            good = gpu_failed(p->gpu, TROUBLE_PLAN, "cuBLASLt cannot compute %s on this device",
                              l->name);
        m->way = found.algo;
    }
    cublasLtMatmulPreferenceDestroy(preference);
    return good;
}

/* --- Planning --- */

int64_t products_plan(struct products *p, const struct resnet *net, int64_t batch,
                      enum numbers numbers, int64_t most) {
    int64_t largest = 0;
    forget_plans(p);
    if (numbers != NUMBERS_FP32 && gpu_facts(p->gpu)->major < 8) {
        gpu_failed(p->gpu, TROUBLE_PLAN, "%s has neither TF32 nor bfloat16: PRECISION=fp32",
                   gpu_facts(p->gpu)->name);
        return -1;
    }
    for (int i = 0; i < net->layer_count; i++) {
        const struct layer *l = &net->layers[i];
        struct cudnn_convolution c = cudnn_convolution_of(net, i, batch);
        c.type = numbers == NUMBERS_BF16 ? CUDNN_DATA_BFLOAT16 : CUDNN_DATA_FLOAT;
        if (l->kind == LAYER_LINEAR && !plan_linear(p, l, c.channels, batch, numbers))
            return -1;
        if (l->kind != LAYER_CONV || find_shape(p, &c))
            continue;
        if (p->shape_count == SHAPES) {
            gpu_failed(p->gpu, TROUBLE_PLAN, "there are more than %d shapes of convolutions",
                       SHAPES);
            return -1;
        }
        struct shape *s = &p->shapes[p->shape_count++];
        *s = (struct shape){.convolution = c};
        int64_t bytes = plan_shape(p, s, numbers == NUMBERS_FP32, most, l->name);
        if (bytes < 0)
            return -1;
        largest = bytes > largest ? bytes : largest;
    }
    return largest;
}

/* --- Running --- */

static void *weights_of(const struct work *w) {
    return w->at[ROLE_COPY] ? w->at[ROLE_COPY] : w->at[ROLE_WEIGHTS];
}

static enum cudnn_pass pass_of(const struct work *w) {
    return w->kind == OPERATION_FORWARD           ? CUDNN_FORWARD
           : w->kind == OPERATION_WEIGHT_GRADIENT ? CUDNN_TO_WEIGHTS
                                                  : CUDNN_TO_INPUT;
}

static void run_convolution(struct products *p, const struct work *w) {
    const struct layer *l = w->layer;
    const struct cudnn_convolution c = {w->batch,
                                        w->read.channels,
                                        w->read.height,
                                        w->read.width,
                                        l->channels,
                                        l->height,
                                        l->width,
                                        l->kernel,
                                        l->stride,
                                        l->padding,
                                        w->numbers == NUMBERS_BF16 ? CUDNN_DATA_BFLOAT16
                                                                   : CUDNN_DATA_FLOAT,
                                        true};
    const struct shape *s = find_shape(p, &c);
    const enum cudnn_pass pass = pass_of(w);
    const int64_t front = aside(&c, pass), names[] = {CUDNN_READ, CUDNN_WEIGHTS, CUDNN_PUT};
    const bool adds = pass == CUDNN_TO_INPUT ? w->adds : pass == CUDNN_TO_WEIGHTS && w->gathers;
    char *scratch = w->at[ROLE_WORKSPACE], *behind = scratch ? scratch + front : NULL;
    void *tensors[] = {w->at[pass == CUDNN_TO_INPUT ? ROLE_DELTA_INPUT : ROLE_INPUT],
                       pass != CUDNN_TO_WEIGHTS ? weights_of(w)
                       : front                  ? scratch
                                                : w->at[ROLE_GRADIENT],
                       w->at[pass == CUDNN_FORWARD ? ROLE_OUTPUT : ROLE_DELTA]};
    enum { TENSORS = sizeof names / sizeof *names };
    if (!s || !s->way[pass][adds && !front].plan) {
        gpu_failed(p->gpu, TROUBLE_PLAN, "%s was not planned", l->name);
        return;
    }
    cudnnBackendDescriptor_t pack;
    if (!fine(p, cudnnBackendCreateDescriptor(CUDNN_BACKEND_VARIANT_PACK_DESCRIPTOR, &pack)))
        return;
    bool good = fine(p, cudnnBackendSetAttribute(pack, CUDNN_ATTR_VARIANT_PACK_DATA_POINTERS,
                                                 CUDNN_TYPE_VOID_PTR, TENSORS, tensors)) &&
                fine(p, cudnnBackendSetAttribute(pack, CUDNN_ATTR_VARIANT_PACK_UNIQUE_IDS,
                                                 CUDNN_TYPE_INT64, TENSORS, names)) &&
                fine(p, cudnnBackendSetAttribute(pack, CUDNN_ATTR_VARIANT_PACK_WORKSPACE,
                                                 CUDNN_TYPE_VOID_PTR, 1, &behind)) &&
                fine(p, cudnnBackendFinalize(pack)) &&
                fine(p, cudnnBackendExecute(p->cudnn, s->way[pass][adds && !front].plan, pack));
    cudnnBackendDestroyDescriptor(pack);
    if (good && front)
        kernels_run(p->gpu, w);
}

static void run_linear(struct products *p, const struct work *w) {
    const enum cudnn_pass pass = pass_of(w);
    const struct product *m = &p->linear[pass];
    const float one = 1;
    const float kept = pass == CUDNN_TO_INPUT ? w->adds : pass == CUDNN_TO_WEIGHTS && w->gathers;
    const void *left = pass == CUDNN_TO_WEIGHTS ? w->at[ROLE_INPUT] : weights_of(w);
    const void *right = w->at[pass == CUDNN_FORWARD ? ROLE_INPUT : ROLE_DELTA];
    void *result = w->at[pass == CUDNN_FORWARD      ? ROLE_OUTPUT
                         : pass == CUDNN_TO_WEIGHTS ? ROLE_GRADIENT
                                                    : ROLE_DELTA_INPUT];
    if (fine_blas(p, cublasLtMatmul(p->blas, m->product, &one, left, m->left, right, m->right,
                                    &kept, result, m->result, result, m->result, &m->way, NULL, 0,
                                    gpu_stream_handle(p->gpu, GPU_WORK))) &&
        pass != CUDNN_TO_INPUT)
        kernels_run(p->gpu, w);
}

void products_run(struct products *p, const struct work *w) {
    if (gpu_trouble(p->gpu))
        return;
    if (w->layer->kind == LAYER_CONV)
        run_convolution(p, w);
    else
        run_linear(p, w);
}
