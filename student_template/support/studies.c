/* The list of studies: what is trained on what, and nothing about how.  The numbers are those of
 * the edge-detection notebook of EECS 182 homework 4; a line here is all that another study needs.
 */
#include "studies.h"

#define SIDE EDGES_SIDE, EDGES_SIDE
#define CNN(classes, kernel)                                                                       \
    { MODEL_CNN, SIDE, classes, kernel, 3, 2, MODEL_MAX_POOL }
#define AVERAGE_CNN(classes)                                                                       \
    { MODEL_CNN, SIDE, classes, 7, 3, 2, MODEL_AVERAGE_POOL }
#define DEEPER_CNN                                                                                 \
    { MODEL_CNN, SIDE, EDGES_THREE, 7, 3, 4, MODEL_MAX_POOL }
#define WIDER_CNN                                                                                  \
    { MODEL_CNN, SIDE, EDGES_THREE, 7, 6, 2, MODEL_MAX_POOL }
#define MLP(classes)                                                                               \
    { MODEL_MLP, SIDE, classes, 0, 0, 0, MODEL_MAX_POOL }
#define SWEEP                                                                                      \
    { 10, 30, 50, 100 }

const struct study studies[STUDIES] = {
    {1, "6(a)", "Ten images per class, known by heart",
     "Both models are trained on ten images per class until they know them by heart. What do the "
     "CNN's kernels look like before and after?",
     5, STUDY_PLAIN},
    {2, "6(b)", "How much data each model needs",
     "Thirty epochs on more and more images. Then the CNN's convolutions are set to edge "
     "detectors and frozen, so that only the last layer learns.",
     5, STUDY_PLAIN},
    {3, "6(c)", "Training until nothing changes",
     "The same images for 300 epochs, until the curves are flat. How well does each model do, and "
     "what do other settings and larger CNNs change with 20 images per class?",
     5, STUDY_PLAIN},
    {4, "6(d)", "Edges where none were before",
     "In training all edges lie in the upper or left half, in validation in the other. Which "
     "answers are confused, and what does tuning the CNN bring?",
     5, STUDY_SHIFTED},
    {5, "6(e)", "Pixels in another order",
     "One random permutation of the pixels, the same for all images: nothing is lost, but "
     "neighbours are neighbours no more. Does a larger kernel help?",
     3, STUDY_PERMUTED},
    {6, "6(f)", "Max pooling or average pooling",
     "Five classes: horizontal, vertical, diagonal, both, none. The CNN's 2 x 2 pool takes the "
     "maximum or the average.",
     5, STUDY_FIVE},
};

const struct study_series study_table[] = {
    {1, "cnn", "CNN", CNN(3, 7), {10}, 500, 32, 0.01, 5, false, 0},
    {1, "mlp", "MLP", MLP(3), {10}, 500, 32, 0.01, 5, false, 0},
    {1, "batches", "CNN, batches of 10", CNN(3, 7), {10}, 500, 10, 0.01, 5, false, 0},

    {2, "cnn", "CNN", CNN(3, 7), SWEEP, 30, 10, 0.01, 1, false, 0},
    {2, "mlp", "MLP", MLP(3), SWEEP, 30, 10, 0.01, 1, false, 0},
    {2, "frozen", "frozen edge detectors", CNN(3, 7), SWEEP, 30, 10, 0.01, 1, true, 0},

    {3, "cnn", "CNN", CNN(3, 7), {10, 20, 30, 50, 100}, 300, 10, 0.01, 5, false, 0},
    {3, "mlp", "MLP", MLP(3), {10, 20, 30, 50, 100}, 300, 10, 0.01, 5, false, 0},
    {3, "faster", "CNN, rate 0.03", CNN(3, 7), {20}, 300, 10, 0.03, 5, false, 0},
    {3, "deeper", "CNN, 4 convolutions", DEEPER_CNN, {20}, 300, 10, 0.01, 5, false, 0},
    {3, "wider", "CNN, 6 filters", WIDER_CNN, {20}, 300, 10, 0.01, 5, false, 0},
    {3, "chosen", "CNN, chosen settings", CNN(3, 7), {20}, 0, 10, 0, 5, false, STUDY_FEW},

    {4, "cnn", "CNN", CNN(3, 7), SWEEP, 300, 10, 0.01, 10, false, 0},
    {4, "mlp", "MLP", MLP(3), SWEEP, 300, 10, 0.01, 10, false, 0},
    {4, "chosen", "CNN, chosen settings", CNN(3, 7), {10}, 0, 10, 0, 10, false, STUDY_SHIFT},

    {5, "cnn", "CNN", CNN(3, 7), SWEEP, 300, 10, 0.01, 10, false, 0},
    {5, "mlp", "MLP", MLP(3), SWEEP, 300, 10, 0.01, 10, false, 0},
    {5, "k3", "k = 3", CNN(3, 3), {50}, 600, 10, 0.01, 20, false, 0},
    {5, "k7", "k = 7", CNN(3, 7), {50}, 600, 10, 0.01, 20, false, 0},
    {5, "k13", "k = 13", CNN(3, 13), {50}, 600, 10, 0.01, 20, false, 0},
    {5, "k21", "k = 21", CNN(3, 21), {50}, 600, 10, 0.01, 20, false, 0},

    {6, "max", "CNN, max pooling", CNN(5, 7), SWEEP, 200, 10, 0.01, 10, false, 0},
    {6, "average", "CNN, average pooling", AVERAGE_CNN(5), SWEEP, 200, 10, 0.01, 10, false, 0},
    {6, "mlp", "MLP", MLP(5), SWEEP, 200, 10, 0.01, 10, false, 0},
};
const int study_table_count = sizeof study_table / sizeof study_table[0];
