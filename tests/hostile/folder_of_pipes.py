# Files that never end when somebody opens them, and a socket.
import os, socket

os.remove("submission/series.c")
for name in ("series.c", "helper.c", "helper.h", "answers.md"):
    os.mkfifo(f"submission/{name}", 0o666)
socket.socket(socket.AF_UNIX).bind("submission/socket.c")
