# An archive of nothing.
import zipfile

zipfile.ZipFile("submission.zip", "w").close()
