/* Numbers on their way to people and machines, and back: no digit that counts is lost. */
#include "fuzz.h"

#include "document/reader.h"
#include "public/finding.h"
#include "score/sentence.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Any double: the shown digits read back as the same number. */
static void doubles(double number) {
    char digits[NUMBER_ROOM];
    double again = strtod(sentence_number(digits, number), NULL);
    DEMAND(strlen(digits) < NUMBER_ROOM);
    DEMAND(isnan(number) ? isnan(again) : again == number);
}

/* Points as they are given, to a thousandth: the shown ones are the same to the last digit. */
static void points(uint32_t thousandths) {
    char digits[NUMBER_ROOM];
    double given = (double)(thousandths % 1000000001) / 1000;
    DEMAND(strtod(sentence_points(digits, given), NULL) == given);
    const char *point = strchr(digits, '.');
    DEMAND(!point || (strlen(point) > 1 && strlen(point) <= 4 && point[strlen(point) - 1] != '0'));
}

/* Whole numbers as documents have them. */
static void whole(int64_t number, int64_t largest) {
    char digits[NUMBER_ROOM];
    int64_t again = -1;
    (void)snprintf(digits, sizeof digits, "%" PRId64, number);
    bool read = number_read(digits, largest, &again);
    DEMAND(read == (number >= 0 && number <= largest));
    DEMAND(!read || again == number);
}

/* Planes of numbers in a text of any size: no byte behind it, and an end. */
static void planes(const int *dim, int rank, const double *numbers, size_t room) {
    char *out = malloc(room);
    char number[40];
    memset(out, 'x', room);
    const tensor t = {rank, {dim[0], dim[1], dim[2], dim[3]}, (double *)numbers};
    const ints n = {rank, {dim[0], dim[1], dim[2], dim[3]}, (int64_t *)numbers};
    DEMAND(print_tensor(out, room, &t) == strlen(out) && strlen(out) < room);
    demand_clean(out, strlen(out));
    DEMAND(print_ints(out, room, &n) == strlen(out) && strlen(out) < room);
    demand_clean(out, strlen(out));
    DEMAND(print_number(number, sizeof number, numbers[0]) == strlen(number));
    demand_line(number);
    free(out);
}

void fuzz_one(const uint8_t *bytes, size_t count) {
    enum { SIDE = 5 };
    static double numbers[SIDE * SIDE * SIDE * SIDE];
    struct input in = {bytes, count};
    double number;
    int64_t integer, largest;
    uint32_t thousandths;
    input_fill(&in, &number, sizeof number);
    input_fill(&in, &integer, sizeof integer);
    input_fill(&in, &largest, sizeof largest);
    input_fill(&in, &thousandths, sizeof thousandths);
    doubles(number);
    points(thousandths);
    if (largest > 9)
        whole(integer, largest);
    size_t room = 1 + input_byte(&in) * (size_t)8;
    int dim[TENSOR_RANK] = {1, 1, 1, 1}, rank = input_byte(&in) % (TENSOR_RANK + 1);
    for (int i = 0; i < rank; i++)
        dim[i] = 1 + input_byte(&in) % SIDE;
    input_fill(&in, numbers, sizeof numbers);
    planes(dim, rank, numbers, room);
}
