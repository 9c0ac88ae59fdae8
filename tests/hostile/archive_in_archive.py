# The sources lie in an archive in an archive, and each of them holds itself twenty times.
import io, zipfile

def pack(files):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, bytes in files:
            archive.writestr(name, bytes)
    return packed.getvalue()

inner = pack([("series.c", open("submission/series.c", "rb").read())])
for depth in range(20):
    inner = pack([(f"{copy}.zip", inner) for copy in range(2 if depth < 8 else 1)])
with open("submission.zip", "wb") as out:
    out.write(pack([("numbers.c", open("submission/numbers.c").read()), ("inner.zip", inner)]))
