#!/bin/sh
# What gpu_report.schema.json says of a report and what is read of it are the same; honest reports are
# valid by both, and `make report` tells of each what the tests will say.
set -eu
cd "$(dirname "$0")/../.."
build=${1:-build}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp problems/support/gpu_report.example.json "$work"
make BUILD="$build" report REPORT="$work/gpu_report.example.json" >"$work/said" 2>&1 && exit 1
grep -q 'WRONG  model-size' "$work/said"
"$build/tests/unit/report_test" write "$work"
python3 - "$(find "$build" -path '*programs/report' -type f)" "$work" <<'PYTHON'
import copy, json, pathlib, subprocess, sys
import jsonschema

program, work = sys.argv[1], pathlib.Path(sys.argv[2])
schema = json.load(open("problems/support/gpu_report.schema.json"))
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
passed, failed = 0, []


def claim(holds, words):
    global passed
    if holds:
        passed += 1
    else:
        failed.append(words)


def run(path):
    return subprocess.run([program, path], capture_output=True, text=True, timeout=60)


def agree(report, words):
    """Both take it or both refuse it; returns whether they took it."""
    path = work / "changed.json"
    path.write_text(json.dumps(report))
    said = run(path)
    valid = validator.is_valid(report)
    claim(said.returncode in (0, 1, 2) and valid == (said.returncode != 2),
          f"{words}: {'valid' if valid else 'invalid'} by the schema, but {said.stdout.strip()[:200]}")
    return valid


def variants(part, path):
    """Every way to spoil one field, with whether it may still be valid: (words, place, new value)."""
    if part.get("type") == "object":
        yield "unknown key", path + ["unknown"], 1
        for name, inner in part["properties"].items():
            yield "left out", path + [name], KeyError
            yield from variants(inner, path + [name])
    elif part.get("type") == "array":
        yield "no list", path, {}
        yield "too long", path, "longer"
        yield from variants(part["items"], path + [0])
    else:
        yield "null", path, None
        yield "list", path, [1]
        yield "number", path, 7
        yield "negative", path, -1
        yield "fraction", path, 0.5
        yield "text", path, "7"
        yield "long text", path, "x" * 96
        yield "answer", path, True
        if "minimum" in part:
            yield "least", path, part["minimum"]
        if "maximum" in part:
            yield "most", path, part["maximum"]
            yield "too much", path, part["maximum"] + 1
        for word in part.get("enum", []):
            yield word, path, word


def spoil(report, path, value):
    for name in path[:-1]:
        if isinstance(report, list) and not report:
            return False
        report = report.setdefault(name, {}) if isinstance(report, dict) else report[name]
    last = path[-1]
    if isinstance(report, list) and not report:
        return False
    if value is KeyError:
        report.pop(last, None)
    elif value == "longer":
        limit = 5000
        report[last] = (report.get(last) or [1]) * limit
    else:
        report[last] = value
    return True


for path in sorted(work.glob("honest-*.json")):
    report = json.loads(path.read_text())
    claim(validator.is_valid(report), f"{path.name} is not valid")
    claim(run(path).returncode == 0, f"{path.name} costs points")
claim(validator.is_valid(json.load(open(work / "gpu_report.example.json"))), "the example is not valid")

honest = json.loads((work / "honest-4.json").read_text())  # it has levers
taken = refused = 0
for words, path, value in variants(schema, []):
    report = copy.deepcopy(honest)
    if spoil(report, path, value):
        valid = agree(report, f"{'.'.join(map(str, path))}, {words}")
        taken, refused = taken + valid, refused + (not valid)
claim(taken > 60 and refused > 200, f"only {taken} taken and {refused} refused")
for words in failed:
    print(words)
print(f"report: {passed} passed, {len(failed)} failed")
sys.exit(len(failed) > 0)
PYTHON
