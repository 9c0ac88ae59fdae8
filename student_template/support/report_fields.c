/* The table of a report's fields (report_fields.h), and what can be said of a struct report by it
 * alone.  Knows nothing of JSON, nor of what the numbers mean. */
#include "report_fields.h"

#include <string.h>

#define IN(field) offsetof(struct report, field)

const int report_depths[REPORT_NETWORKS] = {18, 34, 50, 101, 152};
const char *const report_networks[] = {"resnet18",  "resnet34",  "resnet50",
                                       "resnet101", "resnet152", NULL};
static const char *const kinds[] = {"measurement", "rehearsal", NULL},
                         *const makers[] = {"gradus-gpu", "notebook", "hand", NULL},
                         *const frameworks[] = {"pytorch", "gradus-gpu", "other", NULL},
                         *const precisions[] = {"fp32", "tf32", "bf16", "fp16", NULL},
                         *const layouts[] = {"nchw", "nhwc", NULL},
                         *const optimisers[] = {"sgd", "momentum", "adam", NULL},
                         *const readings[] = {"device", "reserved", "allocated", "process", NULL},
                         *const accuracies[] = {"training", "test", NULL};
const char *const report_units[] = {"bytes", "MB", "MiB", NULL};
const double report_unit_bytes[] = {1, 1e6, 1 << 20};
const char *const report_levers[] = {"renormalise",  "reproject",  "checkpoint",
                                     "fused-update", "accumulate", NULL};
const unsigned report_lever_bits[REPORT_LEVERS] = {1, 2, 4, 8, REPORT_ACCUMULATES};

#define WORD(name, required, at, list)                                                             \
    { name, FIELD_WORD, required, at, 0, 0, list, NULL, 0, 0, 0 }
#define WHOLE(name, required, at, low, high)                                                       \
    { name, FIELD_WHOLE, required, at, low, high, NULL, NULL, 0, 0, 0 }
#define BYTES(name, required, at)                                                                  \
    { name, FIELD_BYTES, required, at, 0, REPORT_MOST_BYTES, NULL, NULL, 0, 0, 0 }
#define NUMBER(name, required, at, low, high)                                                      \
    { name, FIELD_NUMBER, required, at, low, high, NULL, NULL, 0, 0, 0 }
#define PLAIN(name, kind, required, at)                                                            \
    { name, kind, required, at, 0, 0, NULL, NULL, 0, 0, 0 }
#define OBJECT(name, required, fields)                                                             \
    { name, FIELD_OBJECT, required, 0, 0, 0, NULL, fields, 0, 0, 0 }
#define LIST(name, list, count, fields, room)                                                      \
    {                                                                                              \
        name, FIELD_LIST, false, IN(list), 0, 0, NULL, fields,                                     \
            sizeof(((struct report *)NULL)->list[0]), IN(count), room                              \
    }

static const struct report_field device_fields[] = {
    PLAIN("name", FIELD_TEXT, true, IN(device.name)),
    BYTES("total", true, IN(device.total)),
    WHOLE("multiprocessors", false, IN(device.multiprocessors), 1, 10000),
    NUMBER("compute", false, IN(device.compute), 1, 100),
    PLAIN("driver", FIELD_TEXT, false, IN(device.driver)),
    {0}};
static const struct report_field software_fields[] = {
    WORD("framework", true, IN(software.framework), frameworks),
    PLAIN("version", FIELD_TEXT, false, IN(software.version)),
    PLAIN("cudnn", FIELD_TEXT, false, IN(software.cudnn)),
    WORD("precision", true, IN(software.precision), precisions),
    WORD("layout", false, IN(software.layout), layouts),
    PLAIN("levers", FIELD_LEVERS, false, IN(software.levers)),
    {0}};
static const struct report_field model_fields[] = {
    WORD("network", true, IN(model.network), report_networks),
    WHOLE("parameters", true, IN(model.parameters), 0, 1e12),
    BYTES("size", true, IN(model.size)),
    {0}};
static const struct report_field context_fields[] = {
    BYTES("before", true, IN(context.before)), BYTES("loaded", true, IN(context.loaded)), {0}};
