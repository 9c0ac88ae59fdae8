"""Problem 7: what torchvision's ResNets learn, what autograd keeps of a row of layers and of a whole
network, how much memory lives at once during a training step, and peaks of schedules by brute force.

Bytes of a step are counted twice.  Once as PyTorch allocates them on one thread of a CPU with AVX-512
(and its bf16), where oneDNN copies tensors into its own layouts; on other processors it copies others.
And once as what tensors alone take, without anything computed: so it is on a GPU.  There autocast
keeps batch normalisation's moments in 32 bits, where these tensors have 16: 0.02 % of a peak."""

import weakref

import torch
import torchvision
from torch import nn
from torch._subclasses.fake_tensor import FakeTensorMode
from torch.profiler import ProfilerActivity, profile
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torchvision.models.resnet import BasicBlock, Bottleneck, ResNet

from golden import Family

BLOCKS = (BasicBlock, Bottleneck)


def count_parameters(*modules):
    return sum(p.numel() for module in modules for p in module.parameters())


def title(blocks, bottleneck):
    return ("bottleneck " if bottleneck else "basic ") + "-".join(map(str, blocks))


# --- How large is the network? ---


def add_parameters(family, blocks, bottleneck, classes):
    """Of fewer than four stages: those of a whole network, and another last layer."""
    with torch.device("meta"):
        net = ResNet(BLOCKS[bottleneck], [*blocks, 1, 1, 1][:4], num_classes=classes)
        stages = (net.layer1, net.layer2, net.layer3, net.layer4)[:len(blocks)]
        last = nn.Linear(stages[-1][-1].conv1.in_channels if blocks[-1] > 1
                         else 64 * 2 ** (len(blocks) - 1) * (4 if bottleneck else 1), classes)
    family.add(f"{title(blocks, bottleneck)}, {classes} classes", "resnet_parameters",
               {"blocks": torch.tensor(blocks), "bottleneck": bottleneck, "classes": classes},
               {"result": count_parameters(net.conv1, net.bn1, *stages, last)})


def parameters(family):
    draw = family.draw
    for blocks, bottleneck in (((2, 2, 2, 2), 0), ((3, 4, 6, 3), 0), ((3, 4, 6, 3), 1),
                               ((3, 4, 23, 3), 1), ((3, 8, 36, 3), 1)):
        for classes in (10, 1000):
            add_parameters(family, blocks, bottleneck, classes)
    for stages in (1, 2, 3, 4):
        for bottleneck in (0, 1):
            for _ in range(3):
                add_parameters(family, [draw.between(1, 7) for _ in range(stages)], bottleneck,
                               draw.between(1, 200))


# --- What autograd keeps ---


def saved_bytes(run, module):
    """The storages that `run` saves for its backward pass, each once, parameters and buffers not."""
    own = {t.untyped_storage().data_ptr() for t in [*module.parameters(), *module.buffers()]}
    kept, alive = {}, []

    def pack(t):
        alive.append(t)  # as long as it lives nothing else takes its address
        storage = t.untyped_storage()
        if storage.data_ptr() not in own:
            kept[storage.data_ptr()] = storage.nbytes()
        return t

    with torch.autograd.graph.saved_tensors_hooks(pack, lambda t: t):
        run()
    return sum(kept.values())


KINDS = CONV, NORM, RELU, MAX_POOL, CONNECTED = range(1, 6)


def draw_layer(draw, kind, channels, height, width):
    if kind == CONV:
        kernel = (draw.between(1, min(3, height)), draw.between(1, min(3, width)))
        return nn.Conv2d(channels, draw.between(1, 9), kernel, draw.between(1, 2),
                         draw.between(0, 1), bias=False)
    if kind == NORM:
        return nn.BatchNorm2d(channels)
    if kind == RELU:
        return nn.ReLU(inplace=True)
    if kind == MAX_POOL:
        return nn.MaxPool2d((draw.between(1, min(2, height)), draw.between(1, min(3, width))))
    return nn.Sequential(nn.Flatten(), nn.Linear(channels * height * width, draw.between(1, 9)),
                         nn.Unflatten(1, (-1, 1, 1)))


