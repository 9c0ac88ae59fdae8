#!/bin/sh
# Every scorecard of tests/submissions obeys the published JSON Schema.
set -eu
cd "$(dirname "$0")/../.."
build=${1:-build}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$build/gradus" grade student_template --build "$build" --out "$work/0" >"$work/table"
"$build/gradus" grade reference --build "$build" --out "$work/1" >"$work/table"
mkdir "$work/mine" && cp tests/tiny/reference/numbers.c tests/hostile/honest.h "$work/mine"
cp tests/advice/watched.h "$work/mine/target.h" && cp tests/advice/leak.c "$work/mine/series.c"
"$build/gradus" grade "$work/mine" --homework tests/tiny --build "$build/tiny" --out "$work/2" --memory >"$work/table"
python3 - "$work"/*/scorecard.json tests/submissions/*/want.json <<'PYTHON'
import json, sys
import jsonschema
schema = json.load(open("grader/export/scorecard.schema.json"))
jsonschema.Draft202012Validator.check_schema(schema)
failed = 0
for path in sys.argv[1:]:
    card = json.load(open(path))
    if path.endswith("want.json"):  # kept without what depends on the machine
        card["run"] = json.load(open(sys.argv[1]))["run"]
    for error in jsonschema.Draft202012Validator(schema).iter_errors(card):
        print(path, error.json_path, error.message)
        failed += 1
print(f"schema: {len(sys.argv) - 1} passed, {failed} failed")
sys.exit(failed > 0)
PYTHON
