"""Whether a scorecard's advice on memory is what a file of tests/advice says of itself:

    advice.py SCORECARD SOURCE [PLAIN]    and whether all but the advice is as in the scorecard PLAIN
"""
import json, re, sys
from pathlib import Path

card = json.loads(Path(sys.argv[1]).read_text())
source = Path(sys.argv[2]).read_text()
told = {p["number"]: p for p in card["memory"]["problems"]}[2]
head = source[: source.index("*/")]
wanted = {
    (match[1], number)
    for number, line in enumerate(source.splitlines(), 1)
    if (match := re.search(r"/\* found: (\w+) \*/$", line))
}
state = re.search(r"state: (\w+)", head)[1]
says = re.search(r"says: (.*?) *$", head, re.S)
found = {(f["kind"], f["line"]) for f in told["findings"]}
assert all(f["file"] == "series.c" for f in told["findings"]), told
assert found == wanted, f"found {found}, not {wanted}: {told}"
assert told["state"] == state, told
assert not says or says[1] in told["sentence"], told
assert "sees nothing of what code asks it not to see" in card["memory"]["note"], card["memory"]
if len(sys.argv) > 3:
    plain = json.loads(Path(sys.argv[3]).read_text())
    assert "memory" not in plain
    for one in (card, plain):
        one.pop("run"), one.pop("memory", None)
    assert card == plain, "something else than the advice differs"
