# A zip that puts its files outside the folder that it is unpacked into, where the canary is.
import zipfile

with zipfile.ZipFile("submission.zip", "w") as archive:
    for name in ("numbers.c", "series.c"):
        archive.write(f"submission/{name}", name)
    for out in ("../canary", "../../canary", "../drop/climbed.c"):
        archive.writestr(out, "should have been stopped by now\n")
