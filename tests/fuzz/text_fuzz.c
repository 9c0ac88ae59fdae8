/* Hostile bytes on their way to people: whatever goes in, what comes out is clean text of the
 * promised form, and cleaning it again changes nothing. */
#include "fuzz.h"

#include "export/json.h"
#include "intake/entry.h"
#include "score/sentence.h"

#include <cjson/cJSON.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST = 4096 };

static void clean(const char *bytes, size_t count, size_t limit) {
    struct text once, twice;
    text_init(&once, limit);
    text_add_clean(&once, bytes, count);
    DEMAND(once.length <= limit && once.at[once.length] == '\0');
    demand_clean(once.at, once.length);
    text_init(&twice, once.length);
    DEMAND(text_add_clean(&twice, once.at, once.length));
    DEMAND(twice.length == once.length && memcmp(once.at, twice.at, once.length) == 0);
    text_free(&once);
    text_free(&twice);
}

static void lines(const char *string) {
    struct text out;
    text_init(&out, 3 * LONGEST);
    sentence_add_line(&out, string);
    demand_line(out.at);
    text_free(&out);
}

/* Every line of it begins with the margin, so none can pass for ours. */
static void blocks(const char *bytes, size_t count, size_t limit) {
    static const char margin[] = "  | ";
    struct text out;
    text_init(&out, limit);
    sentence_add_block(&out, margin, bytes, count);
    demand_clean(out.at, out.length);
    const char *line = out.at;
    while (*line && !out.cut) {
        DEMAND(strncmp(line, margin, strlen(margin)) == 0);
        line = strchr(line, '\n');
        DEMAND(line != NULL);
        line++;
    }
    text_free(&out);
}

static void paths(const char *bytes, size_t count) {
    char *shown = path_shown(bytes, count);
    demand_line(shown);
    size_t characters = 0;
    for (const char *at = shown; *at; at++)
        characters += ((unsigned char)*at & 0xc0) != 0x80;
    DEMAND(characters <= 81); /* 80 and the sign that something is left out */
    free(shown);
}

/* A reader of our JSON gets the cleaned string, and nothing beside it. */
static void json(const char *string) {
    struct text printed, clean;
    text_init(&printed, 16 * (size_t)LONGEST);
    text_init(&clean, 3 * LONGEST);
    cJSON *object = json_object();
    json_add_string(object, "key", string);
    json_print(object, &printed);
    text_add_clean(&clean, string, strlen(string));
    cJSON *again = cJSON_Parse(printed.at);
    DEMAND(cJSON_GetArraySize(again) == 1);
    DEMAND(strcmp(cJSON_GetStringValue(cJSON_GetObjectItem(again, "key")), clean.at) == 0);
    cJSON_Delete(again);
    text_free(&printed);
    text_free(&clean);
}

void fuzz_one(const uint8_t *bytes, size_t count) {
    if (count > LONGEST)
        return;
    struct input in = {bytes, count};
    size_t limit = input_byte(&in);
    const char *at = (const char *)in.at;
    char string[LONGEST + 1];
    clean(at, in.left, limit);
    clean(at, in.left, 3 * LONGEST);
    blocks(at, in.left, 16 * (size_t)LONGEST);
    blocks(at, in.left, limit);
    paths(at, in.left);
    input_string(&in, string, sizeof string);
    lines(string);
    json(string);
}
