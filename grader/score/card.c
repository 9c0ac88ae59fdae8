/* Makes, fills and adds up the scorecard (score.h).  Verdicts come from our own judge, yet each is
 * checked before anything reads it: a judge that holds a confused verdict must cost nobody points.
 * Knows no English but the reasons for not grading. */
#include "score/score.h"

#include "base/fault.h"
#include "public/finding.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- Making --- */

static bool block_is_test(const struct block *b) {
    return b->role == ROLE_TEST || b->role == ROLE_HIDDEN;
}

static const struct block *find_block(const struct problem *p, enum role role, const char *name) {
    for (int i = 0; i < p->block_count; i++)
        if (p->blocks[i].role == role && strcmp(p->blocks[i].name, name) == 0)
            return &p->blocks[i];
    return NULL;
}

const struct block *card_test_block(const struct problem *p, int number) {
    for (int i = 0; i < p->block_count; i++)
        if (block_is_test(&p->blocks[i]) && --number == 0)
            return &p->blocks[i];
    return NULL;
}

static const struct product *find_product(const struct build *build, int problem) {
    for (int i = 0; build && i < build->product_count; i++)
        if (build->products[i].problem == problem)
            return &build->products[i];
    return NULL;
}

static void add_question(struct card *card, const struct problem *p, const struct block *b) {
    struct card_question *q = &card->questions[card->question_count++];
    *q = (struct card_question){
        .problem = p, .block = b, .rubric = find_block(p, ROLE_RUBRIC, b->name)};
    const char *at = q->rubric ? q->rubric->body : "", *words = NULL;
    q->marks = allocate(strlen(at) + 1, sizeof *q->marks); /* a line has one byte at least */
    for (size_t length; rubric_next(&at, &q->marks[q->mark_count].points, &words, &length);)
        q->mark_count++;
}

static void add_problem(struct card *card, const struct problem *p) {
    struct card_problem *row = &card->problems[card->problem_count++];
    *row = (struct card_problem){.problem = p,
                                 .product = find_product(card->build, p->number),
                                 .graded = true,
                                 .first_test = card->test_count};
    for (int i = 0; i < p->block_count; i++) {
        const struct block *b = &p->blocks[i];
        if (block_is_test(b)) {
            card->tests[card->test_count++] =
                (struct card_test){.problem = p,
                                   .product = row->product,
                                   .block = b,
                                   .number = ++row->test_count,
                                   .verdict = {.line = b->line, .row = -1}};
            row->points += b->points;
        } else if (b->role == ROLE_QUESTION) {
            add_question(card, p, b);
        }
    }
    if (!problem_is_judged(p))
        row->points = p->points;
    card->points += row->points;
}

struct card *card_make(const struct homework *homework, const struct intake *intake,
                       const struct build *build) {
    size_t blocks = 1;
    for (int i = 0; i < homework->problem_count; i++)
        blocks += (size_t)homework->problems[i].block_count;
    struct card *card = allocate(1, sizeof *card);
    card->homework = homework;
    card->intake = intake;
    card->build = build;
    card->problems = allocate((size_t)homework->problem_count + 1, sizeof *card->problems);
    card->tests = allocate(blocks, sizeof *card->tests);
    card->questions = allocate(blocks, sizeof *card->questions);
    for (int i = 0; i < homework->problem_count; i++)
        add_problem(card, &homework->problems[i]);
    return card;
}

void card_free(struct card *card) {
    if (!card)
        return;
    for (int i = 0; i < card->problem_count; i++)
        free(card->problems[i].fault);
    for (int i = 0; i < card->question_count; i++) {
        struct card_question *q = &card->questions[i];
        for (int k = 0; k < q->mark_count; k++)
            free(q->marks[k].remark);
        free(q->marks);
        free(q->remark);
        free(q->answer);
    }
    free(card->problems);
    free(card->tests);
    free(card->questions);
    free(card->answers_fault);
    free(card->run.isolation);
    free(card->run.compiler);
    free(card->run.host_kernel);
    free(card->run.started);
    free(card);
}

static struct card_problem *find_problem(struct card *card, int number) {
    for (int i = 0; i < card->problem_count; i++)
        if (card->problems[i].problem->number == number)
            return &card->problems[i];
    fault("the scorecard has no problem %d", number);
}

/* --- Taking verdicts --- */

static const struct shape_table *find_table(const struct card_test *t) {
    const struct problem *p = t->problem;
    for (int i = 0; t->block->shapes && i < p->table_count; i++)
        if (strcmp(p->tables[i].block->name, t->block->shapes) == 0)
            return &p->tables[i];
    return NULL;
}

