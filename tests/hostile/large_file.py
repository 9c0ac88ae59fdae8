# Ten megabytes for a file of eight kilobytes.
with open("submission/series.c", "ab") as file:
    file.write(b" " * (10 << 20))
