#!/usr/bin/env python3
"""What PyTorch takes on one thread: training steps of problem 6's networks, and the homework's
convolution shapes forwards and backwards in float64.  Prints `name value` lines as training_bench
and convolution_bench do, microseconds, medians of processor time; steps once for each dtype.

    pytorch_steps.py [SECONDS-PER-LINE]

Debian's python3-torch links the reference BLAS and is several times slower than one with MKL or
OpenBLAS: a comparison with it says little."""

import re
import statistics
import sys
import time

import torch
import torch.nn.functional as F
from torch import nn

SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 2.0
# N, C, H = W, F, K; "same" padding.
CONVOLUTIONS = ((10, 1, 28, 3, 7), (10, 3, 14, 3, 7), (10, 3, 32, 64, 3))


def median(work):
    for _ in range(20):
        work()
    times, end = [], time.process_time() + SECONDS
    while time.process_time() < end or len(times) < 11:
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return 1e6 * statistics.median(times)


def simple_cnn():
    def conv(channels):
        return nn.Conv2d(channels, 3, 7, padding=3, padding_mode="reflect")

    return nn.Sequential(conv(1), nn.ReLU(), nn.MaxPool2d(2), conv(3), nn.ReLU(),
                         nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(3, 3))


def mlp():
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 50), nn.ReLU(), nn.Linear(50, 10), nn.ReLU(),
                         nn.Linear(10, 3))


def training_step(network, dtype):
    """Forward, backward and a momentum step on ten pictures."""
    network = network.to(dtype)
    optimiser = torch.optim.SGD(network.parameters(), lr=0.01, momentum=0.9)
    pictures, labels = torch.rand(10, 1, 28, 28, dtype=dtype), torch.arange(10) % 3

    def step():
        optimiser.zero_grad()
        F.cross_entropy(network(pictures), labels).backward()
        optimiser.step()

    return step


def convolution(shape):
    """Forward and backward, float64."""
    n, c, size, f, k = shape
    x, w, b = (torch.randn(*s, dtype=torch.float64, requires_grad=True)
               for s in ((n, c, size, size), (f, c, k, k), (f,)))
    dy = torch.randn(n, f, size, size, dtype=torch.float64)

    def work():
        x.grad = w.grad = b.grad = None
        F.conv2d(x, w, b, padding=k // 2).backward(dy)

    return work


def show(name, work):
    print(name, f"{median(work):.1f}", flush=True)


def main():
    torch.manual_seed(0)
    torch.set_num_threads(1)
    blas = re.search(r"BLAS_INFO=(\w+)", torch.__config__.show())
    print(f"# PyTorch {torch.__version__}, BLAS: {blas.group(1) if blas else 'unknown'}")
    for name, network in (("cnn", simple_cnn), ("mlp", mlp)):
        for dtype in (torch.float32, torch.float64):
            show(f"{name}_step_us_{str(dtype)[6:]}", training_step(network(), dtype))
    for shape in CONVOLUTIONS:
        show("_".join(map(str, ("conv", *shape, "us"))), convolution(shape))


if __name__ == "__main__":
    main()
