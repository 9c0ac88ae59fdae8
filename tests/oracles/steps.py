"""Whole training steps of ResNets, at their true depths and widths: losses, the gradients of the first
step, weights and running statistics after some, with three optimisers; and how images are resized.

Weights and images are drawn here as steps.c draws them, so that the file holds only what comes out: of
each tensor its norm, and its products with vectors of random signs, relative to that norm.  Run as a
program, says how far PyTorch's own float32 is from its float64, which is the truth here."""

import math
import sys

import numpy
import torch
from torch import nn
from torchvision.models.resnet import BasicBlock, Bottleneck, ResNet

from golden import Family

STEP = 0x9E3779B97F4A7C15
MASK = (1 << 64) - 1
MEANS, DEVIATIONS = (0.4914, 0.4822, 0.4465), (0.2023, 0.1994, 0.2010)
CLASSES, HEIGHT, WIDTH, BATCH, PROBES = 4, 40, 36, 3, 2
NETS = {18: ((2, 2, 2, 2), BasicBlock), 152: ((3, 8, 36, 3), Bottleneck)}
WEIGHTS, IMAGES, SIGNS = 1, 2, 3  # seeds


# --- What is drawn ---


def mix(z):
    z = (z ^ (z >> numpy.uint64(30))) * numpy.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> numpy.uint64(27))) * numpy.uint64(0x94D049BB133111EB)
    return z ^ (z >> numpy.uint64(31))


def bits(seed, purpose, count):
    """The first draws of draws_from(seed, purpose) in problems/support/draws.h."""
    with numpy.errstate(over="ignore"):
        start = mix(mix(numpy.uint64((seed + STEP) & MASK))
                    + numpy.uint64(purpose * STEP & MASK))
        return mix(start + numpy.arange(1, count + 1, dtype=numpy.uint64) * numpy.uint64(STEP))


def purpose(name):
    number = 0
    for byte in name.encode():
        number = (number * 31 + byte) & MASK
    return number


def uniform(seed, name, count):
    """In [-1, 1), with 16 bits: exact also in float32, and where something short is added."""
    whole = (bits(seed, purpose(name), count) >> numpy.uint64(48)).astype(numpy.float64)
    return (whole - 2.0**15) * 2.0**-15


def bound(terms):
    """The largest power of two whose square is at most 6 / terms."""
    k = 0
    while 6 << 2 * k < terms:
        k += 1
    return 2.0**-k


