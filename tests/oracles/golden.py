"""What golden data is made of: reproducible numbers, cases, and the files that hold them.  Knows
nothing of the operations."""

import json
import math
import platform

import numpy
import scipy
import torch

MASK = (1 << 64) - 1


class Draw:
    """SplitMix64, as in grader/public/random.c: the same numbers from the same seed, everywhere."""

    def __init__(self, seed):
        self.state = seed

    def bits(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        return z ^ (z >> 31)

    def uniform(self):
        return (self.bits() >> 11) * 2.0**-53

    def between(self, low, high):
        """A whole number, both ends included."""
        span = high - low + 1
        surplus = (1 << 64) % span
        bits = self.bits()
        while bits < surplus:
            bits = self.bits()
        return low + bits % span

    def integers(self, *shape, low=-9, high=9):
        count = math.prod(shape)
        numbers = [float(self.between(low, high)) for _ in range(count)]
        return torch.tensor(numbers, dtype=torch.float64).reshape(shape)

    def decimals(self, *shape):
        """Numbers with three decimals: short in a file, and none that sums leave unrounded."""
        return self.integers(*shape, low=-2000, high=2000) / 1000


class Family:
    """The cases of one file.  A case is a call, what it is given and what must come out."""

    def __init__(self, name, about, seed):
        self.name, self.about, self.seed = name, about, seed
        self.cases = []
        self.draw = Draw(seed)

    def add(self, case, call, given, want, scale=None):
        """`scale` names outputs whose error is measured against another size than their own largest
        number: those that cancel."""
        entry = {"case": case, "call": call, "given": plain(given), "want": plain(want)}
        if scale:
            entry["scale"] = plain(scale)
        self.cases.append(entry)

    def text(self):
        head = {
            "family": self.name,
            "about": self.about,
            "seed": self.seed,
            "python": platform.python_version(),
            "numpy": numpy.__version__,
            "scipy": scipy.__version__,
            "torch": torch.__version__.split("+")[0],
        }
        lines = [json.dumps(head)[:-1] + ',', ' "cases": [']
        cases = [json.dumps(case, separators=(",", ":")) for case in self.cases]
        return "\n".join(lines) + "\n" + ",\n".join(cases) + "\n]}\n"


def plain(value):
    """What JSON can hold: tensors as shape and numbers, whole numbers without a point."""
    if isinstance(value, dict):
        return {name: plain(v) for name, v in value.items()}
    if isinstance(value, numpy.ndarray):
        value = torch.from_numpy(numpy.ascontiguousarray(value))
    if isinstance(value, torch.Tensor):
        numbers = value.detach().reshape(-1).tolist()
        return {"shape": list(value.shape), "at": [plain(v) for v in numbers]}
    if isinstance(value, float):
        assert math.isfinite(value)
        return int(value) if value == int(value) and abs(value) < 2**53 else value
    return value


# --- Comparing ---


def differences(old, new, where=""):
    """Yields a line for everything that two decoded files do not have in common, versions apart."""
    if isinstance(old, dict) and isinstance(new, dict):
        for name in sorted(old.keys() | new.keys()):
            if name in ("python", "numpy", "scipy", "torch"):
                continue
            if name not in old or name not in new:
                yield f"{where}.{name}: only in {'the file' if name in old else 'what is made now'}"
            else:
                yield from differences(old[name], new[name], f"{where}.{name}")
    elif isinstance(old, list) and isinstance(new, list):
        yield from list_differences(old, new, where)
    elif isinstance(old, (int, float)) and isinstance(new, (int, float)):
        if abs(old - new) > 1e-12 * max(abs(old), abs(new)):
            yield f"{where}: {old!r} in the file, {new!r} now"
    elif old != new:
        yield f"{where}: {old!r} in the file, {new!r} now"


def list_differences(old, new, where):
    if len(old) != len(new):
        yield f"{where}: {len(old)} in the file, {len(new)} now"
    elif old and all(isinstance(v, (int, float)) for v in old + new):
        room = 1e-12 * max(abs(v) for v in old)
        for i, (a, b) in enumerate(zip(old, new)):
            if not abs(a - b) <= room:
                yield f"{where}[{i}]: {a!r} in the file, {b!r} now"
    else:
        for i, (a, b) in enumerate(zip(old, new)):
            yield from differences(a, b, f"{where}[{i}]")
