/* The files of data that the judge was given, and the process that has them read (public/data.h).
 */
#ifndef GRADUS_JUDGE_DATA_H
#define GRADUS_JUDGE_DATA_H

/* An open, sealed file and the name that the front matter gives it. */
void data_take(const char *name, int descriptor);

/* Starts the process that starts the readers, where there is something to read: a copy of this one,
 * so this is done before it knows a secret.  It ends with this process. */
void data_begin(void);

#endif
