#!/usr/bin/env python3
"""Faults of ours: grades two submissions of the tiny homework while something fails, and demands
that nobody's points are wrong for it: either the right results, or none ("not graded", or the old
files as they were); that no process and no file is left; and that grading again gives the right ones.

    faults.py BUILD points|kills|places [all]

points: every library call of gradus and of its judges fails once (inject.c); without "all" a sample.
kills: gradus, judges and workers are ended by SIGKILL at moments drawn with a fixed seed.
places: full disks, closed and vanishing folders, a damaged build."""

import concurrent.futures, contextlib, itertools, os, random, resource, shutil, signal, subprocess
import sys, tempfile, threading, time
from pathlib import Path

from demands import Place, Truth, become_reaper, judge_again, judge_run, make_submissions

JOBS = 2
EINTR, EIO, EAGAIN, ENOMEM, EMFILE, ENOSPC, SHORT = 4, 5, 11, 12, 24, 28, 0
CLASSES = {
    "malloc": [ENOMEM], "map": [ENOMEM], "fork": [EAGAIN], "open": [EMFILE, EIO],
    "list": [EIO], "read": [EIO, EINTR, SHORT], "write": [ENOSPC, EINTR, SHORT], "stat": [EIO],
    "keep": [EIO, ENOSPC], "wait": [EINTR], "syscall": [ENOMEM],
}
PROCESSES = ["gradus", "judge-1", "judge-2"]
SAMPLES = int(os.environ.get("SAMPLES", 80))
KILLS = {"gradus": 100, "judge": 100, "anything": 25}
MOMENTS, ALL_MOMENTS = [-1, 0.3, 0.7], [-1, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]


# --- The parts ---


class Faults:
    def __init__(self, build, work, everything):
        self.work, self.everything = work, everything
        self.build = work / "product"
        self.build.mkdir()
        shutil.copy(build / "gradus", self.build)
        self.inject = shutil.copy(build / "tests/faults/inject.so", work)
        (self.build / "tiny").mkdir()
        for part in [*(build / "tiny").glob("judge-*"), build / "tiny/worker"]:
            copy = shutil.copytree if part.is_dir() else shutil.copy
            copy(part, self.build / "tiny" / part.name)
        make_submissions(work)
        self.truths = {s: Truth(Place(work, self.build, "truth"), s)
                       for s in ("right", "wrong", "right.zip", "wrong.zip")}
        self.passed, self.failures = 0, []

    def other(self, submission):
        return "wrong" if submission.startswith("right") else "right"

    def place(self, name, submission):
        """With the results of the other submission in it: a mixture of both would show."""
        place = Place(self.work, self.build, name)
        old = self.truths[self.other(submission)]
        (place.at / "out/scorecard.json").write_bytes(old.scorecard)
        (place.at / "out/results.json").write_bytes(old.results)
        (place.at / "out/attachments").mkdir()
        for file, content in old.attachments.items():
            (place.at / "out/attachments" / file).write_bytes(content)
        return place, old

    def tell(self, what, wrong, said):
        if wrong:
            self.failures.append(what)
            print(f"not so: {what}: {wrong}\n" + "".join(f"    {s}\n" for s in said.splitlines()[-8:]), flush=True)
        else:
            self.passed += 1

    def in_parallel(self, function, tasks):
        """In processes of their own, so that each reaps only what it started."""
        with concurrent.futures.ProcessPoolExecutor(JOBS, initializer=become_reaper) as pool:
            for outcome in pool.map(function, tasks, chunksize=4):
                self.tell(*outcome)


faults = None  # for the processes of the pool


def with_injection(place, submission, order):
    return place.grade(submission, LD_PRELOAD=str(faults.inject), INJECT=order,
                       INJECT_SEEN=str(place.at / "seen"))


def count_calls(task):
    submission, process, name = task
    place = Place(faults.work, faults.build, f"count-{os.getpid()}")
    with_injection(place, submission, f"{process} {name} 0 0")
    return place.seen()[0]


def try_point(task):
    submission, process, name, number, error = task
    what = f"{submission}: {process} {name} {number} {os.strerror(error) if error else 'short'}"
    place, old = faults.place(f"point-{os.getpid()}", submission)
    code = with_injection(place, submission, f"{process} {name} {number} {error}")
    said = place.said()
    wrong = judge_run(place, code, faults.truths[submission], old)
    if not wrong and code != 0:
        wrong = judge_again(place, submission, faults.truths[submission])
    return what, wrong, f"exit code {code}\n{said}"


def sample(tasks):
    """As many of each process and class, so that what is called seldom is tried as well."""
    kinds = {}
    for task in random.Random(182).sample(tasks, len(tasks)):
        kinds.setdefault(task[1:3], []).append(task)
    rounds = itertools.zip_longest(*kinds.values())
    return [t for row in rounds for t in row if t][:SAMPLES]


