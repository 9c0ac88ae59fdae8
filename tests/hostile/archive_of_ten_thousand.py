# More entries than anybody has files.
import tarfile

with tarfile.open("submission.tar", "w") as archive:
    for i in range(10001):
        archive.addfile(tarfile.TarInfo(f"{i}.txt"))
    archive.add("submission/series.c", "series.c")
