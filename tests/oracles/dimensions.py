"""Problem 2: what PyTorch's modules say of their sizes, parameters and products, and convolution
with the image wrapped around."""

import numpy
import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from golden import Family


def count_parameters(module):
    return sum(p.numel() for p in module.parameters())


# --- Tables ---


def conv(kernel, stride, padding, filters):
    return {"kind": "conv", "kernel": kernel, "stride": stride, "padding": padding,
            "filters": filters}


def pool(kernel, stride):
    return {"kind": "pool", "kernel": kernel, "stride": stride}


def connected(filters):
    return {"kind": "connected", "filters": filters}


FLATTEN = {"kind": "flatten"}
# C, H, W of the input, and the layers.
NETWORKS = [
    ((1, 28, 28), [conv(3, 1, 1, 10), pool(2, 2), conv(3, 1, 1, 10), pool(2, 2), FLATTEN,
                   connected(3)]),
    ((1, 28, 28), [conv(3, 1, 0, 10), pool(2, 2), conv(3, 1, 0, 10), pool(2, 2), FLATTEN,
                   connected(3)]),
    ((1, 28, 28), [conv(3, 1, 1, 10), conv(3, 1, 1, 10), FLATTEN, connected(3)]),
    ((3, 32, 32), [conv(4, 2, 0, 64)]),
    ((3, 224, 224), [conv(7, 2, 3, 64), pool(3, 2), conv(1, 1, 0, 64), conv(3, 1, 1, 64),
                     conv(1, 1, 0, 256)]),
    ((3, 227, 227), [conv(11, 4, 0, 96), pool(3, 2), conv(5, 1, 2, 256), pool(3, 2),
                     conv(3, 1, 1, 384), conv(3, 1, 1, 384), conv(3, 1, 1, 256), pool(3, 2),
                     FLATTEN, connected(4096), connected(4096), connected(1000)]),
    ((1, 32, 32), [conv(5, 1, 0, 6), pool(2, 2), conv(5, 1, 0, 16), pool(2, 2), FLATTEN,
                   connected(120), connected(84), connected(10)]),
    ((2, 17, 9), [conv(2, 3, 4, 5), pool(3, 1), conv(1, 2, 1, 7), FLATTEN, connected(1)]),
    ((784, 1, 1), [connected(50), connected(10), connected(3)]),
    ((5, 6, 7), [FLATTEN]),
    ((5, 6, 7), [pool(4, 3)]),
    ((1, 1, 1), [conv(3, 1, 1, 2)]),
    ((1, 4, 4), [conv(3, 1, 0, 2), pool(3, 1)]),
    ((1, 4, 9), [conv(5, 1, 0, 2)]),
]


def build(layer, shape):
    """The module for one layer and the bare sizes that it is made from."""
    kind = layer["kind"]
    if kind == "conv":
        return nn.Conv2d(shape[1], layer["filters"], layer["kernel"], layer["stride"],
                         layer["padding"])
    if kind == "pool":
        return nn.MaxPool2d(layer["kernel"], layer["stride"])
    if kind == "flatten":
        return nn.Flatten()
    return nn.Linear(shape[1:].numel(), layer["filters"])


def add_network(family, size, layers):
    """One table: parameters, C, H, W and numbers, of the input and behind each layer."""
    rows, products = [[0, *size, torch.Size(size).numel()]], 0
    given = {"input": torch.tensor(size), "layers": layers}
    title = "x".join(map(str, size)) + " " + " ".join(layer["kind"] for layer in layers)
    x = torch.zeros(1, *size)
    try:
        for layer in layers:
            if layer["kind"] == "connected":
                x = x.flatten(1)
            module = build(layer, x.shape)
            with FlopCounterMode(display=False) as counter:
                x = module(x)
            products += counter.get_total_flops() // 2  # a multiplication and an addition
            after = [*x.shape[1:], 1, 1][:3]
            rows.append([count_parameters(module), *after, x.numel()])
    except RuntimeError:
        family.add(title, "network_table", given, {"result": 1})
        family.add(title, "multiply_adds", given, {"result": -1})
        return
    family.add(title, "network_table", given, {"result": 0, "rows": torch.tensor(rows)})
    family.add(title, "multiply_adds", given, {"result": products})


def pool_or_refusal(size, k, stride):
    try:
        return F.max_pool1d(torch.zeros(1, 1, size), k, stride).shape[2]
    except RuntimeError:
        return -1


# --- Around the torus ---


def add_cyclic(family, x, w, b, note=""):
    """One column and one row before the image for each element of the filter but the last."""
    (n, c, height, width), (f, _, kh, kw) = x.shape, w.shape
    before = ((0, 0), (0, 0), (kh - 1, 0), (kw - 1, 0))
    y = F.conv2d(torch.from_numpy(numpy.pad(x.numpy(), before, mode="wrap")), w, b)
    if kh <= height and kw <= width:
        assert torch.equal(y, F.conv2d(F.pad(x, (kw - 1, 0, kh - 1, 0), mode="circular"), w, b))
    family.add(f"n{n}c{c}f{f} h{height}w{width} kh{kh}kw{kw}" + note, "cyclic_conv2d",
               {"x": x, "w": w, "b": b}, {"y": y})


def dimensions():
    family = Family("dimensions", "torch.nn modules, torch.utils.flop_counter, circular padding",
                    201)
    draw = family.draw
    for k, c, f in ((3, 1, 10), (3, 10, 10), (1, 1, 1), (7, 3, 64), (11, 3, 96), (2, 512, 1024)):
        family.add(f"k{k}c{c}f{f}", "conv_parameters", {"k": k, "c": c, "f": f},
                   {"result": count_parameters(nn.Conv2d(c, f, k, device="meta"))})
    for size, k, stride in ((28, 2, 2), (7, 2, 2), (112, 3, 2), (5, 3, 1), (5, 5, 9), (9, 1, 4),
                            (3, 4, 1), (1, 2, 2)):
        family.add(f"in{size}k{k}s{stride}", "pool_size", {"in": size, "k": k, "s": stride},
                   {"result": pool_or_refusal(size, k, stride)})
    for size, layers in NETWORKS:
        add_network(family, size, layers)
    for kh, kw in ((1, 1), (2, 2), (2, 3), (3, 1), (4, 2), (3, 5)):
        n, c, f = draw.between(1, 2), draw.between(1, 3), draw.between(1, 3)
        add_cyclic(family, draw.integers(n, c, kh + draw.between(0, 4), kw + draw.between(0, 4)),
                   draw.integers(f, c, kh, kw), draw.integers(f))
    add_cyclic(family, draw.integers(1, 1, 8, 8), draw.integers(3, 1, 2, 2), draw.integers(3),
               ": the sheet's sizes")
    add_cyclic(family, draw.integers(1, 2, 2, 3), draw.integers(2, 2, 5, 7), draw.integers(2),
               ": more than once around")
    add_cyclic(family, draw.decimals(2, 3, 6, 5), draw.decimals(4, 3, 2, 3), draw.decimals(4),
               ": fractions")
    return family


FAMILIES = [dimensions]
