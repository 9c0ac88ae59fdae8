"""One grading, and what is demanded of it whatever failed meanwhile: the right results or none; no
process and no file left; and the right results when it is graded again.  Knows the files that gradus
writes; nothing of faults."""

import contextlib, ctypes, json, os, shutil, struct, subprocess, time
from pathlib import Path

PATIENCE = 60  # seconds until a run counts as hung
root = Path(__file__).resolve().parents[2]


def become_reaper():
    """What gradus leaves running becomes ours when it ends: nothing can hide."""
    PR_SET_CHILD_SUBREAPER = 36
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


# --- Submissions, and what they must get ---


def make_submissions(work):
    answers = "# Two small problems\n\n## 1 why\n\nThe remainder is smaller each time.\n"
    for name in ("right", "wrong"):
        folder = work / name
        shutil.copytree(root / "tests/tiny/reference", folder)
        (folder / "answers.md").write_text(answers)
        (folder / "helper.h").write_text("#define SIGN(a) ((a) < 0 ? -(a) : (a))\n")
        (folder / "extra.c").write_text("int unused_helper(void);\nint unused_helper(void) { return 1; }\n")
        numbers = (folder / "numbers.c").read_text()
        wrong = numbers.replace("return a < 0 ? -a : a;", "return a;")
        right = numbers.replace("return a < 0 ? -a : a;", "return SIGN(a);")
        assert wrong != numbers
        (folder / "numbers.c").write_text('#include "helper.h"\n' + (right if name == "right" else wrong))
        shutil.make_archive(str(work / name), "zip", folder)


def without_moment(scorecard):
    card = json.loads(scorecard)
    del card["run"]
    return card


def without_hints(results, scorecard):
    """Both, parsed, as they are when the processes that look for hints did not live to tell one."""
    told, card = json.loads(results), without_moment(scorecard)
    for test in told["tests"]:
        lines = test.get("output", "").splitlines(True)
        test["output"] = "".join(s for s in lines if not s.startswith("Hint: "))
    for test in card["tests"]:
        test.pop("hint", None)
    return told, card


class Truth:
    """What a submission gets when nothing fails."""

    def __init__(self, place, submission):
        assert place.grade(submission) == 0, place.said()
        self.scorecard, self.results, self.attachments = place.whole()


# --- One grading ---


class Place:
    """A folder to grade in: out, tmp, memo, and what gradus printed."""

    def __init__(self, work, build, name):
        self.at, self.build = work / name, build
        self.submissions = work
        self.how = {}  # it is started
        shutil.rmtree(self.at, ignore_errors=True)
        for folder in ("out", "tmp", "memo"):
            (self.at / folder).mkdir(parents=True)
        (self.at / "seen").write_bytes(bytes(8))

    def command(self, submission):
        return [self.build / "gradus", "grade", self.submissions / submission, "--homework",
                root / "tests/tiny", "--build", self.build / "tiny", "--out", self.at / "out",
                "--memo", self.at / "memo"]

    def start(self, submission, **environment):
        environment = {**os.environ, "TMPDIR": str(self.at / "tmp"), **environment}
        with open(self.at / "said", "wb") as said, open(self.how.get("stdout", "/dev/null"), "wb") as other:
            return subprocess.Popen(self.command(submission), env=environment, stderr=said,
                                    stdout=other if "stdout" in self.how else said,
                                    stdin=subprocess.DEVNULL, preexec_fn=self.how.get("before"))

    def grade(self, submission, **environment):
        process = self.start(submission, **environment)
        return self.finish(process)

    def finish(self, process):
        """Its exit code, or None where it hung."""
        try:
            return process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return None

    def said(self):
        return (self.at / "said").read_text(errors="replace")

    def seen(self):
        return struct.unpack("ii", (self.at / "seen").read_bytes())

    def read(self, name):
        with contextlib.suppress(FileNotFoundError):
            return (self.at / "out" / name).read_bytes()

    def attachments(self):
        folder = self.at / "out/attachments"
        return {f.name: f.read_bytes() for f in folder.iterdir()} if folder.is_dir() else {}

    def whole(self):
        return self.read("scorecard.json"), self.read("results.json"), self.attachments()