def first_weights(layer, name, closes):
    """Weights and biases of a layer; `closes`: of a norm that ends a block.  Those are small: with
    factors of 1/4 ResNet-152 is so far from linear that float32 gradients are 9 % off."""
    count = sum(p.numel() for p in layer.parameters())
    u = uniform(WEIGHTS, name, count)
    if isinstance(layer, nn.BatchNorm2d):
        half = count // 2
        return (2.0**-4 if closes else 1) * (1 + u[:half] / 4), u[half:] / 8
    n = layer.weight.numel()
    weights = u[:n] * bound(n // layer.weight.shape[0])
    if isinstance(layer, nn.Conv2d):
        o, i, k, _ = layer.weight.shape
        return weights.reshape(o, k, k, i).transpose(0, 3, 1, 2), None
    return weights.reshape(layer.weight.shape), u[n:] / 8


def images(step, dtype):
    count = 3 * HEIGHT * WIDTH
    drawn = numpy.stack([bits(IMAGES, BATCH * step + n, count + 1) >> numpy.uint64(56)
                         for n in range(BATCH)])
    labels = torch.from_numpy((drawn[:, 0] % CLASSES).astype(numpy.int64))
    pixels = torch.from_numpy(drawn[:, 1:].astype(numpy.float64)).reshape(-1, 3, HEIGHT, WIDTH)
    return normalise(pixels).to(dtype), labels


def normalise(pixels):
    return (pixels / 255 - torch.tensor(MEANS).view(3, 1, 1)) / torch.tensor(DEVIATIONS).view(3, 1, 1)


# --- Networks ---


def named_layers(net):
    """Those that learn, in the order of problems/support/resnet.c: a block's shortcut comes before its
    last convolution."""
    yield from (("conv1", net.conv1), ("bn1", net.bn1))
    for stage in range(1, 5):
        for i, block in enumerate(getattr(net, f"layer{stage}")):
            count = 3 if isinstance(block, Bottleneck) else 2
            for k in range(1, count + 1):
                if k == count and block.downsample is not None:
                    for j in range(2):
                        yield f"layer{stage}.{i}.downsample.{j}", block.downsample[j]
                for kind in ("conv", "bn"):
                    yield f"layer{stage}.{i}.{kind}{k}", getattr(block, f"{kind}{k}")
    yield "fc", net.fc


def make_net(depth, dtype):
    blocks, kind = NETS[depth]
    net = ResNet(kind, list(blocks), num_classes=CLASSES).to(dtype)
    last = ".bn2" if kind is BasicBlock else ".bn3"
    with torch.no_grad():
        for name, layer in named_layers(net):
            weights, biases = first_weights(layer, name, name.endswith(last))
            layer.weight.copy_(torch.from_numpy(numpy.ascontiguousarray(weights)))
            if biases is not None:
                layer.bias.copy_(torch.from_numpy(biases))
    return net.train()


def flat(t):
    """As lies in memory here: the channels of convolutions last."""
    t = t.detach().double()
    return (t.permute(0, 2, 3, 1) if t.dim() == 4 else t).reshape(-1).numpy()


def parameters(net):
    for name, layer in named_layers(net):
        yield name + ".weight", layer.weight
        if layer.bias is not None:
            yield name + ".bias", layer.bias


def running(net):
    for name, layer in named_layers(net):
        if isinstance(layer, nn.BatchNorm2d):
            yield name + ".mean", layer.running_mean
            yield name + ".variance", layer.running_var


class Sums:
    """Norms of tensors, and their products with random signs, each relative to the tensor's norm in
    `scales`, or to its own."""

    def __init__(self, named, scales=None):
        self.own, self.norms, self.products = [], [], []
        for i, (name, numbers) in enumerate(named):
            norm = math.sqrt(float(numbers @ numbers))
            scale = scales[i] if scales else norm
            drawn = bits(SIGNS, purpose(name), numbers.size)
            self.own.append(norm)
            self.norms.append(norm / scale)
            for probe in range(PROBES):
                signs = 1 - 2 * (drawn >> numpy.uint64(63 - probe) & numpy.uint64(1)).astype(
                    numpy.float64)
                self.products.append(float(numbers @ signs) / scale)


# --- Steps ---

# Representable in float32, as settings are; epsilon is as large as gradients are, so that where it
# stands matters.
SINGLE = lambda x: float(numpy.float32(x))
OPTIMISERS = {
    "sgd": ({"rate": 2.0**-5}, 2),
    "momentum": ({"rate": 2.0**-6, "momentum": SINGLE(0.9)}, 3),
    "adam": ({"rate": 2.0**-10, "mean_decay": SINGLE(0.9), "square_decay": SINGLE(0.99),
              "epsilon": 2.0**-9}, 2),
}


def make_optimiser(name, net):
    s = OPTIMISERS[name][0]
    if name == "adam":
        return torch.optim.Adam(net.parameters(), lr=s["rate"], eps=s["epsilon"],
                                betas=(s["mean_decay"], s["square_decay"]))
    return torch.optim.SGD(net.parameters(), lr=s["rate"], momentum=s.get("momentum", 0))


def step(net, number, dtype):
    x, y = images(number, dtype)
    outputs = net(x)
    net.zero_grad()
    nn.functional.cross_entropy(outputs, y).backward()
    return (float(nn.functional.cross_entropy(outputs, y, reduction="sum")),
            int((outputs.argmax(1) == y).sum()))


def gradients(depth, dtype, scales=None):
    net = make_net(depth, dtype)
    loss, hits = step(net, 0, dtype)
    scales = scales or {"gradients": None, "running": None}
    return ({"losses": [loss], "hits": [hits]},
            {"gradients": Sums([(n, flat(p.grad)) for n, p in parameters(net)], scales["gradients"]),
             "running": Sums([(n, flat(t)) for n, t in running(net)], scales["running"])})


def training(depth, optimiser, dtype, scales=None):
    net = make_net(depth, dtype)
    first = [flat(p).copy() for _, p in parameters(net)]
    optimise = make_optimiser(optimiser, net)
    results = []
    for number in range(OPTIMISERS[optimiser][1]):
        results.append(step(net, number, dtype))
        optimise.step()
    changes = [(n, flat(p) - f) for (n, p), f in zip(parameters(net), first)]
    scales = scales or {"changes": None, "running": None}
    return ({"losses": [r[0] for r in results], "hits": [r[1] for r in results]},
            {"changes": Sums(changes, scales["changes"]),
             "running": Sums([(n, flat(t)) for n, t in running(net)], scales["running"])})


def add_case(family, name, call, given, results, sums):
    given = {**given, "classes": CLASSES, "height": HEIGHT, "pixels": WIDTH, "batch": BATCH}
    want = {"losses": torch.tensor(results["losses"]), "hits": torch.tensor(results["hits"])}
    for part, s in sums.items():
        given[f"{part}_norms"] = torch.tensor(s.own)
        want[f"{part}_relative_norms"] = torch.tensor(s.norms)
        want[f"{part}_products"] = torch.tensor(s.products)
    for key, value in want.items():
        if value.dtype == torch.float64:
            want[key] = torch.tensor([float(f"{v:.7g}") for v in value.tolist()])
    family.add(name, call, given, want)


def add_steps(family):
    for depth in NETS:
        given = {"depth": depth}
        add_case(family, f"ResNet-{depth}, gradients", "step_gradients", given,
                 *gradients(depth, torch.float64))
        for optimiser, (settings, steps) in OPTIMISERS.items():
            add_case(family, f"ResNet-{depth}, {optimiser}", "step_training",
                     {**given, "optimiser": optimiser, "steps": steps, **settings},
                     *training(depth, optimiser, torch.float64))


# --- Images ---

RESIZES = [(3, 5, 7, 11, 9), (1, 7, 6, 16, 13), (3, 9, 8, 4, 3), (3, 6, 6, 6, 6), (1, 4, 5, 1, 1)]


def add_images(family):
    for channels, height, width, to_height, to_width in RESIZES:
        pixels = torch.tensor([family.draw.between(0, 255)
                               for _ in range(channels * height * width)], dtype=torch.float64)
        given = pixels.reshape(1, channels, height, width)
        resized = nn.functional.interpolate(given.expand(1, 3, height, width),
                                            size=(to_height, to_width), mode="bilinear",
                                            align_corners=False)
        family.add(f"{channels} x {height} x {width} to {to_height} x {to_width}", "step_image",
                   {"pixels": given},
                   {"image": normalise(resized).permute(0, 2, 3, 1).contiguous()})


def steps():
    family = Family("steps", "torchvision's ResNets: float64 training steps; F.interpolate", 801)
    add_images(family)
    add_steps(family)
    return family


FAMILIES = [steps]

# --- How far float32 is ---


def furthest(a, b):
    return max(abs(x - y) for x, y in zip(a, b))


def own(truth):
    return {part: sums.own for part, sums in truth[1].items()}


def compare(name, truth, rounded):
    (want, exact), (got, single) = truth, rounded
    losses = max(abs(a / b - 1) for a, b in zip(got["losses"], want["losses"]))
    print(f"{name}: losses {want['losses']} {losses:.1e}, hits {want['hits']} {got['hits']}")
    for part, s in exact.items():
        size = math.sqrt(sum(n * n for n in s.own))
        print(f"  {part}: norms {furthest(s.norms, single[part].norms):.1e}, products "
              f"{furthest(s.products, single[part].products):.1e}, norm of all {size:.3g}", flush=True)


def main():
    torch.set_default_dtype(torch.float64)
    for depth in map(int, sys.argv[1:] or NETS):
        truth = gradients(depth, torch.float64)
        compare(f"ResNet-{depth}, gradients", truth,
                gradients(depth, torch.float32, own(truth)))
        for optimiser in OPTIMISERS:
            truth = training(depth, optimiser, torch.float64)
            compare(f"ResNet-{depth}, {optimiser}", truth,
                    training(depth, optimiser, torch.float32, own(truth)))


if __name__ == "__main__":
    main()
