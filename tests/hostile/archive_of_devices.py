# Devices, pipes and folders under the names of sources.
import tarfile

with tarfile.open("submission.tar.gz", "w:gz") as archive:
    archive.add("submission/numbers.c", "numbers.c")
    for name, kind in (("series.c", tarfile.CHRTYPE), ("pipe.c", tarfile.FIFOTYPE), ("disk.h", tarfile.BLKTYPE),
                       ("answers.md", tarfile.DIRTYPE), ("sparse.c", tarfile.GNUTYPE_SPARSE)):
        entry = tarfile.TarInfo(name)
        entry.type, entry.devmajor, entry.devminor, entry.mode = kind, 1, 5, 0o6777
        archive.addfile(entry)