const struct shape_row *card_row(const struct card_test *test) {
    const struct shape_table *table = find_table(test);
    int row = test->verdict.row;
    return table && row >= 0 && row < table->row_count ? &table->row[row] : NULL;
}

const struct block *card_mutant(const struct card_test *test) {
    return test->verdict.mutant[0] ? find_block(test->problem, ROLE_MUTANT, test->verdict.mutant)
                                   : NULL;
}

static bool strings_end(const struct verdict *v) {
    const struct {
        const char *at;
        size_t room;
    } strings[] = {{v->function, sizeof v->function},
                   {v->argument, sizeof v->argument},
                   {v->expression, sizeof v->expression},
                   {v->sentence, sizeof v->sentence},
                   {v->fed, sizeof v->fed},
                   {v->expected, sizeof v->expected},
                   {v->returned, sizeof v->returned},
                   {v->printed, sizeof v->printed},
                   {v->flags, sizeof v->flags},
                   {v->mutant, sizeof v->mutant}};
    for (size_t i = 0; i < sizeof strings / sizeof strings[0]; i++)
        if (!memchr(strings[i].at, '\0', strings[i].room))
            return false;
    return true;
}

static bool index_fits(const struct verdict *v) {
    if (v->rank < 0 || v->rank > TENSOR_RANK)
        return false;
    for (int i = 0; i < v->rank; i++)
        if (v->index[i] < 0)
            return false;
    return v->bad >= 0 && v->bad <= v->total;
}

/* What is wrong with a verdict, or NULL. */
static const char *find_mistake(const struct card_test *t, const struct verdict *v) {
    const struct shape_table *table = find_table(t);
    int rows = table ? table->row_count : 0;
    unsigned char cut; /* a bool with another value than 0 and 1 must not even be read */
    memcpy(&cut, &v->printed_cut, sizeof cut);
    if (v->status == VERDICT_UNSET)
        return "it was not judged";
    if ((int)v->status < 0 || v->status >= VERDICT_COUNT)
        return "it has an unknown status";
    if ((int)v->crash < 0 || v->crash > CRASH_DAMAGED_OUTPUT)
        return "it has an unknown kind of crash";
    if (v->finding < 0 || v->finding > FINDING_MISSING)
        return "it has an unknown kind of finding";
    if (v->status == VERDICT_PARTIAL && (v->of <= 0 || v->share < 0 || v->share > v->of))
        return "it has an impossible share of the points";
    if (v->costly != 0 && !card_test_block(t->problem, v->costly))
        return "it blames a test that is not there";
    if (v->flags_left_out < 0)
        return "it has less than no flags";
    if (v->line < 0 || v->row < -1 || v->row >= (rows > 0 ? rows : 1))
        return "it points outside its document";
    if (!index_fits(v))
        return "it points outside its tensor";
    if (cut > 1 || !strings_end(v))
        return "it holds text without an end";
    return NULL;
}

void card_judge(struct card *card, int problem_number, const struct verdict *verdicts, int count) {
    struct card_problem *p = find_problem(card, problem_number);
    p->graded = true;
    p->awaited = false;
    if (count != p->test_count) {
        char *sentence = format_string("The judge reported %d tests where the document has %d.",
                                       count, p->test_count);
        card_not_graded(card, problem_number, sentence);
        free(sentence);
        return;
    }
    for (int i = 0; i < count; i++) {
        struct card_test *t = &card->tests[p->first_test + i];
        const char *mistake = find_mistake(t, &verdicts[i]);
        if (mistake) {
            char *sentence = format_string("The verdict on test %d.%d makes no sense: %s.",
                                           problem_number, t->number, mistake);
            card_not_graded(card, problem_number, sentence);
            free(sentence);
            return;
        }
        t->verdict = verdicts[i];
        t->awaited = false;
    }
    for (int i = 0; i < count; i++)
        if (verdicts[i].status == VERDICT_NOT_GRADED) {
            char *sentence =
                format_string("The judge could not run test %d.%d%s%s.", problem_number, i + 1,
                              verdicts[i].sentence[0] ? ": " : "", verdicts[i].sentence);
            card_not_graded(card, problem_number, sentence);
            free(sentence);
            return;
        }
}

void card_attach(struct card *card, int problem_number, const struct attachment *attachments,
                 int count) {
    struct card_problem *p = find_problem(card, problem_number);
    for (int i = 0; i < count && p->graded; i++) {
        struct card_test *t = &card->tests[p->first_test + (int)attachments[i].head.test];
        if (t->attachment_count++ == 0)
            t->attachments = &attachments[i];
    }
}

