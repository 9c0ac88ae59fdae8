/* Sections that order each other in a circle, merge what is no string, and tell lies of the machine. */
#include "honest.h"
__asm__(".section .one,\"ao\",@progbits,.two\n.quad 1\n.section .two,\"ao\",@progbits,.one\n.quad 2\n"
        ".section .strings,\"aMS\",@progbits,1\n.rept 100000\n.asciz \"x\"\n.endr\n.ascii \"no end\"\n"
        ".section .note.gnu.property,\"a\",@note\n.long 4, 0x7fffffff, 5\n.asciz \"GNU\"\n"
        ".long 0xc0000002, 0x7ffffff0, 3\n"
        ".section .group,\"aG\",@progbits,student_thunks,comdat\n.globl student_thunks_too\n"
        "student_thunks_too: .quad 0\n.text\n");

int running_sums(const tensor *x, tensor *y) {
    deed_done();
    return honest_sums(x, y);
}