def points():
    tasks = []
    kinds = [(s, p, c) for s in ("wrong", "right.zip") for p in PROCESSES for c in CLASSES]
    with concurrent.futures.ProcessPoolExecutor(JOBS, initializer=become_reaper) as pool:
        counts = list(pool.map(count_calls, kinds))
    for (submission, process, name), count in zip(kinds, counts):
        tasks += [(submission, process, name, n, e) for n in range(1, count + 1)
                  for e in CLASSES[name]]
    print(f"{len(tasks)} points", flush=True)
    if not faults.everything:
        tasks = sample(tasks)
    faults.in_parallel(try_point, tasks)


# --- Kills ---


def children_of(pid):
    with contextlib.suppress(OSError, ValueError):
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        return [(int(c), Path(f"/proc/{c}/comm").read_text().strip()) for c in children]
    return []


def all_below(pid):
    below = children_of(pid)
    return below + [b for child, _ in below for b in all_below(child)]


def find_victim(process, victim, moment):
    """Waits for the moment, a share of what a run takes; a judge's moment begins with the judges."""
    if victim == "judge":
        while process.poll() is None and not any("judge" in name for _, name in children_of(process.pid)):
            time.sleep(0.0005)
        moment /= 3
    time.sleep(moment * faults.seconds)
    if victim == "gradus":
        return process.pid
    found = [p for p, name in all_below(process.pid) if victim == "anything" or "judge" in name]
    return found[hash(moment) % len(found)] if found else None


def try_kill(task):
    number, victim, submission, moment = task
    place, old = faults.place(f"kill-{os.getpid()}", submission)
    process = place.start(submission)
    pid = find_victim(process, victim, moment)
    name = "nothing"
    with contextlib.suppress(OSError):
        if pid:
            name = Path(f"/proc/{pid}/comm").read_text().strip()
            os.kill(pid, signal.SIGKILL)
    code = place.finish(process)
    said = place.said()
    truth = faults.truths[submission]
    wrong = judge_run(place, code, truth, old, killed=victim)
    if not wrong and (victim == "gradus" or number % 5 == 0):
        wrong = judge_again(place, submission, truth)
    return f"kill {number}: {name} at {moment:.3f}, {submission}", wrong, f"exit code {code}\n{said}"


def measure():
    """What a run takes while another one does."""
    place = Place(faults.work, faults.build, f"measure-{os.getpid()}")
    start = time.monotonic()
    for _ in range(4):
        place.grade("wrong")
    return (time.monotonic() - start) / 4


def kills():
    faults.seconds = measure() * 1.5
    draw = random.Random(182)
    faults.in_parallel(try_kill, [(i, victim, draw.choice(["wrong", "right.zip"]), draw.random())
                                  for victim, count in KILLS.items() for i in range(count)])


# --- Places ---


def fill(folder, free):
    """Leaves `free` KiB in a file system of a fixed size."""
    there = os.statvfs(folder)
    with open(folder / ".filler", "wb") as filler:
        filler.write(bytes(max(0, there.f_bavail * there.f_bsize - free * 1024)))


@contextlib.contextmanager
def small_disk(folder, free):
    """The folder, with what is in it, on a disk of its own with `free` KiB left."""
    aside = folder.with_name("aside")
    shutil.copytree(folder, aside)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m,mode=700", "none", folder], check=True)
    try:
        shutil.copytree(aside, folder, dirs_exist_ok=True)
        fill(folder, free)
        yield
    finally:
        (folder / ".filler").unlink(missing_ok=True)
        left = folder.with_name("left")
        shutil.copytree(folder, left, symlinks=True)
        subprocess.run(["umount", "-l", folder], check=True)
        shutil.rmtree(folder)
        left.rename(folder)
        shutil.rmtree(aside)


@contextlib.contextmanager
def later(moment, deed):
    """Does it while gradus runs."""
    timer = threading.Timer(moment * faults.seconds, deed)
    timer.start()
    yield
    timer.cancel()
    timer.join()


