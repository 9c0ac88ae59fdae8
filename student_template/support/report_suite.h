/* The tests of a report: what its parts earn. */
#ifndef REPORT_SUITE_H
#define REPORT_SUITE_H

#include "report.h"

/* Ends the test where the report is missing or of no measurement (awaiting), unreadable, without
 * this part, or inconsistent in it.  What is suspicious is flagged for a person. */
void expect_report(const char *file, enum report_part part);

#endif
