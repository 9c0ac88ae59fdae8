# Some kilobytes that unpack to more than sixty megabytes.
import zipfile

with zipfile.ZipFile("submission.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
    for name in ("numbers.c", "series.c"):
        archive.write(f"submission/{name}", name)
    archive.writestr("helper.c", bytes(65 << 20))
