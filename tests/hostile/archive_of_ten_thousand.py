# More entries than anybody has files.
import tarfile

with open("submission.tar", "wb") as archive:
    archive.write(tarfile.TarInfo("notes.txt").tobuf() * 10001 + bytes(1024))
