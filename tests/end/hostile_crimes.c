/* The table of crimes, and the files that commit them. */
#include "hostile.h"

#include "base/fault.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>

struct row rows[ROWS];
int row_count;
const struct row honest_row = {"honest", {"passed", "passed", "passed"}, "-", 6, NULL};

void crimes_read(void) {
    FILE *table = fopen(CRIMES "/table.txt", "re");
    char line[256];
    if (!table)
        fault("cannot read %s/table.txt", CRIMES);
    while (fgets(line, sizeof line, table)) {
        struct row *r = &rows[row_count];
        if (line[0] == '#' || line[0] == '\n')
            continue;
        if (row_count + 1 == ROWS)
            fault("%s/table.txt has more than %d rows", CRIMES, ROWS);
        if (sscanf(line, "%63s %63s %63s %63s %d %79[^\n]", r->name, r->status[0], r->status[1],
                   r->status[2], &r->most, r->words) != 6)
            fault("%s/table.txt: not a row: %s", CRIMES, line);
        row_count++;
    }
    fclose(table);
}

/* A series.c of its own, or a program that makes a submission of the honest one. */
static const char *crime_ending(const char *name) {
    static const char *const endings[] = {".c", ".py"};
    const char *ending = strrchr(name, '.');
    for (int i = 0; ending && i < 2; i++)
        if (strcmp(ending, endings[i]) == 0)
            return endings[i];
    return NULL;
}

static struct row *find_row(const char *name, size_t length) {
    for (int i = 0; i < row_count; i++)
        if (strlen(rows[i].name) == length && strncmp(rows[i].name, name, length) == 0)
            return &rows[i];
    return NULL;
}

int crimes_count_strangers(void) {
    DIR *folder = opendir(CRIMES);
    int strangers = 0;
    if (!folder)
        fault("cannot read %s", CRIMES);
    for (const struct dirent *d; (d = readdir(folder));) {
        const char *ending = crime_ending(d->d_name);
        if (!ending)
            continue;
        struct row *row = find_row(d->d_name, strlen(d->d_name) - strlen(ending));
        if (row)
            row->ending = ending;
        else
            printf("%s/%s has no row in table.txt\n", CRIMES, d->d_name);
        strangers += !row;
    }
    closedir(folder);
    return strangers;
}

bool crimes_allow(const char *alternatives, const char *word) {
    size_t length = strlen(word);
    for (const char *at = alternatives; at; at = strchr(at, '|') ? strchr(at, '|') + 1 : NULL)
        if (strncmp(at, word, length) == 0 && (at[length] == '|' || at[length] == '\0'))
            return true;
    return false;
}
