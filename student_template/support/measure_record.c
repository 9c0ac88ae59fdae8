/* What a piece found out as JSON (measure_files.h), by a table of the record's fields, so that the
 * next run need not repeat it. */
#include "measure_files.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_BYTES = 1 << 16 };

enum kind { TEXT, WHOLE, SMALL, NUMBER, ANSWER };
struct field {
    const char *name;
    enum kind kind;
    size_t at, room; /* of a text; of small whole numbers: one more than the largest */
};

#define TEXT_AT(type, name, field)                                                                 \
    { name, TEXT, offsetof(struct type, field), sizeof(((struct type *)NULL)->field) }
#define AT(type, name, kind, field)                                                                \
    { name, kind, offsetof(struct type, field), 1 << 30 }

#define RECORD measure_record
static const struct field record_fields[] = {
    TEXT_AT(RECORD, "piece", name),
    TEXT_AT(RECORD, "settings", settings),
    {"trouble", SMALL, offsetof(struct measure_record, trouble.kind), TROUBLE_NOT_FINITE + 1},
    AT(RECORD, "asked", WHOLE, trouble.asked),
    AT(RECORD, "free", WHOLE, trouble.left),
    TEXT_AT(RECORD, "words", trouble.words),
    TEXT_AT(RECORD, "device", facts.name),
    TEXT_AT(RECORD, "driver", facts.driver),
    TEXT_AT(RECORD, "libraries", facts.libraries),
    TEXT_AT(RECORD, "bus", facts.bus),
    AT(RECORD, "gpu", ANSWER, facts.gpu),
    AT(RECORD, "major", SMALL, facts.major),
    AT(RECORD, "minor", SMALL, facts.minor),
    AT(RECORD, "multiprocessors", SMALL, facts.multiprocessors),
    AT(RECORD, "total", WHOLE, facts.total_bytes),
    AT(RECORD, "outside", ANSWER, outside),
    TEXT_AT(RECORD, "data", data),
    TEXT_AT(RECORD, "no_gpu", no_gpu),
    AT(RECORD, "training_images", WHOLE, training_images),
    AT(RECORD, "test_images", WHOLE, test_images),
    AT(RECORD, "channels", SMALL, map.channels),
    AT(RECORD, "height", SMALL, map.height),
    AT(RECORD, "width", SMALL, map.width),
    AT(RECORD, "parameters", WHOLE, parameters),
    AT(RECORD, "planned", WHOLE, planned),
    AT(RECORD, "granted", WHOLE, granted),
    AT(RECORD, "left", WHOLE, left),
    AT(RECORD, "steps", WHOLE, steps),
    AT(RECORD, "images", WHOLE, images),
    AT(RECORD, "seconds", NUMBER, seconds),
    {0}};
static const struct field epoch_fields[] = {
    AT(measure_epoch, "time", NUMBER, time),         AT(measure_epoch, "loss", NUMBER, loss),
    AT(measure_epoch, "accuracy", NUMBER, accuracy), AT(measure_epoch, "test", NUMBER, test),
    AT(measure_epoch, "memory", WHOLE, memory),      {0}};
static const char *const moments[MOMENTS] = {"before", "opened", "loaded",
                                             "first",  "steady", "peak"};

/* --- Writing --- */

static void put_fields(cJSON *object, const struct field *fields, const void *from) {
    for (const struct field *f = fields; f->name; f++) {
        const void *at = (const char *)from + f->at;
        if (f->kind == TEXT)
            cJSON_AddStringToObject(object, f->name, at);
        else if (f->kind == ANSWER)
            cJSON_AddBoolToObject(object, f->name, *(const bool *)at);
        else
            cJSON_AddNumberToObject(object, f->name,
                                    f->kind == WHOLE   ? (double)*(const int64_t *)at
                                    : f->kind == SMALL ? *(const int *)at
                                                       : *(const double *)at);
    }
}

char *measure_describe(const struct measure_record *r) {
    cJSON *json = cJSON_CreateObject();
    put_fields(json, record_fields, r);
    cJSON *kinds = cJSON_AddObjectToObject(json, "by_kind");
    for (int i = 0; i < STEP_KINDS; i++)
        cJSON_AddNumberToObject(kinds, step_kind_name((enum step_kind)i), (double)r->by_kind[i]);
    cJSON *seen = cJSON_AddObjectToObject(json, "seen");
    cJSON *told = cJSON_AddObjectToObject(json, "told");
    for (int i = 0; i < MOMENTS; i++) {
        cJSON_AddNumberToObject(seen, moments[i], (double)r->at[i].seen);
        cJSON_AddNumberToObject(told, moments[i], (double)r->at[i].told);
    }
    cJSON *epochs = cJSON_AddArrayToObject(json, "epochs");
    for (int i = 0; i < r->epoch_count; i++) {
        cJSON *epoch = cJSON_CreateObject();
        put_fields(epoch, epoch_fields, &r->epochs[i]);
        cJSON_AddItemToArray(epochs, epoch);
    }
    char *text = cJSON_Print(json);
    cJSON_Delete(json);
    return text;
}

