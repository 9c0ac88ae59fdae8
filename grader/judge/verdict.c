/* One rule about verdicts (verdict.h): the first bad thing stays. */
#include "judge/verdict.h"

const char *const margin_names[MARGIN_COUNT] = {[MARGIN_SUMS] = "sums",
                                                [MARGIN_ADJOINT] = "adjoint",
                                                [MARGIN_GRADIENT] = "gradient",
                                                [MARGIN_REAL] = "real"};

void verdict_set(struct verdict *v, enum verdict_status status, int code) {
    if (v->status > VERDICT_AWAITING)
        return;
    v->status = status;
    v->code = code;
}
