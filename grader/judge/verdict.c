/* One rule about verdicts (verdict.h): the first bad thing stays. */
#include "judge/verdict.h"

void verdict_set(struct verdict *v, enum verdict_status status, int code) {
    bool open =
        v->status == VERDICT_UNSET || v->status == VERDICT_PASSED || v->status == VERDICT_PARTIAL;
    if (!open)
        return;
    v->status = status;
    v->code = code;
}
