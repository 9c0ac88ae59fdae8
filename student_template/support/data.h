/* Files that are handed in beside the code and hold data, such as what was measured on another
 * machine.  The front matter names them (`data:`); only tests read them.
 *
 * In the judge the parser runs in a process of its own, which can do nothing but read the file and
 * hand back `size` bytes.  A hostile file may take that process over, so these may be ANY bytes:
 * check each count before it indexes and each enum before it switches, end each string yourself,
 * and have neither pointers nor bools in the struct.  What a parser has to say about a file that it
 * read goes into the struct, too: of one that it refuses nothing comes back.
 *
 * On a laptop the parser runs directly on the file in the current folder. */
#ifndef GRADUS_DATA_H
#define GRADUS_DATA_H

#include <stdbool.h>
#include <stddef.h>

enum data_state {
    DATA_READ,
    DATA_MISSING,   /* it was not handed in */
    DATA_UNREADABLE /* too large, no plain file, refused by the parser, or too much for it: it
                       crashed, or took more than DATA_SECONDS or DATA_MEMORY */
};

enum { DATA_SECONDS = 2, DATA_MEMORY = 512 /* MiB */, DATA_RESULT = 16 << 20 /* bytes */ };

/* True when it could be read.  `bytes` end with a NUL that is not counted; `result` is all zero. */
typedef bool data_parser(const char *bytes, size_t count, void *result);

/* Has `parse` fill `result`, plain data of at most DATA_RESULT bytes, from one of the problem's
 * files.  When it could not be read, `result` is all zero. */
enum data_state data_read(const char *name, data_parser *parse, void *result, size_t size);

/* Ends the test, which awaits `what` ("a measurement"): no points yet, and nothing is wrong. */
#define awaiting(what) data_await(what)
_Noreturn void data_await(const char *what);

/* A sentence for the staff alone, in scorecard and terminal: a person should look at this.  It
 * costs nothing and shows students nothing.  What does not fit into FLAG_BYTES a test is left out.
 */
enum { FLAG_BYTES = 2000 };
#define flag(sentence) data_flag(sentence)
void data_flag(const char *sentence);

#endif
