# A pipe that nobody writes to, under the name of a file of data.
import os

os.mkfifo("submission/remainders.txt")