def add_row_of_layers(family, kinds, batch, dtype):
    draw = family.draw
    shape = [draw.between(1, 5), draw.between(5, 14), draw.between(5, 14)]
    row, net, given = [], nn.Sequential(), [batch, *shape]
    x = torch.zeros(given, dtype=dtype)
    for kind in kinds:
        net.append(draw_layer(draw, kind, *x.shape[1:]).to(dtype))
        y = net[-1](x.clone())
        row.append([kind, *x.shape[1:], *y.shape[1:]])
        x = y
    # Not a leaf, so that a ReLU may change it; and with a gradient, so that everything is needed.
    first = torch.zeros(given, dtype=dtype, requires_grad=True) + 0
    family.add(f"kinds {''.join(map(str, kinds))}, batch {batch}", "saved_bytes",
               {"layers": torch.tensor(row), "batch": batch, "width": dtype.itemsize},
               {"result": saved_bytes(lambda: net(first), net)})


def rows_of_layers(family):
    draw = family.draw
    for kind in KINDS:
        add_row_of_layers(family, [kind], 3, torch.float32)
    for kinds in ([RELU, RELU], [RELU, MAX_POOL], [MAX_POOL, RELU], [NORM, NORM], [RELU, NORM, RELU],
                  [CONNECTED, RELU, CONNECTED], [CONV, NORM, RELU, MAX_POOL, CONNECTED]):
        add_row_of_layers(family, kinds, 2, torch.float64)
    for i in range(24):
        kinds = [draw.between(CONV, CONNECTED if i % 3 == 0 else MAX_POOL)
                 for _ in range(draw.between(2, 10))]
        add_row_of_layers(family, kinds, draw.between(2, 6), (torch.float32, torch.float64)[i % 2])


# --- A whole training step ---

# Blocks of each stage, bottleneck, classes, height and width of an image, batch.
STEPS = [((2, 2, 2, 2), 0, 10, 224, 224, 1), ((3, 4, 6, 3), 0, 10, 64, 96, 2),
         ((3, 4, 6, 3), 1, 10, 64, 64, 2), ((3, 4, 23, 3), 1, 10, 64, 64, 2),
         ((1, 2, 1, 3), 0, 7, 75, 101, 5), ((2, 1, 3, 1), 1, 100, 65, 130, 4),
         ((1, 1, 1, 1), 1, 1000, 129, 64, 9), ((3, 2, 1, 2), 0, 31, 97, 33, 6),
         ((1, 4, 1, 1), 1, 10, 200, 90, 16)]
AUTOCAST_STEPS = [((2, 2, 2, 2), 0, 10, 64, 64, 1), ((2, 2, 2, 2), 0, 10, 224, 224, 4),
                  ((3, 4, 6, 3), 1, 10, 64, 64, 2), ((3, 4, 6, 3), 1, 10, 96, 96, 16),
                  ((2, 1, 3, 1), 1, 100, 65, 130, 4)]
OPTIMISERS = ("sgd", "momentum", "adam")


def make_optimiser(name, net, together):
    if name == "adam":
        return torch.optim.Adam(net.parameters(), lr=1e-3, foreach=together)
    return torch.optim.SGD(net.parameters(), lr=1e-3, momentum=0.9 if name == "momentum" else 0,
                           foreach=together)


def loss(net, x, y, autocast):
    with torch.autocast("cpu", torch.bfloat16, enabled=autocast):
        return nn.functional.cross_entropy(net(x), y)


def make_batch(batch, height, width):
    return torch.zeros(batch, 3, height, width), torch.zeros(batch, dtype=torch.int64)


def run_step(net, size, optimiser, autocast):
    x, y = make_batch(*size)
    loss(net, x, y, autocast).backward()
    optimiser.step()
    optimiser.zero_grad(set_to_none=True)


def live_bytes(events):
    """The most that these allocations and releases add up to, and what is left."""
    live = most = 0
    for event in sorted(events, key=lambda e: e.start_ns()):
        live += event.nbytes()
        most = max(most, live)
    return most, live


def allocated_peaks(net, size, optimiser, autocast):
    """Of two steps: the most bytes that live at once, weights and buffers included."""
    lasting = sum(t.nbytes for t in [*net.parameters(), *net.buffers()])
    for _ in range(2):
        with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as profiler:
            run_step(net, size, optimiser, autocast)
        events = profiler.profiler.kineto_results.events()
        most, left = live_bytes(e for e in events if e.name() == "[memory]")
        yield lasting + most
        lasting += left


