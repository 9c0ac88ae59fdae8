# Has the largest number for what does not fit, instead of none.
code = open("gpu_memory.c").read()
for wanted, given in [("INT64_MAX / b ? -1", "INT64_MAX / b ? INT64_MAX"),
                      ("return a < 0 || b < 0 || a > INT64_MAX - b ? -1 : a + b;",
                       "return a < 0 || b < 0 ? -1 : a > INT64_MAX - b ? INT64_MAX : a + b;")]:
    assert wanted in code
    code = code.replace(wanted, given)
open("gpu_memory.c", "w").write(code)
