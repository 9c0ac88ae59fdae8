# Sources that are links to what nobody may read, to devices, and to each other.
import os, re

reference = re.search(r'REFERENCE "(.*)"', open("submission/target.h").read())[1]
os.remove("submission/series.c")
for name, to in (("series.c", reference), ("zero.c", "/dev/zero"), ("self.c", "self.c"),
                 ("up.c", "../canary"), ("passwd.h", "/etc/passwd"), ("answers.md", "/etc/passwd"),
                 ("folder", "/proc/self/root")):
    os.symlink(to, f"submission/{name}")
