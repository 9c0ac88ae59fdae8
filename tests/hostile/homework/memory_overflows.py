# Multiplies and adds without a look at what fits: undefined, and on this machine it wraps around.
code = open("gpu_memory.c").read()
for wanted, given in [("b > 0 && a > INT64_MAX / b ? -1 : a * b", "a * b"),
                      (" || a > INT64_MAX - b ? -1", " ? -1")]:
    assert wanted in code
    code = code.replace(wanted, given)
open("gpu_memory.c", "w").write(code)
