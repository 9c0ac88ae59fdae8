#!/usr/bin/env python3
"""Writes the golden data beside this script: what PyTorch and SciPy make of the operations of the
homework, in float64, on one thread.  For developers; neither the build nor the tests need it.

    make_oracles.py           writes the files
    make_oracles.py --check   compares what is checked in with what is made now, to 1e-12
"""

import json
import pathlib
import sys

import torch

import convolutions
import dimensions
import filters
import layers
import memory
import steps
import trajectories
from golden import differences

HERE = pathlib.Path(__file__).resolve().parent
MODULES = (filters, dimensions, convolutions, layers, memory, trajectories, steps)
FAMILIES = [family for module in MODULES for family in module.FAMILIES]


def main():
    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)
    check = sys.argv[1:] == ["--check"]
    if sys.argv[1:] and not check:
        sys.exit(__doc__)
    found, cases = 0, 0
    for make in FAMILIES:
        family = make()
        path = HERE / f"{family.name}.json"
        cases += len(family.cases)
        if not check:
            path.write_text(family.text())
            continue
        for line in differences(json.loads(path.read_text()), json.loads(family.text())):
            print(f"{family.name}{line}")
            found += 1
    print(f"{cases} cases, {found} differences" if check else f"{cases} cases written")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
