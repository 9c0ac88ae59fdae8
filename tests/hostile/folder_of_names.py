# The same in a folder, where names are bytes.
import os

for name in (b"-o.c", b"@options.c", b"--version.h", b'quote".c', b"$(touch ..).c", b"`id`.h", b"*.c", b"trailing.c ",
             b" .c", b"back\\slash.c", b"\xff\xfe.c", b"n" * 250 + b".c", b"=cmd|'!A0.c", b"\xe2\x80\xaegnp.c", b"\r.c",
             b"\x1b]0;owned\x07.h", b"SERIES.C", b"Series.c", b"series.c~", b".c"):
    with open(b"submission/" + name, "wb") as file:
        file.write(b"#error should have been stopped by now\n")
os.remove("submission/target.h")  # would be one helper too many
