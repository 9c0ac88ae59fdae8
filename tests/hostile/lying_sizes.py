# Headers that promise four gigabytes, and one that promises nothing.
import zipfile

with zipfile.ZipFile("submission.zip", "w") as archive:
    for name in ("numbers.c", "series.c"):
        archive.write(f"submission/{name}", name)
with open("submission.zip", "r+b") as file:
    bytes = bytearray(file.read())
    at = bytes.index(b"series.c") - 30
    bytes[at + 18 : at + 26] = b"\xff\xff\xff\xff\xff\xff\xff\xff"
    central = bytes.rindex(b"series.c") - 46
    bytes[central + 20 : central + 28] = b"\xff" * 8
    file.seek(0)
    file.write(bytes)
