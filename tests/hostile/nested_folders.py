# The work lies three folders deep, and beside it a heap of other folders.
import os

os.makedirs("submission/hw4/hw4/work")
for name in ("numbers.c", "series.c"):
    os.rename(f"submission/{name}", f"submission/hw4/hw4/work/{name}")
for other in (".git/hooks", "__MACOSX/hw4", "build/x86/release/deep/deeper", "node_modules/a/b/c"):
    os.makedirs(f"submission/{other}")
    with open(f"submission/{other}/series.c", "w") as file:
        file.write("#error should have been stopped by now\n")
