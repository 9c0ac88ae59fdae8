# A standard library of one's own, beside the sources that include the real one.
import os

for name in ("stdio.h", "math.h"):
    with open(f"submission/{name}", "w") as file:
        file.write("#error should have been stopped by now\n")
os.remove("submission/target.h")  # would be one helper too many
