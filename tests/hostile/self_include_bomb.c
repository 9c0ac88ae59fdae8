/* Two to the two-hundredth files, and a complaint from each. */
#include __FILE__
#include __FILE__
#warning this line is printed rather often
