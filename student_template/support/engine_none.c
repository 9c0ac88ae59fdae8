/* What a program has in place of a GPU when it was built without CUDA (engine.h): a sentence that
 * says why. */
#include "engine.h"

#include <stddef.h>

#ifndef WITHOUT_CUDA
#define WITHOUT_CUDA "CUDA was not looked for"
#endif

static struct engine *open_none(struct trouble *t) {
    trouble_tell(t, TROUBLE_NO_DEVICE, "this program was built without CUDA: %s", WITHOUT_CUDA);
    return NULL;
}

/* Nothing was opened, so nothing else is ever called. */
const struct engine_class engine_cuda = {.name = "GPU", .open = open_none};
