/* Debug sections for the linker to read when it looks for the line of a mistake. */
#include "honest.h"
__asm__(".section .debug_info,\"\",@progbits\n.long 0xfffffff0\n.value 5\n.byte 1, 8\n.long 0x7fffffff\n"
        ".fill 4096, 1, 0xff\n.section .debug_abbrev,\"\",@progbits\n.fill 64, 1, 0x81\n"
        ".section .debug_line,\"\",@progbits\n.long 0x7ffffff0\n.value 4\n.long 0xffffff\n"
        ".fill 256, 1, 0xfb\n.section .debug_str,\"MS\",@progbits,1\n.ascii \"never ends\"\n"
        ".section .eh_frame,\"a\",@progbits\n.long 0xffffffff, 0x12345678, 3\n.text\n");
int missing_everywhere(void);
int wanted(void) {
    return missing_everywhere();
}

int running_sums(const tensor *x, tensor *y) {
    deed_done();
    return honest_sums(x, y);
}
