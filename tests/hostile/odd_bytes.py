# The honest work as other editors write it, and a helper of bytes that are no text.
import os

work = open("submission/series.c", "rb").read()
with open("submission/series.c", "wb") as file:
    file.write(b"\xef\xbb\xbf" + work.replace(b"\n", b"\r\n") + b"// \xff\xfe \xc3\x28 \0 \x1a\r\n")
with open("submission/helper.c", "wb") as file:
    file.write(b"// \0\0\0 \xe2\x80\xae \x1b[31m\\\n\nint no_one_calls_it;")
os.remove("submission/target.h")  # would be one helper too many
