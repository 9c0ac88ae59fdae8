/* Functions of no homework, with every kind of parameter, where the grader expects the tangled
 * table.
 */
#include "public/call.h"

const struct call_function call_functions[] = {
    {"scalars", 1, CALL_DOUBLE, 3, {{"i", CALL_INT}, {"n", CALL_INT64}, {"d", CALL_DOUBLE}}},
    {"fills",
     1,
     CALL_INT,
     4,
     {{"x", CALL_TENSOR_IN}, {"k", CALL_INTS_IN}, {"y", CALL_TENSOR_OUT}, {"m", CALL_INTS_OUT}}},
    {"updates", 1, CALL_INT64, 2, {{"w", CALL_TENSOR_INOUT}, {"v", CALL_INTS_INOUT}}},
    {"nothing", 1, CALL_VOID, 0, {{0}}},
};
const int call_function_count = sizeof call_functions / sizeof *call_functions;
