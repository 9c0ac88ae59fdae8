/* Networks as lists of layers: as many parameters and multiplications as torchvision's, its names
 * and sizes, and no network out of impossible plans. */
#include "unit.h"

#include "resnet.h"

static struct resnet net;

static void make(int depth) {
    struct resnet_plan plan;
    ck_assert(resnet_find(depth, &plan));
    ck_assert(resnet_make(&plan, &net));
}

START_TEST(resnets_have_as_many_parameters_as_torchvisions) {
    static const struct {
        int depth, convs;
        int64_t parameters, multiply_adds;
    } rows[] = {{18, 20, 11181642, 1813566464},
                {34, 36, 21289802, 0},
                {50, 53, 23528522, 0},
                {101, 104, 42520650, 0},
                {152, 155, 58164298, 11511599104}};
    const int row = _i;
    make(rows[row].depth);
    int convs = 0;
    int64_t work = 0;
    for (int i = 0; i < net.layer_count; i++) {
        convs += net.layers[i].kind == LAYER_CONV;
        work += resnet_layer_multiply_adds(&net, i);
    }
    ck_assert_int_eq(convs, rows[row].convs);
    ck_assert_int_eq(resnet_parameter_count(&net), rows[row].parameters);
    if (rows[row].multiply_adds)
        ck_assert_int_eq(work, rows[row].multiply_adds);
}
END_TEST

START_TEST(layers_have_torchvisions_names_and_sizes) {
    make(50);
    const struct layer *l = net.layers;
    ck_assert_str_eq(l[0].name, "conv1");
    ck_assert_int_eq(l[0].height, 112);
    ck_assert_str_eq(l[2].name, "maxpool");
    ck_assert_int_eq(l[2].width, 56);
    ck_assert_str_eq(l[3].name, "layer1.0.conv1");
    ck_assert_str_eq(l[net.layer_count - 1].name, "fc");
    ck_assert_int_eq(l[net.layer_count - 1].channels, 10);
    ck_assert_int_eq(l[net.layer_count - 2].channels, 2048);
    ck_assert_int_eq(l[net.layer_count - 3].height, 7);
}
END_TEST

START_TEST(impossible_networks_are_refused) {
    struct resnet_plan plan;
    ck_assert(!resnet_find(20, &plan));
    ck_assert(resnet_find(18, &plan));
    plan.blocks[2] = 0;
    ck_assert(!resnet_make(&plan, &net));
    plan.blocks[2] = RESNET_LAYERS - 1;
    ck_assert(!resnet_make(&plan, &net));
    resnet_find(18, &plan);
    plan.height = 0;
    ck_assert(!resnet_make(&plan, &net));
}
END_TEST

int main(void) {
    Suite *suite = suite_create("resnet");
    TCase *tcase = tcase_create("resnet");
    tcase_add_loop_test(tcase, resnets_have_as_many_parameters_as_torchvisions, 0, 5);
    tcase_add_test(tcase, layers_have_torchvisions_names_and_sizes);
    tcase_add_test(tcase, impossible_networks_are_refused);
    suite_add_tcase(suite, tcase);
    return unit_run(suite);
}
