/* Reading gpu_report.json into struct report (report.h), by the table of its fields.  What is wrong
 * is said in one sentence with the path of the field, and of the file's own words at most a few,
 * cleaned.  Knows neither the fields nor what the numbers mean. */
#include "report_fields.h"

#include <cjson/cJSON.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* --- Saying what is wrong --- */

struct reader {
    struct report *r;
    char path[REPORT_TEXT];
};

static bool complain(struct reader *to, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
static bool complain(struct reader *to, const char *format, ...) {
    va_list more;
    va_start(more, format);
    vsnprintf(to->r->mistake, sizeof to->r->mistake, format, more);
    va_end(more);
    return false;
}

/* What may be shown of the file's own words: a few, and no bytes but ASCII's. */
struct excerpt {
    char words[28];
};
static struct excerpt excerpt_of(const char *text) {
    struct excerpt e = {""};
    size_t length = 0;
    for (; length < sizeof e.words - 4 && text[length]; length++) {
        char c = text[length];
        e.words[length] = c;
        if (c < ' ' || c > '~' || c == '"' || c == '<' || c == '>' || c == '&')
            e.words[length] = '?';
    }
    if (text[length])
        memcpy(e.words + length, "...", 3);
    return e;
}

static bool refuse(struct reader *to, const cJSON *item, const char *wanted) {
    if (cJSON_IsString(item))
        return complain(to, "%s is the text \"%s\"; it has to be %s.", to->path,
                        excerpt_of(item->valuestring).words, wanted);
    if (cJSON_IsNumber(item))
        return complain(to, "%s is the number %g; it has to be %s.", to->path, item->valuedouble,
                        wanted);
    const char *is = cJSON_IsArray(item)    ? "a list"
                     : cJSON_IsObject(item) ? "an object"
                     : cJSON_IsNull(item)   ? "null"
                                            : "true or false";
    return complain(to, "%s is %s; it has to be %s.", to->path, is, wanted);
}

/* "one of "device", "reserved", ..." */
static bool refuse_word(struct reader *to, const cJSON *item, const char *const *words) {
    char wanted[REPORT_TEXT * 2] = "one of";
    size_t length = strlen(wanted);
    for (int i = 0; words[i] && length < sizeof wanted; i++)
        length += (size_t)snprintf(wanted + length, sizeof wanted - length, "%s \"%s\"",
                                   i > 0 ? "," : "", words[i]);
    return refuse(to, item, wanted);
}

/* --- Reading values --- */

static bool read_number(struct reader *to, const cJSON *item, const struct report_field *f,
                        double *x) {
    bool bytes = f->kind == FIELD_BYTES || f->kind == FIELD_SAMPLES;
    double unit = bytes ? report_unit_bytes[to->r->units] : 1, low = f->low / unit,
           high = f->high / unit;
    if (!cJSON_IsNumber(item))
        return refuse(to, item, "a number");
    *x = item->valuedouble;
    if (low == high && *x != low)
        return complain(to, "%s is %g; it has to be %g.", to->path, *x, low);
    if (!(*x >= low && *x <= high))
        return complain(to, "%s is %g; it has to lie between %g and %g%s%s.", to->path, *x, low,
                        high, bytes ? " " : "", bytes ? report_units[to->r->units] : "");
    if (f->kind == FIELD_WHOLE && *x != floor(*x))
        return complain(to, "%s is %g; it has to be a whole number.", to->path, *x);
    *x *= unit;
    return true;
}

static int find_word(const char *text, const char *const *words) {
    for (int i = 0; words[i]; i++)
        if (strcmp(text, words[i]) == 0)
            return i;
    return REPORT_NONE;
}

static bool read_word(struct reader *to, const cJSON *item, const char *const *words, int *word) {
    *word = cJSON_IsString(item) ? find_word(item->valuestring, words) : REPORT_NONE;
    return *word != REPORT_NONE || refuse_word(to, item, words);
}

/* Names are shown to people later on: only what is plain in them is kept. */
static bool read_text(struct reader *to, const cJSON *item, char *text) {
    if (!cJSON_IsString(item))
        return refuse(to, item, "a text");
    if (strlen(item->valuestring) >= REPORT_TEXT)
        return complain(to, "%s has %zu bytes; it may have %d.", to->path,
                        strlen(item->valuestring), REPORT_TEXT - 1);
    for (const char *at = item->valuestring; *at; at++)
        *text++ = *at >= ' ' && *at <= '~' ? *at : '?';
    *text = '\0';
    return true;
}

static bool read_list(struct reader *to, const cJSON *item, int room, int *count) {
    if (!cJSON_IsArray(item))
        return refuse(to, item, "a list");
    *count = cJSON_GetArraySize(item);
    if (*count > room)
        return complain(to, "%s has %d entries; it may have %d.", to->path, *count, room);
    return true;
}

static bool read_levers(struct reader *to, const cJSON *list, unsigned *bits) {
    const cJSON *item;
    int count, word;
    if (!read_list(to, list, REPORT_LEVERS, &count))
        return false;
    cJSON_ArrayForEach(item, list) {
        if (!read_word(to, item, report_levers, &word))
            return false;
        *bits |= report_lever_bits[word];
    }
    return true;
}

static bool read_samples(struct reader *to, const cJSON *list, struct report_samples *s) {
    const struct report_field sample = {.kind = FIELD_SAMPLES, .high = REPORT_MOST_BYTES};
    const cJSON *item;
    if (!read_list(to, list, REPORT_SAMPLES, &s->count))
        return false;
    cJSON_ArrayForEach(item, list) {
        double x = 0;
        if (!read_number(to, item, &sample, &x))
            return false;
        int64_t bytes = llround(x);
        s->least = item == list->child || bytes < s->least ? bytes : s->least;
        s->most = bytes > s->most ? bytes : s->most;
    }
    return true;
}

/* --- Reading objects --- */

static bool read_object(struct reader *to, const cJSON *object, const struct report_field *fields,
                        void *into);

/* Makes `path` longer; returns where it ended before. */
static size_t descend(struct reader *to, const char *name, int index) {
    size_t length = strlen(to->path);
    if (name)
        snprintf(to->path + length, sizeof to->path - length, "%s%s", length > 0 ? "." : "", name);
    else
        snprintf(to->path + length, sizeof to->path - length, "[%d]", index);
    return length;
}

static bool read_rows(struct reader *to, const cJSON *list, const struct report_field *f) {
    char *base = (char *)to->r;
    const cJSON *item;
    int count, i = 0;
    if (!read_list(to, list, f->room, &count))
        return false;
    cJSON_ArrayForEach(item, list) {
        size_t length = descend(to, NULL, i);
        char *row = base + f->at + f->size * (size_t)i++;
        if (!(f->kind == FIELD_TEXTS ? read_text(to, item, row)
                                     : read_object(to, item, f->fields, row)))
            return false;
        to->path[length] = '\0';
    }
    memcpy(base + f->count_at, &count, sizeof count);
    return true;
}

static bool read_field(struct reader *to, const cJSON *item, const struct report_field *f,
                       void *into) {
    void *at = (char *)into + f->at;
    double x = 0;
    switch (f->kind) {
    case FIELD_WHOLE:
    case FIELD_BYTES:
        if (!read_number(to, item, f, &x))
            return false;
        *(int64_t *)at = llround(x);
        return true;
    case FIELD_NUMBER:
        return read_number(to, item, f, at);
    case FIELD_WORD:
        return read_word(to, item, f->words, at);
    case FIELD_ANSWER:
        *(int *)at = cJSON_IsTrue(item) ? REPORT_YES : REPORT_NO;
        return cJSON_IsBool(item) || refuse(to, item, "true or false");
    case FIELD_LEVERS:
        return read_levers(to, item, at);
    case FIELD_TEXT:
        return read_text(to, item, at);
    case FIELD_SAMPLES:
        return read_samples(to, item, at);
    case FIELD_OBJECT:
        return read_object(to, item, f->fields, into);
    case FIELD_TEXTS:
    case FIELD_LIST:
        return read_rows(to, item, f);
    }
    return false;
}

enum { MOST_FIELDS = 24 };

/* Each of the object's keys to the field that it belongs to. */
static bool sort_keys(struct reader *to, const cJSON *object, const struct report_field *fields,
                      const cJSON **items) {
    const char *within = *to->path ? to->path : "the report";
    const cJSON *item;
    cJSON_ArrayForEach(item, object) {
        int i = 0;
        while (fields[i].name && strcmp(fields[i].name, item->string) != 0)
            i++;
        if (!fields[i].name)
            return complain(to, "%s has \"%s\", which gpu_report.schema.json does not know.",
                            within, excerpt_of(item->string).words);
        if (items[i])
            return complain(to, "%s has \"%s\" twice.", within, fields[i].name);
        items[i] = item;
    }
    return true;
}

static bool read_object(struct reader *to, const cJSON *object, const struct report_field *fields,
                        void *into) {
    const cJSON *items[MOST_FIELDS] = {NULL};
    if (!cJSON_IsObject(object))
        return refuse(to, object, "an object");
    if (!sort_keys(to, object, fields, items))
        return false;
    report_clear(fields, into);
    for (int i = 0; fields[i].name; i++) {
        size_t length = descend(to, fields[i].name, 0);
        if (!items[i] && fields[i].required)
            return complain(to, "%s is missing.", to->path);
        if (items[i] && !read_field(to, items[i], &fields[i], into))
            return false;
        to->path[length] = '\0';
    }
    return true;
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

bool report_parse(const char *json, size_t count, struct report *r) {
    memset(r, 0, sizeof *r);
    struct reader reader = {r, ""};
    const char *end = NULL;
    cJSON *value = cJSON_ParseWithLengthOpts(json, count, &end, false);
    while (value && end < json + count && is_blank(*end))
        end++;
    bool good = value && end == json + count;
    if (!good) {
        int line = 1;
        for (const char *at = json; end && at < end; at++)
            line += *at == '\n';
        complain(&reader, "line %d is not JSON (NaN and Infinity are not, either).", line);
    } else {
        good = cJSON_IsObject(value) ? read_object(&reader, value, report_fields, r)
                                     : complain(&reader, "the report has to be an object.");
    }
    cJSON_Delete(value);
    return good;
}

bool report_read(const char *bytes, size_t count, void *report) {
    (void)!report_parse(bytes, count, report);
    return true;
}