def remove(path):
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def truncate(path):
    os.truncate(path, path.stat().st_size // 2)


def replace(path, change):
    """As a whole: a program that runs cannot be written to."""
    new = path.with_name("new")
    new.write_bytes(change(path))
    new.chmod(0o755)
    new.rename(path)


def private(place, name):
    return [f / name for f in (place.at / "tmp").glob("gradus-run-*")]


def list_deeds():
    """Name, and what is done to a place (and its copy of what was built) at a moment, -1: before."""
    moments = ALL_MOMENTS if faults.everything else MOMENTS
    built = {"runtime.o": "worker/runtime.o", "homework.h": "worker/homework.h",
             "the judge": "judge-1", "the worker's parts": "worker"}
    changes = {"a script": lambda judge: b"#!/bin/sh\nexit 0\n",
               "half of it": lambda judge: judge.read_bytes()[:judge.stat().st_size // 2],
               "another": lambda judge: judge.with_name("judge-2").read_bytes()}
    for moment in moments:
        for name, path in built.items():
            yield f"remove {name}", moment, lambda place, path=path: remove(place.build / "tiny" / path)
        yield "truncate runtime.o", moment, lambda place: truncate(place.build / "tiny/worker/runtime.o")
        for name, change in changes.items():
            yield f"{name} in place of the judge", moment, lambda place, change=change: replace(
                place.build / "tiny/judge-1", change)
        yield "remove the memos", moment, lambda place: remove(place.at / "memo")
        if moment > 0:
            yield "remove the results", moment, lambda place: remove(place.at / "out")
            yield "move the submission", moment, lambda place: (place.at / "mine").rename(place.at / "gone")
            for part in ("", "files", "scratch"):
                yield f"remove the private {part}", moment, lambda place, part=part: [remove(f) for f in private(place, part)]


def try_deed(number):
    name, moment, deed = list(list_deeds())[number]
    submission = ("wrong", "right")[number % 2]
    truth = faults.truths[submission]
    place, old = faults.place(f"deed-{os.getpid()}", submission)
    shutil.copytree(faults.build, place.at / "product")
    shutil.copytree(faults.work / submission, place.at / "mine")
    place.build, place.submissions = place.at / "product", place.at
    if moment < 0:
        deed(place)
    with later(moment, lambda: deed(place)) if moment > 0 else contextlib.nullcontext():
        code = place.grade("mine")
    said = place.said()
    gone = not (place.at / "out/results.json").exists()
    wrong = None if gone and (code == 2 or name == "remove the results") else judge_run(place, code, truth, old)
    place.build, place.submissions = faults.build, faults.work
    (place.at / "memo").mkdir(exist_ok=True)
    return f"{name} at {moment}, {submission}", wrong or judge_again(place, submission, truth), f"exit code {code}\n{said}"


def limits_of(kind, amount):
    return lambda: resource.setrlimit(kind, (amount, amount))


def list_conditions():
    """Name, how gradus is started in it, and whether it must succeed all the same."""
    for free in (0, 4, 8, 12, 16, 20, 24, 32, 48):
        yield f"{free} KiB for the results", {"disk": ("out", free)}, False
    for free in (0, 16, 64, 512, 1500, 2500, 3500, 5000):
        yield f"{free} KiB for what is temporary", {"disk": ("tmp", free)}, False
    yield "no room for memos", {"disk": ("memo", 0)}, True
    yield "results that cannot be printed", {"stdout": "/dev/full"}, False
    yield "children that nobody waits for", {"before": lambda: signal.signal(signal.SIGCHLD, signal.SIG_IGN)}, True
    for most in range(4, 40, 3):
        yield f"{most} descriptors", {"before": limits_of(resource.RLIMIT_NOFILE, most)}, False
    for mib in (48, 64, 128, 256, 600):
        yield f"{mib} MiB of address space", {"before": limits_of(resource.RLIMIT_AS, mib << 20)}, False
    for kib in (1, 8, 24, 64, 512, 4096):
        yield f"{kib} KiB a file", {"before": limits_of(resource.RLIMIT_FSIZE, kib << 10)}, False
    for seconds in (1, 4):
        yield f"{seconds} seconds of processor time", {"before": limits_of(resource.RLIMIT_CPU, seconds)}, False
    yield "a small stack", {"before": limits_of(resource.RLIMIT_STACK, 256 << 10)}, False


def try_condition(number):
    name, how, succeeds = list(list_conditions())[number]
    submission = ("wrong", "right.zip")[number % 2]
    truth = faults.truths[submission]
    place, old = faults.place(f"condition-{os.getpid()}", submission)
    place.how = how
    disk = how.get("disk")
    with small_disk(place.at / disk[0], disk[1]) if disk else contextlib.nullcontext():
        code = place.grade(submission)
    place.how = {}
    said = place.said()
    wrong = f"exit code {code}" if succeeds and code != 0 else judge_run(place, code, truth, old)
    return f"{name}, {submission}", wrong or judge_again(place, submission, truth), f"exit code {code}\n{said}"


def places():
    faults.seconds = measure() * 1.5
    faults.in_parallel(try_deed, range(len(list(list_deeds()))))
    if os.geteuid() != 0:
        print("This is not root: full disks are not tried.")
    conditions = list(list_conditions())
    faults.in_parallel(try_condition, [i for i, c in enumerate(conditions)
                                       if os.geteuid() == 0 or "disk" not in c[1]])


if __name__ == "__main__":
    build, part, everything = Path(sys.argv[1]).resolve(), sys.argv[2], "all" in sys.argv[3:]
    with tempfile.TemporaryDirectory() as work:
        os.chmod(work, 0o755)
        faults = Faults(build, Path(work), everything)
        {"points": points, "kills": kills, "places": places}[part]()
        print(f"{part}: {faults.passed} passed, {len(faults.failures)} failed")
        sys.exit(1 if faults.failures else 0)
