# An archive that says it is encrypted.
import zipfile

with zipfile.ZipFile("submission.zip", "w") as archive:
    archive.write("submission/series.c", "series.c")
with open("submission.zip", "r+b") as file:
    bytes = bytearray(file.read())
    bytes[6] |= 1
    bytes[bytes.index(b"PK\x01\x02") + 8] |= 1
    file.seek(0)
    file.write(bytes)
