# Some kilobytes that unpack to a hundred megabytes.
import zipfile

with zipfile.ZipFile("submission.zip", "w", zipfile.ZIP_DEFLATED) as archive:
    for name in ("numbers.c", "series.c"):
        archive.write(f"submission/{name}", name)
    with archive.open("helper.c", "w") as helper:
        for _ in range(100):
            helper.write(bytes(1 << 20))
