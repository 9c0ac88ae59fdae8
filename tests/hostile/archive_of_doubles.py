# Every file twice, the second one better; and once more with other letters.
import warnings, zipfile

warnings.simplefilter("ignore")
with zipfile.ZipFile("submission.zip", "w") as archive:
    for name in ("numbers.c", "series.c"):
        archive.write(f"submission/{name}", name)
    for name in ("numbers.c", "series.c", "SERIES.C", "Series.c", "./series.c", "series.c"):
        archive.writestr(name, "#error should have been stopped by now\n")
