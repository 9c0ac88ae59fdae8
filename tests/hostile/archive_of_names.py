# Names that are commands, options, texts for a terminal, formulas or no names at all.
import zipfile

names = ["-o.c", "@options.c", "--version.h", "line\nbreak.c", 'quote".c', "$(touch ..).c", "`id`.h", "a;b.c", "*.c",
         "\x1b[2Jclear.c", "\u202egnp.c", "=cmd|'!A0.c", "<script>.h", "trailing.c ", " .c", "C:\\x.c", "n" * 4096 + ".c",
         "n" * 255 + "/n.c", ".c", "..", "./", "con.c", "x\x00.c", "%n%s.c", "series.c/", "/series.c", "\xff.c"]
with zipfile.ZipFile("submission.zip", "w") as archive:
    for name in ("numbers.c", "series.c"):
        archive.write(f"submission/{name}", name)
    for name in names:
        entry = zipfile.ZipInfo("x")
        entry.filename = name
        archive.writestr(entry, "#error should have been stopped by now\n")
