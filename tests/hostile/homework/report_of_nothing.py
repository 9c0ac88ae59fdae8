# Claims to be a measurement, and measured nothing.
open("gpu_report.json", "w").write('{"schema": 1, "kind": "measurement", "made_by": "hand", '
                                   '"units": "MiB"}')
