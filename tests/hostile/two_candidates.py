# Two folders with the same files: one of them may be the better work.
import shutil

for folder in ("first", "second"):
    shutil.copytree("submission", f"taken/{folder}", ignore=lambda *_: [])
shutil.rmtree("submission")
shutil.move("taken", "submission")