static const struct report_field scale_fields[] = {WHOLE("blocks", true, IN(scale.blocks), 1, 40),
                                                   WHOLE("width", true, IN(scale.width), 1, 64),
                                                   WHOLE("pixels", true, IN(scale.pixels), 8, 224),
                                                   {0}};
static const struct report_field largest_fields[] = {
    WHOLE("fits", true, IN(largest.fits), 1, 1e6),
    WHOLE("fails", false, IN(largest.fails), 1, 1e7),
    {0}};
static const struct report_field optimisers_protocol[] = {
    WORD("network", true, IN(protocol.optimisers.network), report_networks),
    WHOLE("steps", true, IN(protocol.optimisers.steps), 1, 1e9),
    PLAIN("separate", FIELD_ANSWER, true, IN(protocol.optimisers.separate)),
    WORD("reads", true, IN(protocol.optimisers.reads), readings),
    {0}};
static const struct report_field batches_protocol[] = {
    WORD("network", true, IN(protocol.batches.network), report_networks),
    WORD("optimiser", true, IN(protocol.batches.optimiser), optimisers),
    PLAIN("separate", FIELD_ANSWER, true, IN(protocol.batches.separate)),
    WORD("reads", true, IN(protocol.batches.reads), readings),
    WHOLE("images", true, IN(protocol.batches.images), 1, 1e7),
    WHOLE("epochs", true, IN(protocol.batches.epochs), 1, 1e5),
    WORD("accuracy", false, IN(protocol.batches.accuracy), accuracies),
    {0}};
static const struct report_field protocol_fields[] = {
    OBJECT("optimisers", false, optimisers_protocol),
    OBJECT("batches", false, batches_protocol),
    {0}};

#define OF(field) offsetof(struct report_row, field)
static const struct report_field optimiser_fields[] = {
    WORD("optimiser", true, OF(optimiser), optimisers),
    WHOLE("batch", true, OF(batch), 1, 1e6),
    BYTES("memory", true, OF(memory)),
    PLAIN("samples", FIELD_SAMPLES, false, OF(samples)),
    {0}};
static const struct report_field batch_fields[] = {
    WHOLE("batch", true, OF(batch), 1, 1e6),
    BYTES("memory", true, OF(memory)),
    NUMBER("rate", false, OF(rate), 0, 1e3),
    NUMBER("accuracy", false, OF(accuracy), 0, 1),
    NUMBER("seconds", false, OF(seconds), 0, 1e8),
    PLAIN("samples", FIELD_SAMPLES, false, OF(samples)),
    {0}};
#undef OF
#define OF(field) offsetof(struct report_epoch, field)
static const struct report_field epoch_fields[] = {WHOLE("batch", true, OF(batch), 1, 1e6),
                                                   WHOLE("epoch", true, OF(epoch), 0, 1e5),
                                                   NUMBER("time", true, OF(time), 0, 1e8),
                                                   NUMBER("loss", false, OF(loss), 0, 1e6),
                                                   NUMBER("accuracy", false, OF(accuracy), 0, 1),
                                                   NUMBER("test", false, OF(test), 0, 1),
                                                   BYTES("memory", false, OF(memory)),
                                                   {0}};
#undef OF

const struct report_field report_fields[] = {
    WHOLE("schema", true, IN(schema), REPORT_SCHEMA, REPORT_SCHEMA),
    WORD("units", true, IN(units), report_units), /* early: bytes are read by it */
    WORD("kind", true, IN(kind), kinds),
    WORD("made_by", true, IN(made_by), makers),
    OBJECT("device", true, device_fields),
    OBJECT("software", true, software_fields),
    OBJECT("model", true, model_fields),
    OBJECT("protocol", true, protocol_fields),
    OBJECT("context", false, context_fields),
    OBJECT("scale", false, scale_fields),
    PLAIN("data", FIELD_TEXT, false, IN(data)),
    OBJECT("largest", false, largest_fields),
    LIST("optimisers", optimisers, optimiser_count, optimiser_fields, REPORT_ROWS),
    LIST("batches", batches, batch_count, batch_fields, REPORT_ROWS),
    LIST("epochs", epochs, epoch_count, epoch_fields, REPORT_EPOCHS),
    {"plots", FIELD_TEXTS, false, IN(plots), 0, 0, NULL, NULL, REPORT_TEXT, IN(plot_count),
     REPORT_PLOTS},
    {0}};

