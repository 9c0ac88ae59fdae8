/* Writes JSON (json.h) with cJSON.  Knows numbers and strings; nothing of what they mean. */
#include "export/json.h"

#include "base/fault.h"
#include "score/sentence.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static cJSON *demand(cJSON *made) {
    if (!made)
        fault("no memory for JSON");
    return made;
}

cJSON *json_object(void) {
    return demand(cJSON_CreateObject());
}

cJSON *json_array(void) {
    return demand(cJSON_CreateArray());
}

cJSON *json_add(cJSON *object, const char *key, cJSON *child) {
    if (!cJSON_AddItemToObject(object, key, demand(child)))
        fault("no memory for JSON");
    return child;
}

cJSON *json_append(cJSON *array, cJSON *child) {
    if (!cJSON_AddItemToArray(array, demand(child)))
        fault("no memory for JSON");
    return child;
}

/* Raw, because cJSON's own numbers have fewer digits and no NaN. */
static cJSON *make_number(double number) {
    char digits[NUMBER_ROOM];
    sentence_number(digits, number);
    return isfinite(number) ? cJSON_CreateRaw(digits) : cJSON_CreateString(digits);
}

void json_add_number(cJSON *object, const char *key, double number) {
    json_add(object, key, make_number(number));
}

void json_add_integer(cJSON *object, const char *key, int64_t integer) {
    char digits[NUMBER_ROOM];
    (void)snprintf(digits, sizeof digits, "%lld", (long long)integer);
    json_add(object, key, cJSON_CreateRaw(digits));
}

void json_append_number(cJSON *array, double number) {
    json_append(array, make_number(number));
}

void json_add_points(cJSON *object, const char *key, double points) {
    char digits[NUMBER_ROOM];
    json_add(object, key, cJSON_CreateRaw(sentence_points(digits, points)));
}

void json_add_bool(cJSON *object, const char *key, bool value) {
    json_add(object, key, cJSON_CreateBool(value));
}

static cJSON *make_string(const char *bytes, size_t count) {
    enum { REPLACEMENT = 3 }; /* the most that one bad byte grows to */
    struct text clean;
    text_init(&clean, count * REPLACEMENT);
    text_add_clean(&clean, bytes, count);
    cJSON *string = cJSON_CreateString(clean.at);
    text_free(&clean);
    return string;
}

static void add_bytes(cJSON *object, const char *key, const char *bytes, size_t count) {
    json_add(object, key, make_string(bytes, count));
}

void json_append_text(cJSON *array, const char *bytes, size_t count) {
    json_append(array, make_string(bytes, count));
}

void json_add_string(cJSON *object, const char *key, const char *string) {
    if (string)
        add_bytes(object, key, string, strlen(string));
    else
        json_add(object, key, cJSON_CreateNull());
}

void json_add_text(cJSON *object, const char *key, const struct text *text) {
    add_bytes(object, key, text->at, text->length);
}

void json_print(cJSON *value, struct text *out) {
    char *printed = cJSON_Print(value);
    if (printed)
        text_add(out, "%s\n", printed);
    else
        fault("no memory to print JSON");
    cJSON_free(printed);
    cJSON_Delete(value);
}
