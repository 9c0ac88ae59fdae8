# Words for terminals and browsers, in every free text of a report.
import json
import sys

words = "\u001b[31m\u202e<script></script>"
report = json.load(open(f"{sys.argv[1]}/problems/support/gpu_report.example.json"))
report["kind"] = "measurement"
report["device"].update(name=words, driver=words)
report["software"].update(version=words, cudnn=words)
json.dump(report, open("gpu_report.json", "w"))
