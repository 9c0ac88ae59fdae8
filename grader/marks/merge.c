/* Marks and the scorecard (marks.h): reads what a scorecard has of the written part, and exchanges
 * that part, in the scorecard and in what students see.  Everything else is copied as it is. */
#include "marks/marks.h"

#include "base/fault.h"
#include "export/json.h"
#include "score/sentence.h"

#include <stdlib.h>
#include <string.h>

/* --- From the scorecard --- */

static const cJSON *member(const cJSON *object, const char *key) {
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

static const char *string_of(const cJSON *object, const char *key) {
    return cJSON_GetStringValue(member(object, key));
}

static double number_of(const cJSON *object, const char *key) {
    const cJSON *number = member(object, key);
    return cJSON_IsRaw(number) ? strtod(number->valuestring, NULL) : -1;
}

static bool is_same(const char *a, const char *b) {
    return a && b && strcmp(a, b) == 0;
}

static char *copy_or_none(const char *string) {
    return string ? copy_string(string) : NULL;
}

static bool is_about(const cJSON *entry, const struct card_question *q) {
    return number_of(entry, "problem") == q->problem->number &&
           is_same(string_of(entry, "name"), q->block->name);
}

static const cJSON *find_written(const cJSON *list, const struct card_question *q) {
    const cJSON *entry = NULL;
    cJSON_ArrayForEach(entry, list) {
        if (is_about(entry, q))
            return entry;
    }
    return NULL;
}

/* False where the rubric is another one than that of the document, or has points that no mark
 * gives. */
static bool restore_marks(struct card_question *q, const cJSON *rubric) {
    const char *at = q->rubric ? q->rubric->body : "", *words = NULL;
    int points = 0, i = 0;
    size_t length = 0;
    for (; rubric_next(&at, &points, &words, &length); i++) {
        const cJSON *line = cJSON_GetArrayItem(rubric, i);
        const char *text = string_of(line, "text");
        if (!text || strlen(text) != length || memcmp(text, words, length) != 0 ||
            number_of(line, "points") != points)
            return false;
        q->marks[i].given = member(line, "earned") != NULL;
        q->marks[i].earned = q->marks[i].given ? number_of(line, "earned") : 0;
        q->marks[i].remark = copy_or_none(string_of(line, "remark"));
        if (!(q->marks[i].earned >= 0 && q->marks[i].earned <= points))
            return false;
    }
    return cJSON_GetArraySize(rubric) == i;
}

static bool restore_question(struct card_question *q, const cJSON *entry) {
    const char *found = string_of(entry, "found");
    q->state = ANSWER_UNREAD;
    for (int state = ANSWER_UNREAD; state <= ANSWER_GIVEN; state++)
        if (is_same(found, sentence_answer_id((enum answer_state)state)))
            q->state = (enum answer_state)state;
    q->answer = copy_or_none(string_of(entry, "answer"));
    q->remark = copy_or_none(string_of(entry, "remark"));
    return restore_marks(q, member(entry, "rubric"));
}

static char *restore(struct card *card, const cJSON *root) {
    const char *id = string_of(member(root, "homework"), "id");
    const cJSON *list = member(root, "written");
    if (!is_same(string_of(root, "format"), "gradus-scorecard") || !id)
        return copy_string("it is no scorecard");
    if (strcmp(id, card->homework->id) != 0)
        return format_string("it is of another homework, \"%.60s\"", id);
    for (int i = 0; i < card->question_count; i++) {
        struct card_question *q = &card->questions[i];
        const cJSON *entry = find_written(list, q);
        if (q->block->check == CHECK_NOTHING && (!entry || !restore_question(q, entry)))
            return format_string("question %d%s.%s is another one in the documents now: grade the "
                                 "submission again",
                                 q->problem->number, q->block->part ? q->block->part : "",
                                 q->block->name);
    }
    return NULL;
}

char *marks_restore(struct card *card, const char *scorecard) {
    int line = 1;
    cJSON *root = json_read(scorecard, &line);
    char *reason = root ? restore(card, root) : format_string("line %d of it is no JSON", line);
    cJSON_Delete(root);
    return reason;
}

/* --- Into the scorecard and the results --- */

/* Puts `key` of a freshly made entry where the old one stood, or at the end. */
static void exchange(cJSON *entry, cJSON *fresh, const char *key) {
    cJSON *item = cJSON_DetachItemFromObjectCaseSensitive(fresh, key);
    if (item && member(entry, key))
        cJSON_ReplaceItemInObjectCaseSensitive(entry, key, item);
    else if (item)
        json_add(entry, key, item);
    else
        cJSON_DeleteItemFromObjectCaseSensitive(entry, key);
}

static void merge_scorecard(const struct card *card, cJSON *root, struct text *out) {
    static const char *const keys[] = {"rubric", "status", "earned", "remark"};
    cJSON *entry = NULL;
    cJSON_ArrayForEach(entry, member(root, "written")) {
        for (int i = 0; i < card->question_count; i++) {
            if (!is_about(entry, &card->questions[i]))
                continue;
            cJSON *fresh = json_written(card, &card->questions[i]);
            for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
                exchange(entry, fresh, keys[k]);
            cJSON_Delete(fresh);
        }
    }
    json_print(root, out);
}

static void merge_results(const struct card *card, cJSON *root, struct text *out) {
    cJSON *tests = cJSON_GetObjectItemCaseSensitive(root, "tests");
    for (int k = cJSON_GetArraySize(tests) - 1; k >= 0; k--)
        if (member(member(cJSON_GetArrayItem(tests, k), "extra_data"), "written"))
            cJSON_DeleteItemFromArray(tests, k);
    for (int i = 0; i < card->question_count; i++) {
        cJSON *test = json_marked(&card->questions[i]);
        if (test)
            json_append(tests, test);
    }
    json_print(root, out);
}

bool marks_merge(const struct card *card, const char *scorecard, const char *results,
                 struct text *new_scorecard, struct text *new_results) {
    int line = 1;
    cJSON *card_root = json_read(scorecard, &line), *results_root = json_read(results, &line);
    bool ours = card_root && cJSON_IsArray(member(results_root, "tests"));
    if (ours) {
        merge_scorecard(card, card_root, new_scorecard);
        merge_results(card, results_root, new_results);
        return true;
    }
    cJSON_Delete(card_root);
    cJSON_Delete(results_root);
    return false;
}
