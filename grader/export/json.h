/* The one place that writes JSON.  Numbers always look the same; every string is cleaned, so that
 * hostile bytes reach no reader of ours.  Running out of memory is a fault. */
#ifndef GRADUS_JSON_H
#define GRADUS_JSON_H

#include "score/card.h"

#include <cjson/cJSON.h>

cJSON *json_object(void);
cJSON *json_array(void);
/* Both hand `child` over to its new owner and return it. */
cJSON *json_add(cJSON *object, const char *key, cJSON *child);
cJSON *json_append(cJSON *array, cJSON *child);

/* JSON has no NaN and no infinity: they become strings. */
void json_add_number(cJSON *object, const char *key, double number);
void json_add_integer(cJSON *object, const char *key, int64_t integer); /* every digit of it */
void json_append_number(cJSON *array, double number);
void json_append_text(cJSON *array, const char *bytes, size_t count);
void json_add_points(cJSON *object, const char *key, double points);
void json_add_bool(cJSON *object, const char *key, bool value);
/* NULL becomes null. */
void json_add_string(cJSON *object, const char *key, const char *string);
void json_add_text(cJSON *object, const char *key, const struct text *text);

/* Prints with a newline at the end, and frees. */
void json_print(cJSON *value, struct text *out);

/* What is known of a verdict, as an object; `public` tests and staff only. */
cJSON *json_facts(const struct card_test *test);
/* The row of shapes; NULL without one. */
cJSON *json_shapes(const struct card_test *test);
/* All that the scorecard has of a question that is only checked for being answered; and of one that
 * a person reads, with its rubric and the marks given so far. */
cJSON *json_question(const struct card *card, const struct card_question *q);
cJSON *json_written(const struct card *card, const struct card_question *q);
/* Advice on memory. */
cJSON *json_memory(const struct memory *m);
/* The row of a marked question in results.json: points and remarks, and no score, so that they
 * never enter the automatic total.  NULL while nothing is marked. */
cJSON *json_marked(const struct card_question *q);

/* --- Reading (json_read.c) --- */

/* Numbers become cJSON_Raw with the digits they were written with, so that printing gives the same
 * bytes again.  NULL where `text` is no JSON, and then the line of the mistake is in `*line`. */
cJSON *json_read(const char *text, int *line);
/* The same, and every object has its line (json_line). */
cJSON *json_read_lines(const char *text, int *line);
int json_line(const cJSON *object);
/* The key under which that stands, for those who look at all keys. */
bool json_is_line(const cJSON *item);

#endif
