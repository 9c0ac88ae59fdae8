/* Reads JSON (json.h) with cJSON, which keeps neither the digits of a number nor the lines of the
 * text.  So the text is rewritten first: a number becomes a string behind a mark, and an object may
 * get its line as a first key.  The mark is a control character, which JSON has in no string. */
#include "export/json.h"

#include "base/fault.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MARK      "\x01"
#define LINE_KEY  MARK "line"
#define MARK_BYTE '\x01'

/* --- Rewriting --- */

static size_t count_digits(const char *at) {
    return strspn(at, "0123456789");
}

/* The length of the number that begins here, as JSON writes them; 0 for anything else. */
static size_t measure_number(const char *at) {
    const char *start = at;
    at += *at == '-';
    size_t digits = count_digits(at);
    if (digits == 0 || (*at == '0' && digits > 1))
        return 0;
    at += digits;
    if (*at == '.') {
        digits = count_digits(++at);
        if (digits == 0)
            return 0;
        at += digits;
    }
    if (*at == 'e' || *at == 'E') {
        at++;
        at += *at == '+' || *at == '-';
        digits = count_digits(at);
        if (digits == 0)
            return 0;
        at += digits;
    }
    return (size_t)(at - start);
}

static size_t measure_string(const char *at) {
    size_t length = 1;
    while (at[length] && at[length] != '"' && at[length] != '\n')
        length += at[length] == '\\' && at[length + 1] ? 2 : 1;
    return at[length] == '"' ? length + 1 : 0;
}

static void add_line(const char *behind, int line, struct text *out) {
    bool empty = behind[strspn(behind, " \t\r\n")] == '}';
    text_add(out, "\"" LINE_KEY "\":\"%d\"%s", line, empty ? "" : ",");
}

/* False at the line that holds no JSON. */
static bool rewrite(const char *at, bool lines, struct text *out, int *line) {
    *line = 1;
    while (*at) {
        bool number = *at == '-' || (*at >= '0' && *at <= '9');
        size_t length = number ? measure_number(at) : *at == '"' ? measure_string(at) : 1;
        if (length == 0 || *at == MARK_BYTE || memchr(at, MARK_BYTE, length))
            return false;
        text_add(out, "%s", number ? "\"" MARK : "");
        text_add_bytes(out, at, length);
        text_add(out, "%s", number ? "\"" : "");
        if (*at == '{' && lines)
            add_line(at + 1, *line, out);
        *line += *at == '\n';
        at += length;
    }
    return true;
}

/* --- Reading --- */

static void restore(cJSON *item) {
    for (; item; item = item->next) {
        if (cJSON_IsString(item) && item->valuestring[0] == MARK_BYTE) {
            memmove(item->valuestring, item->valuestring + 1, strlen(item->valuestring));
            item->type = cJSON_Raw;
        }
        restore(item->child);
    }
}

static cJSON *read(const char *text, bool lines, int *line) {
    enum { WORST = 32 }; /* "{" with its line becomes this much longer */
    struct text rewritten;
    text_init(&rewritten, strlen(text) * WORST + WORST);
    const char *end = NULL;
    cJSON *value = NULL;
    if (rewrite(text, lines, &rewritten, line)) {
        value = cJSON_ParseWithOpts(rewritten.at, &end, true);
        *line = 1;
        for (const char *at = rewritten.at; !value && end && at < end; at++)
            *line += *at == '\n';
    }
    text_free(&rewritten);
    restore(value);
    return value;
}

cJSON *json_read(const char *text, int *line) {
    return read(text, false, line);
}

cJSON *json_read_lines(const char *text, int *line) {
    return read(text, true, line);
}

int json_line(const cJSON *object) {
    const char *line = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(object, LINE_KEY));
    return line ? (int)strtol(line, NULL, 10) : 1;
}

bool json_is_line(const cJSON *item) {
    return item->string && strcmp(item->string, LINE_KEY) == 0;
}
