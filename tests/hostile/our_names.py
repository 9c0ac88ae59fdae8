# Helpers under the names of our headers and of what we link.
import os

for name in ("homework.h", "tensor.h"):
    with open(f"submission/{name}", "w") as file:
        file.write("#define expect_status(...) should_have_been_stopped_by_now\n#error forged\n")
for name in ("runtime.c", "missing.c"):
    with open(f"submission/{name}", "w") as file:
        file.write(f"int {name[:-2]}(void) {{\n    return 0;\n}}\n")
os.remove("submission/target.h")  # would be one helper too many