void report_clear(const struct report_field *fields, void *into) {
    for (const struct report_field *f = fields; f->name; f++) {
        void *at = (char *)into + f->at;
        if (f->kind == FIELD_WHOLE || f->kind == FIELD_BYTES)
            *(int64_t *)at = REPORT_NONE;
        else if (f->kind == FIELD_NUMBER)
            *(double *)at = REPORT_NONE;
        else if (f->kind == FIELD_WORD || f->kind == FIELD_ANSWER)
            *(int *)at = REPORT_NONE;
        else if (f->kind == FIELD_OBJECT)
            report_clear(f->fields, into);
    }
}

/* --- Looking through what others parsed --- */

static bool text_sound(const char *text, size_t room) {
    const char *end = memchr(text, '\0', room);
    for (const char *at = text; end && at < end; at++)
        if (*at < ' ' || *at > '~')
            return false;
    return end != NULL;
}

static bool samples_sound(const struct report_samples *s) {
    return s->count >= 0 && s->count <= REPORT_SAMPLES && s->least >= 0 && s->most >= s->least &&
           (double)s->most <= REPORT_MOST_BYTES;
}

static bool number_sound(double x, const struct report_field *f, bool required) {
    return (x >= f->low && x <= f->high) || (x == REPORT_NONE && !required);
}

static bool word_sound(int word, const struct report_field *f, bool required) {
    int count = 2; /* false and true */
    for (int i = 0; f->words && (i == 0 || f->words[i - 1]); i++)
        count = i;
    return word < count && (required ? word >= 0 : word >= REPORT_NONE);
}

static bool levers_sound(unsigned bits) {
    for (int i = 0; i < REPORT_LEVERS; i++)
        bits &= ~report_lever_bits[i];
    return bits == 0;
}

static bool object_sound(const struct report_field *fields, const void *from, bool required);

static bool is_none(const struct report_field *f, const void *from) {
    const void *at = (const char *)from + f->at;
    if (f->kind == FIELD_WHOLE || f->kind == FIELD_BYTES)
        return *(const int64_t *)at == REPORT_NONE;
    return *(const int *)at == REPORT_NONE; /* a word or an answer */
}

static bool rows_sound(const struct report_field *f, const void *from) {
    int count;
    memcpy(&count, (const char *)from + f->count_at, sizeof count);
    if (count < 0 || count > f->room)
        return false;
    for (int i = 0; i < count; i++) {
        const char *row = (const char *)from + f->at + f->size * (size_t)i;
        if (!(f->kind == FIELD_TEXTS ? text_sound(row, f->size)
                                     : object_sound(f->fields, row, true)))
            return false;
    }
    return true;
}

static bool field_sound(const struct report_field *f, const void *from, bool required) {
    const void *at = (const char *)from + f->at;
    switch (f->kind) {
    case FIELD_WHOLE:
    case FIELD_BYTES:
        return number_sound((double)*(const int64_t *)at, f, required);
    case FIELD_NUMBER:
        return number_sound(*(const double *)at, f, required);
    case FIELD_WORD:
    case FIELD_ANSWER:
        return word_sound(*(const int *)at, f, required);
    case FIELD_LEVERS:
        return levers_sound(*(const unsigned *)at);
    case FIELD_TEXT:
        return text_sound(at, REPORT_TEXT);
    case FIELD_SAMPLES:
        return samples_sound(at);
    case FIELD_OBJECT:
        return object_sound(f->fields, from, f->required);
    case FIELD_TEXTS:
    case FIELD_LIST:
        return rows_sound(f, from);
    }
    return false;
}

/* Of an object that may be missing, all or nothing of what it requires is there. */
static bool object_sound(const struct report_field *fields, const void *from, bool required) {
    bool there = true, missing = !required;
    for (const struct report_field *f = fields; f->name; f++) {
        there = there && field_sound(f, from, f->required);
        missing = missing && field_sound(f, from, false) && (!f->required || is_none(f, from));
    }
    return there || missing;
}

bool report_sound(const struct report *r) {
    return text_sound(r->mistake, sizeof r->mistake) &&
           (*r->mistake || object_sound(report_fields, r, true));
}
