#!/usr/bin/env python3
"""Holds a results.json against every rule of Gradescope's documentation, and against what gradus
promises beyond it: no test hidden, sums that agree, nothing of a hidden test in it.

    results.py RESULTS [--earned POINTS | --ungraded] [--scorecard FILE]

--ungraded: it must not have a score anywhere.  --scorecard: staff's view of the same grading, which
says which tests are hidden and what was fed to them.  Prints one line for each rule that is broken.
"""
import argparse, glob, json, re, sys
import jsonschema

FORMAT = {"enum": ["text", "html", "simple_format", "md", "ansi"]}
VISIBILITY = {"enum": ["hidden", "after_due_date", "after_published", "visible"]}
TEXT = {"type": "string", "maxLength": 100_000}
TEST = {
    "score": {"type": "number", "minimum": 0},
    "max_score": {"type": "number", "minimum": 0},
    "status": {"enum": ["passed", "failed"]},
    "name": TEXT,
    "name_format": FORMAT,
    "number": {"type": "string"},
    "output": TEXT,
    "output_format": FORMAT,
    "tags": {"type": "array", "items": {"type": "string"}},
    "visibility": VISIBILITY,
    "extra_data": {"type": "object"},
}
LEADER = {
    "name": {"type": "string"},
    "value": {"type": ["number", "string"]},
    "order": {"enum": ["asc", "desc"]},
}
TOP = {
    "score": {"type": "number", "minimum": 0},
    "execution_time": {"type": "number", "minimum": 0},
    "output": TEXT,
    "output_format": FORMAT,
    "test_output_format": FORMAT,
    "test_name_format": FORMAT,
    "visibility": VISIBILITY,
    "stdout_visibility": VISIBILITY,
    "extra_data": {"type": "object"},
    "tests": {"type": "array", "items": {"type": "object", "properties": TEST,
                                         "additionalProperties": False}},
    "leaderboard": {"type": "array", "items": {"type": "object", "properties": LEADER,
                                               "required": ["name", "value"],
                                               "additionalProperties": False}},
}
DOCUMENTED = {"type": "object", "properties": TOP, "additionalProperties": False}


def unique(pairs):
    keys = [key for key, _ in pairs]
    if len(set(keys)) < len(keys):
        raise ValueError(f"a key stands twice among {keys}")
    return dict(pairs)


def no_number(word):
    raise ValueError(f"{word} is no JSON")


def texts(value):
    """Every string in it, keys too."""
    if isinstance(value, str):
        yield value
    for child in value.items() if isinstance(value, dict) else enumerate(value) \
            if isinstance(value, list) else ():
        yield from texts(child[0])
        yield from texts(child[1])


def scores(results):
    return [t["score"] for t in results.get("tests", []) if "score" in t]


def broken_format(results):
    for error in jsonschema.Draft202012Validator(DOCUMENTED).iter_errors(results):
        words = "is longer than allowed" if error.validator == "maxLength" else error.message[:200]
        yield f"{error.json_path}: {words}"
    for text in texts(results):
        odd = re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\ud800-\udfff]", text)
        if odd:
            yield f"the character {odd.group()!r} stands in {text[:60]!r}"


def broken_visibility(results):
    """One test that is not visible hides the total from the student."""
    everywhere = [results] + results.get("tests", [])
    if any(part.get("visibility", "visible") != "visible" for part in everywhere):
        yield "not everything is visible, and so the student's total is not"
    if results.get("stdout_visibility") != "hidden":
        yield "stdout, where staff's table is, may be shown to students"
    if not results.get("output", "").strip():
        yield "there is no text for the whole submission"