# --- What is demanded ---


def scores_of(results):
    """Every score that the platform could add up."""
    tests = results.get("tests", [])
    return [o["score"] for o in [results, *tests] if o.get("score") is not None]


def first_difference(mine, right, where=""):
    if type(mine) is type(right) and isinstance(mine, (dict, list)) and len(mine) == len(right):
        keys = mine if isinstance(mine, dict) else range(len(mine))
        for key in keys:
            if isinstance(mine, dict) and key not in right:
                return f"{where}.{key} is new"
            if mine[key] != right[key]:
                return first_difference(mine[key], right[key], f"{where}.{key}")
    return f"{where} is {mine!r:.300}, not {right!r:.300}"


def find_wrong(place, truth, old=None):
    """What is wrong with results that are complete, or say that something is not graded."""
    scorecard, results = place.read("scorecard.json"), place.read("results.json")
    told = json.loads(results)
    if results == truth.results:
        old = None
    elif scores_of(told):
        return f"other results: {first_difference(told, json.loads(truth.results))}"
    if old and scorecard == old.scorecard:
        return None  # staff read it; the platform reads the other
    card, want = without_moment(scorecard), without_moment(truth.scorecard)
    if card["graded"] or results == truth.results:
        if card != want:
            return f"another scorecard: {first_difference(card, want)}"
        return None if place.attachments() == truth.attachments else "other attachments"
    for mine, right in zip(card["tests"], want["tests"]):
        if mine["status"] != "not_graded" and mine != right:
            return f"test {mine['number']} is {mine['status']}, not {right['status']}"
    return None


def lacks_only_hints(place, truth):
    """A hint is no point: a killed search for one costs nothing but the sentence."""
    mine = without_hints(place.read("results.json"), place.read("scorecard.json"))
    return mine == without_hints(truth.results, truth.scorecard) and place.attachments() == truth.attachments


def left_processes(patience):
    end = time.monotonic() + patience
    while True:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return False
        if pid == 0:
            if time.monotonic() > end:
                return True
            time.sleep(0.002)


def left_files(place, killed=False):
    """What lies in tmp, in memo under the name of a process, and in out beside the results.  The
    killed leave something; the next run takes it away."""
    names = {"scorecard.json", "results.json", "attachments"}
    strangers = [f for f in (place.at / "out").iterdir() if f.name not in names] if (place.at / "out").is_dir() else []
    told = "left behind" in place.said()
    left = [] if told else (place.at / "tmp").iterdir()
    if killed:  # between making an empty directory and removing it
        left = [f for f in left if not f.name.startswith("gradus-empty-")]
    return [*strangers, *left, *(() if killed else (place.at / "memo").glob("*.*"))]


def judge_run(place, code, truth, old, killed=None):
    """The first thing that is wrong with how a run ended, or None; `killed` is what was."""
    if code is None:
        return "it hung"
    if left_processes(5 if killed else 0.5):
        return "a process was left"
    if killed != "gradus":
        if code not in (0, 2):
            return f"it ended with code {code}"
        if left_files(place, killed):
            return f"left behind: {left_files(place, killed)}"
    if place.whole() == (old.scorecard, old.results, old.attachments):
        return "exit code 0, and nothing was written" if code == 0 else None
    try:
        wrong = find_wrong(place, truth, old)
    except (TypeError, KeyError, ValueError) as error:
        return f"no whole results: {error!r}"
    if wrong and killed and lacks_only_hints(place, truth):
        return None
    if wrong:
        return wrong
    if code == 0 and place.read("results.json") != truth.results:
        return "exit code 0 where something is not graded"
    return None


def judge_again(place, submission, truth):
    """Grading once more, undisturbed, into the same places.  A private directory that is left is
    younger than what gradus sweeps up, so that it is taken away here."""
    for left in (place.at / "tmp").glob("gradus-*"):
        shutil.rmtree(left)
    code = place.grade(submission)
    if code != 0:
        return f"grading again ended with {code}"
    if left_processes(0.5):
        return "grading again left a process"
    wrong = find_wrong(place, truth)
    if wrong or left_files(place):
        return f"grading again: {wrong or left_files(place)}"
    return None