static void name_file(char *file, size_t room, const char *name) {
    snprintf(file, room, "pieces/%s.json", name);
}

bool measure_save(const char *folder, const struct measure_record *record, struct trouble *t) {
    char file[MEASURE_NAME + 16];
    name_file(file, sizeof file, record->name);
    char *text = measure_describe(record);
    bool done = text ? measure_write(folder, file, text, strlen(text), t)
                     : trouble_tell(t, TROUBLE_DISK, "there is no memory for %s", file);
    free(text);
    return done;
}

/* --- Reading: whoever changed a file has it measured again, or lives with what it says --- */

static bool get_field(const cJSON *item, const struct field *f, void *at) {
    double most = f->kind == SMALL ? (double)f->room - 1 : 9e15;
    bool number = cJSON_IsNumber(item) && item->valuedouble >= 0 && item->valuedouble <= most;
    switch (f->kind) {
    case TEXT:
        if (!cJSON_IsString(item) || strlen(item->valuestring) >= f->room)
            return false;
        memcpy(at, item->valuestring, strlen(item->valuestring) + 1);
        return true;
    case ANSWER:
        *(bool *)at = cJSON_IsTrue(item);
        return cJSON_IsBool(item);
    case WHOLE:
        *(int64_t *)at = number ? (int64_t)item->valuedouble : 0;
        return number;
    case SMALL:
        *(int *)at = number ? (int)item->valuedouble : 0;
        return number;
    case NUMBER:
        *(double *)at = number ? item->valuedouble : 0;
        return number;
    }
    return false;
}

static bool get_fields(const cJSON *object, const struct field *fields, void *into) {
    for (const struct field *f = fields; f->name; f++)
        if (!get_field(cJSON_GetObjectItemCaseSensitive(object, f->name), f, (char *)into + f->at))
            return false;
    return true;
}

static bool get_whole(const cJSON *object, const char *name, int64_t *x) {
    static const struct field whole = {"", WHOLE, 0, 0};
    return get_field(cJSON_GetObjectItemCaseSensitive(object, name), &whole, x);
}

static bool get_record(const cJSON *json, struct measure_record *r) {
    const cJSON *kinds = cJSON_GetObjectItemCaseSensitive(json, "by_kind"),
                *seen = cJSON_GetObjectItemCaseSensitive(json, "seen"),
                *told = cJSON_GetObjectItemCaseSensitive(json, "told"),
                *epochs = cJSON_GetObjectItemCaseSensitive(json, "epochs"), *epoch;
    bool good = get_fields(json, record_fields, r) && cJSON_IsArray(epochs) &&
                cJSON_GetArraySize(epochs) <= MEASURE_EPOCHS;
    for (int i = 0; i < STEP_KINDS && good; i++)
        good = get_whole(kinds, step_kind_name((enum step_kind)i), &r->by_kind[i]);
    for (int i = 0; i < MOMENTS && good; i++)
        good = get_whole(seen, moments[i], &r->at[i].seen) &&
               get_whole(told, moments[i], &r->at[i].told);
    if (good)
        cJSON_ArrayForEach(epoch, epochs) good =
            good && get_fields(epoch, epoch_fields, &r->epochs[r->epoch_count++]);
    return good;
}

bool measure_load(const char *folder, const char *name, struct measure_record *record) {
    char file[MEASURE_NAME + 16], path[4096];
    static char bytes[MOST_BYTES];
    name_file(file, sizeof file, name);
    snprintf(path, sizeof path, "%s/%s", folder, file);
    FILE *in = fopen(path, "rb");
    size_t count = in ? fread(bytes, 1, sizeof bytes, in) : 0;
    if (in)
        fclose(in);
    cJSON *json = count > 0 ? cJSON_ParseWithLength(bytes, count) : NULL;
    memset(record, 0, sizeof *record);
    bool good = json && get_record(json, record);
    cJSON_Delete(json);
    return good;
}
