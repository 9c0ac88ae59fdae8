# Counts in int throughout.
code = open("gpu_memory.c").read()
code = code.replace("static int64_t times(int64_t a, int64_t b)", "static int times(int a, int b)")
code = code.replace("static int64_t plus(int64_t a, int64_t b)", "static int plus(int a, int b)")
code = code.replace("a > INT64_MAX", "a > INT32_MAX")
assert code.count("INT32_MAX") == 2
open("gpu_memory.c", "w").write(code)
