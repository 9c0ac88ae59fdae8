/* What a worker may use.  The numbers come from the front matter of problems/homework.md, under the
 * same names with "-" for "_"; a problem may override them. */
#ifndef GRADUS_LIMITS_H
#define GRADUS_LIMITS_H

struct limits {
    double cpu_seconds;  /* of one test: computing longer is "timed out" */
    double wall_seconds; /* of one test: waiting longer, without computing, is "blocked" */
    int memory_mib;      /* address space */
    int stack_mib;
    int output_kib; /* everything that a test prints */
};

#endif