def broken_sums(results):
    tests = results.get("tests", [])
    numbers = [t.get("number") for t in tests]
    if len(set(numbers)) < len(numbers):
        yield "two tests have the same number"
    for t in tests:
        if t.get("extra_data", {}).get("status") == "awaiting":
            if {"score", "max_score", "status"} & set(t):
                yield f"{t['number']} awaits something, and has a score or a status"
        elif not {"score", "max_score", "status"} <= set(t):
            yield f"{t['number']} has no score"
        elif t["score"] > t["max_score"]:
            yield f"{t['number']} has more points than there are"
        elif t["max_score"] > 0 and (t["status"] == "passed") != (t["score"] == t["max_score"]):
            yield f"{t['number']} is called {t['status']} with {t['score']} of {t['max_score']}"
    if "score" not in results:
        yield "there is no total"
    elif abs(sum(scores(results)) - results["score"]) > 1e-6:
        yield f"the total is {results['score']}, its tests add up to {sum(scores(results))}"


def broken_silence(results):
    if "score" in results or scores(results):
        yield "there is a score, although not everything was graded"
    if "not graded" not in results.get("output", ""):
        yield "the student is not told that something was not graded"


def staff_lines():
    """Lines of what students do not see, that say something and stand nowhere in public."""
    public, staff = set(), set()
    for path in glob.glob("grader/public/*.[ch]"):
        public.update(line.strip() for line in open(path))
    for path in glob.glob("problems/[0-9]*.md"):
        role = None
        for line in open(path):
            if line.startswith("```"):
                role = None if role is not None else line
                continue
            hidden = role and re.match(r"```(c hidden|mutant|rubric|answer)", role)
            (staff if hidden else public).add(line.strip(" +-\n"))
    return {line for line in staff - public if len(line) >= 24}


def told(facts):
    """What a student could learn of a hidden test's inputs and answers."""
    for key in ("fed", "expected", "returned", "property", "message"):
        yield from (line.strip() for line in str(facts.get(key, "")).splitlines())
    for key in ("got", "want", "worst_absolute", "seed"):
        yield str(facts.get(key, ""))


def broken_redaction(results, scorecard):
    tests = {t["number"]: t for t in results.get("tests", []) if "number" in t}
    everything = "\n".join(texts(results))
    for line in staff_lines():
        if line in everything:
            yield f"students can read a line of staff's: {line}"
    for card in scorecard["tests"]:
        test = tests.get(card["number"])
        if not test:
            yield f"{card['number']} is missing"
            continue
        if not card["hidden"]:
            continue
        if set(test.get("extra_data", {})) - {"status", "earned", "points"}:
            yield f"{card['number']} is hidden, and has {sorted(test['extra_data'])}"
        shown = test["name"] + "\n" + test.get("output", "")
        shapes = re.sub(r"(?m)^(Shapes|Hint): .*$", "", shown)
        for secret in told(card.get("facts") or {}):
            if len(secret) > 2 and re.search(rf"(?<![\w.]){re.escape(secret)}(?![\w.])", shapes):
                yield f"{card['number']} is hidden, and shows {secret}"
        if re.search(r"(?m)^Where: |\.md:\d", shown):
            yield f"{card['number']} is hidden, and shows its line"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("results")
    parser.add_argument("--earned", type=float)
    parser.add_argument("--ungraded", action="store_true")
    parser.add_argument("--scorecard")
    order = parser.parse_args()
    try:
        text = open(order.results, "rb").read().decode("utf-8", "strict")
        results = json.loads(text, object_pairs_hook=unique, parse_constant=no_number)
    except (OSError, ValueError) as mistake:
        print(f"{order.results}: {mistake}")
        return 1
    broken = list(broken_format(results))
    if not broken:
        broken += broken_visibility(results)
        broken += broken_silence(results) if order.ungraded else broken_sums(results)
        if order.earned is not None and results.get("score") != order.earned:
            broken.append(f"earned are {results.get('score')}, expected {order.earned}")
        if order.scorecard:
            broken += broken_redaction(results, json.load(open(order.scorecard)))
    for sentence in broken:
        print(f"{order.results}: {sentence}")
    return bool(broken)


if __name__ == "__main__":
    sys.exit(main())