class Storages(TorchDispatchMode):
    """Bytes of all storages that operations have made, while they live."""

    def __init__(self):
        super().__init__()
        self.seen, self.live, self.most = weakref.WeakSet(), 0, 0

    def leave(self, count):
        self.live -= count

    def __torch_dispatch__(self, operation, types, args=(), kwargs=None):
        made = operation(*args, **(kwargs or {}))
        for storage in (t.untyped_storage() for t in tree_leaves(made) if torch.is_tensor(t)):
            if storage not in self.seen:
                self.seen.add(storage)
                self.live += storage.nbytes()
                weakref.finalize(storage, self.leave, storage.nbytes())
        # Autograd adds gradients up in place, except where tensors only pretend, as here.
        if operation is not torch.ops.aten.add.Tensor:
            self.most = max(self.most, self.live)
        return made


def tensor_peaks(make_net, size, name, autocast):
    with FakeTensorMode(), Storages() as storages:
        net = make_net()
        optimiser = make_optimiser(name, net, True)
        for _ in range(2):
            storages.most = 0
            run_step(net, size, optimiser, autocast)
            yield storages.most


def add_step(family, blocks, bottleneck, classes, *size, autocast=False):
    batch, (height, width) = size[-1], size[:2]
    size = (batch, height, width)
    given = {"blocks": torch.tensor(blocks), "bottleneck": bottleneck, "classes": classes,
             "height": height, "pixels": width, "batch": batch, "autocast": int(autocast)}
    name = (f"{title(blocks, bottleneck)}, {classes} classes, {batch} x {height} x {width}"
            f"{', autocast' if autocast else ''}")
    make_net = lambda: ResNet(BLOCKS[bottleneck], list(blocks), num_classes=classes)
    net = make_net()
    x, y = make_batch(*size)
    apart = x.nbytes if autocast else 0  # only a copy is saved, but the batch is kept, too
    family.add(name, "eager_saved", given,
               {"result": saved_bytes(lambda: loss(net, x, y, autocast), net) + apart})
    for optimiser in OPTIMISERS:
        for parameter in net.parameters():
            parameter.grad = None
        peaks = {0: tensor_peaks(make_net, size, optimiser, autocast),
                 1: allocated_peaks(net, size, make_optimiser(optimiser, net, False), autocast)}
        for onednn, (first, second) in peaks.items():
            family.add(f"{name}, {optimiser}{', oneDNN' if onednn else ''}", "eager_peak",
                       {**given, "onednn": onednn, "optimiser": optimiser},
                       {"first": first, "second": second})


def steps(family):
    torch.set_default_dtype(torch.float32)
    try:
        for step in STEPS:
            add_step(family, *step)
        for step in AUTOCAST_STEPS:
            add_step(family, *step, autocast=True)
    finally:
        torch.set_default_dtype(torch.float64)


# --- At every moment ---


def peak_by_force(events):
    """Adds up everything again at each moment, from what every tensor holds there."""
    moments = [0]
    for end in range(1, len(events) + 1):
        held = {}
        for tensor, size in events[:end]:
            held.setdefault(tensor, []).append(size)
        for sizes in held.values():
            takes, frees = sizes[0::2], sizes[1::2]
            if min(takes) <= 0 or any(a + b != 0 for a, b in zip(takes, frees)):
                return -1
        moments.append(sum(sum(sizes) for sizes in held.values()))
    return max(moments)


def schedules(family):
    draw = family.draw
    for i in range(24):
        events, held = [], {}
        for _ in range(draw.between(1, 16)):
            tensor = draw.between(-2, 3)
            size = -held.pop(tensor) if tensor in held else draw.between(1, 10**9)
            if size > 0:
                held[tensor] = size
            events.append([tensor, size])
        if i % 3 == 0:
            row = draw.between(0, len(events) - 1)
            events[row][draw.between(0, 1)] += draw.between(-1, 1)
        family.add(f"{len(events)} events", "schedule_peak", {"events": torch.tensor(events)},
                   {"result": peak_by_force(events)})


def memory():
    family = Family("memory", f"torchvision {torchvision.__version__.split('+')[0]}: ResNets; "
                    "torch: saved_tensors_hooks, profiler; schedules by brute force", 701)
    parameters(family)
    rows_of_layers(family)
    steps(family)
    schedules(family)
    return family


FAMILIES = [memory]