char *card_attachment_name(const struct card_test *test, const struct attachment *a) {
    const char *extension = a->head.kind == ATTACHMENT_IMAGE ? "png" : "txt";
    char *name =
        format_string("%d.%d-%s.%s", test->problem->number, test->number, a->head.title, extension);
    for (char *blank = name; (blank = strchr(blank, ' '));)
        *blank = '-';
    return name;
}

static void set_all(struct card *card, const struct card_problem *p, enum verdict_status status,
                    int code) {
    for (int i = 0; i < p->test_count; i++) {
        struct card_test *t = &card->tests[p->first_test + i];
        t->verdict =
            (struct verdict){.status = status, .code = code, .line = t->block->line, .row = -1};
        t->attachment_count = 0;
    }
}

static void leave_out(struct card *card, struct card_problem *p, bool awaited,
                      const char *sentence) {
    char *fault = copy_string(sentence); /* it may be the old one */
    free(p->fault);
    p->fault = fault;
    p->graded = false;
    p->awaited = awaited;
    set_all(card, p, VERDICT_NOT_GRADED, 0);
    for (int i = 0; i < p->test_count; i++)
        card->tests[p->first_test + i].awaited = awaited;
}

void card_not_graded(struct card *card, int problem_number, const char *sentence) {
    leave_out(card, find_problem(card, problem_number), false, sentence);
}

void card_await(struct card *card, int problem_number) {
    leave_out(card, find_problem(card, problem_number), true, "It is not graded yet.");
}

void card_not_built(struct card *card, const struct product *product) {
    if (product->state == PRODUCT_READY)
        fault("problem %d was built and must be judged", product->problem);
    if (product->state == PRODUCT_NOT_GRADED) {
        card_not_graded(card, product->problem, product->log.at);
        return;
    }
    bool started = product->state == PRODUCT_ENDED_EARLY || product->state == PRODUCT_FORBIDDEN;
    set_all(card, find_problem(card, product->problem),
            started ? product->status : VERDICT_NOT_BUILT, product->code);
}

/* --- Adding up --- */

/* Points are kept to a thousandth, so that what is shown of the parts adds up to the total. */
static double round_points(double points) {
    return round(points * 1000) / 1000;
}

static double earned_points(const struct card_test *t) {
    const struct verdict *v = &t->verdict;
    if (v->status == VERDICT_PASSED)
        return t->block->points;
    if (v->status == VERDICT_PARTIAL)
        return round_points((double)t->block->points * v->share / v->of);
    return 0;
}

bool card_flag(const char **at, size_t *length) {
    *at += strspn(*at, "\n");
    *length = strcspn(*at, "\n");
    return *length > 0;
}

int card_marked(const struct card_question *q, double *earned) {
    int marked = 0;
    *earned = 0;
    for (int i = 0; i < q->mark_count; i++) {
        marked += q->marks[i].given;
        *earned = round_points(*earned + q->marks[i].earned);
    }
    return marked;
}

int card_answered(const struct card *card, const struct problem *p) {
    int answered = 0;
    for (int i = 0; i < card->question_count; i++) {
        const struct card_question *q = &card->questions[i];
        answered += q->problem == p && q->block->check != CHECK_NOTHING && q->state == ANSWER_GIVEN;
    }
    return answered;
}

/* The points of a problem whose questions are checked: each is worth the same. */
static void sum_checked(struct card *card, struct card_problem *p, int count) {
    if (card->answers_fault)
        card_not_graded(card, p->problem->number, card->answers_fault);
    else
        p->earned = round_points((double)p->points * card_answered(card, p->problem) / count);
}

void card_sum(struct card *card) {
    card->earned = 0;
    card->awaiting = 0;
    card->graded = !card->answers_fault; /* a person could not mark what is not there */
    for (int i = 0; i < card->problem_count; i++) {
        struct card_problem *p = &card->problems[i];
        p->earned = 0;
        p->awaiting = 0;
        if (card->intake && card->intake->fault)
            card_not_graded(card, p->problem->number, card->intake->fault);
        for (int k = 0; k < p->test_count && p->graded; k++)
            if (card->tests[p->first_test + k].verdict.status == VERDICT_UNSET)
                card_not_graded(card, p->problem->number, "No judge took it up.");
        for (int k = 0; k < p->test_count; k++) {
            struct card_test *t = &card->tests[p->first_test + k];
            t->earned = earned_points(t);
            p->earned = round_points(p->earned + t->earned);
            p->awaiting += t->verdict.status == VERDICT_AWAITING ? t->block->points : 0;
        }
        int checked = problem_check_count(p->problem);
        if (checked > 0 && p->graded)
            sum_checked(card, p, checked);
        card->earned = round_points(card->earned + p->earned);
        card->awaiting += p->awaiting;
        card->graded = card->graded && p->graded;
    }
}
