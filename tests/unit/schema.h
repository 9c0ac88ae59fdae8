/* Checks scorecards against the committed schema, with Python's jsonschema. */
#ifndef GRADUS_SCHEMA_H
#define GRADUS_SCHEMA_H

#include "base/fault.h"
#include "base/file.h"
#include "export/export.h"

#include <check.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* Python starts slowly, so that all cards of a test are written before one run checks them. */
static char *cards;
static int written;

static inline void write_card(const struct card *card, struct text *out) {
    if (!cards)
        cards = directory_private();
    ck_assert_ptr_nonnull(cards);
    text_clear(out);
    export_scorecard(card, out);
    char *path = format_string("%s/%d.json", cards, written++);
    ck_assert(file_write(path, out->at, out->length));
    free(path);
}

static inline void validate_cards(void) {
    static char program[] =
        "import glob, json, sys, jsonschema\n"
        "def constant(word): raise ValueError(word + ' is no JSON')\n"
        "def load(path): return json.load(open(path, encoding='utf-8'), parse_constant=constant)\n"
        "schema = load('grader/export/scorecard.schema.json')\n"
        "jsonschema.Draft202012Validator.check_schema(schema)\n"
        "paths = glob.glob(sys.argv[1] + '/*.json')\n"
        "assert len(paths) == int(sys.argv[2])\n"
        "for path in paths:\n"
        "    jsonschema.Draft202012Validator(schema).validate(load(path))\n";
    char *count = format_string("%d", written);
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        execlp("python3", "python3", "-c", program, cards, count, (char *)NULL);
        _exit(127);
    }
    int status = 0;
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) != 127, "python3 is missing");
    ck_assert_msg(WEXITSTATUS(status) == 0, "the cards stay in %s", cards);
    ck_assert(directory_remove(cards));
    free(cards);
    free(count);
    cards = NULL;
    written = 0;
}

#endif
