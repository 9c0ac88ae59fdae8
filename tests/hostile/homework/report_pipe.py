# A pipe that nobody writes to, under the name of a report.
import os

os.mkfifo("gpu_report.json")
