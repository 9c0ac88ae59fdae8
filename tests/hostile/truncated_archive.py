# The first part of an archive.
import tarfile

with tarfile.open("submission.tar", "w") as archive:
    for name in ("numbers.c", "series.c"):
        archive.add(f"submission/{name}", name)
with open("submission.tar", "r+b") as file:
    file.truncate(700)
