# A million samples, in more bytes than a report may have.
import json
import sys

report = json.load(open(f"{sys.argv[1]}/problems/support/gpu_report.example.json"))
report["kind"] = "measurement"
report["optimisers"][0]["samples"] = [2120] * 1000000
json.dump(report, open("gpu_report.json", "w"))
