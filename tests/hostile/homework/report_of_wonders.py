# A report that claims to be a measurement: of a card of a megabyte, as fast as light.
import json
import sys

report = json.load(open(f"{sys.argv[1]}/problems/support/gpu_report.example.json"))
report["kind"] = "measurement"
report["device"]["total"] = 1
report["context"] = {"before": 0, "loaded": 1}
for row in report["optimisers"] + report["batches"] + report["epochs"]:
    row["memory"] = 1
for row in report["batches"]:
    row.update(accuracy=1, seconds=0.001)
report["largest"] = {"fits": 4096, "fails": 4097}
json.dump(report, open("gpu_report.json", "w"))
