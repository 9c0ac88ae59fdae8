# As many rows of samples as the allowed bytes hold, one within the other as deep as they go.
open("gpu_report.json", "w").write('{"schema": 1, "kind": "measurement", "epochs": ' +
                                   "[" * 120000 + "]" * 120000 + "}")
