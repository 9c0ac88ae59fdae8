/* An order to box_deeds.c, which a box gets as its descriptor 3. */
#ifndef GRADUS_BOX_DEEDS_H
#define GRADUS_BOX_DEEDS_H

struct order {
    char deed[24];
    int early;              /* before main */
    long call, argument[6]; /* of the deed "call" */
};

enum { NOT_REFUSED = 200, NO_SUCH_DEED = 201 }; /* exit codes beyond every errno */

#endif
