# A link to a file of the machine, under the name of a file of data.
import os

os.symlink("/etc/passwd", "submission/remainders.txt")
