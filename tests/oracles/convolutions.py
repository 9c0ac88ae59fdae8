"""Problems 3 to 5: convolution and its gradients, transposed convolution, pooling, sizes."""

import itertools

import numpy
import torch
import torch.nn.functional as F

from golden import Family


def span(draw, size, dilation, padding):
    """A size of the image that the filter fits into, not always dividing evenly."""
    return max(1, dilation * (size - 1) + 1 - 2 * padding) + draw.between(0, 4)


def layer_title(x, w, stride, padding, dilation):
    (n, c, height, width), (f, _, kh, kw) = x.shape, w.shape
    return f"n{n}c{c}f{f} h{height}w{width} kh{kh}kw{kw} s{stride}p{padding}d{dilation}"


def add_layer(family, x, w, stride, padding, dilation, note=""):
    """One convolution layer, forwards and backwards."""
    draw = family.draw
    b = draw.integers(w.shape[0])
    x.requires_grad_(), w.requires_grad_(), b.requires_grad_()
    y = F.conv2d(x, w, b, stride, padding, dilation)
    dy = draw.integers(*y.shape) if x.detach().frac().abs().max() == 0 else draw.decimals(*y.shape)
    y.backward(dy)
    numbers = {"stride": stride, "padding": padding, "dilation": dilation}
    title = layer_title(x, w, stride, padding, dilation) + note
    family.add(title, "conv2d", {"x": x, "w": w, "b": b, **numbers}, {"result": 0, "y": y})
    family.add(title, "conv2d_backward", {"x": x, "w": w, "dy": dy, **numbers},
               {"result": 0, "dx": x.grad, "dw": w.grad, "db": b.grad})


def convolution():
    family = Family("convolution", "torch.nn.functional.conv2d and its gradients", 401)
    draw = family.draw
    for stride, padding, dilation in itertools.product((1, 2, 3), (0, 1, 2, 4), (1, 2, 3)):
        n, c, f = draw.between(1, 2), draw.between(1, 3), draw.between(1, 3)
        kh, kw = draw.between(1, 4), draw.between(1, 4)
        height, width = (span(draw, k, dilation, padding) for k in (kh, kw))
        add_layer(family, draw.integers(n, c, height, width), draw.integers(f, c, kh, kw), stride,
                  padding, dilation)
    special = [
        ((1, 1, 1, 1), (1, 1, 1, 1), 1, 0, 1, "everything is one"),
        ((2, 3, 4, 5), (4, 3, 1, 1), 1, 0, 1, "channels are mixed, places not"),
        ((1, 2, 5, 4), (3, 2, 5, 4), 1, 0, 1, "the filter is the image"),
        ((1, 1, 2, 2), (2, 1, 3, 3), 1, 1, 1, "the filter is larger than the image"),
        ((1, 1, 3, 2), (1, 1, 2, 2), 1, 3, 1, "outputs that see only padding"),
        ((1, 2, 7, 7), (1, 2, 2, 2), 5, 0, 1, "a stride beyond the filter: pixels unseen"),
        ((1, 1, 9, 1), (2, 1, 3, 1), 2, 0, 3, "a column"),
        ((3, 1, 1, 9), (1, 1, 1, 4), 1, 0, 2, "a row"),
        ((1, 1, 3, 3), (1, 1, 2, 2), 1, 0, 2, "sheet 4(d)"),
    ]
    for x, w, stride, padding, dilation, note in special:
        add_layer(family, draw.integers(*x), draw.integers(*w), stride, padding, dilation,
                  ": " + note)
    for x, w, stride, padding, dilation in (
        ((2, 3, 9, 8), (4, 3, 3, 3), 1, 1, 1),
        ((2, 2, 8, 9), (3, 2, 4, 2), 2, 3, 2),
        ((1, 4, 7, 7), (2, 4, 7, 7), 1, 3, 1),
    ):
        add_layer(family, draw.decimals(*x), draw.decimals(*w), stride, padding, dilation,
                  ": fractions")
    return family


# --- Sizes and fields ---


def size_or_refusal(size, k, stride, padding, dilation):
    try:
        x, w = torch.zeros(1, 1, size), torch.zeros(1, 1, k)
        return F.conv1d(x, w, None, stride, padding, dilation).shape[2]
    except RuntimeError:
        return -1


def field(stack):
    """How many inputs an output of a stack of layers (size, stride, dilation) depends on, from the
    first to the last."""
    x = torch.ones(1, 1, 400, requires_grad=True)
    y = x
    for size, stride, dilation in stack:
        y = F.conv1d(y, torch.ones(1, 1, size), None, stride, 0, dilation)
    y[0, 0, y.shape[2] // 2].backward()
    seen = x.grad[0, 0].nonzero()
    return int(seen.max() - seen.min()) + 1


def sizes():
    family = Family("sizes", "output sizes and receptive fields of torch.nn.functional", 402)
    draw = family.draw
    for i in range(28):
        size, k, stride = draw.between(1, 24), draw.between(1, 9), draw.between(1, 4)
        padding, dilation = draw.between(0, 4), draw.between(1, 5)
        given = {"in": size, "size": k, "stride": stride, "padding": padding, "dilation": dilation}
        family.add(f"in{size}k{k} s{stride}p{padding}d{dilation}", "conv_size", given,
                   {"result": size_or_refusal(size, k, stride, padding, dilation)})
    for x, w, stride, padding, dilation in (
        ((10, 3, 32, 32), (64, 3, 3, 3), 1, 1, 1),
        ((10, 3, 32, 32), (64, 3, 4, 4), 2, 0, 1),
        ((8, 64, 56, 56), (128, 64, 3, 3), 2, 1, 1),
        ((256, 3, 224, 224), (64, 3, 7, 7), 2, 3, 1),
        ((2, 5, 31, 17), (7, 5, 3, 5), 3, 4, 2),
        ((1, 1, 4, 4), (1, 1, 5, 5), 1, 0, 1),
        ((1, 2, 9, 9), (1, 3, 3, 3), 1, 0, 1),
    ):
        given = {"x": torch.tensor(x), "w": torch.tensor(w)}
        given.update(stride=stride, padding=padding, dilation=dilation)
        image, filters = torch.empty(*x, device="meta"), torch.empty(*w, device="meta")
        refusals = [size_or_refusal(x[i], w[i], stride, padding, dilation) < 0 for i in (2, 3)]
        if any(refusals) or w[1] != x[1]:
            want = {"result": 1}
        else:
            y = F.conv2d(image, filters, None, stride, padding, dilation)
            want = {"result": 0, "y": torch.tensor(y.shape)}
        title = layer_title(image, filters, stride, padding, dilation)
        family.add(title, "conv_shape", given, want)
    stacks = [[(3, 1, 1), (3, 1, 2)], [(1, 1, 1)], [(5, 1, 1)] * 3, [(2, 2, 1)] * 5,
              [(3, 1, 1), (2, 2, 1)] * 4, [(7, 2, 1), (3, 2, 1), (3, 1, 1), (3, 1, 1)]]
    for _ in range(10):
        stacks.append([(draw.between(2, 4), draw.between(1, 2), draw.between(1, 3))
                       for _ in range(draw.between(1, 4))])
    # What a filter skips over still lies inside the field: only its ends count.
    for stack in stacks:
        family.add(" ".join(f"k{k}s{s}d{d}" for k, s, d in stack), "receptive_field",
                   {"layers": torch.tensor(stack)}, {"result": field(stack)})
    return family


# --- Transposed convolution ---


def add_recovery(family, title, x, y, size):
    """The filter that least squares finds, where it is the only one and leaves nothing over."""
    matrix = numpy.lib.stride_tricks.sliding_window_view(x.numpy(), size)
    given = {"x": x, "y": y}
    w, _, rank, _ = numpy.linalg.lstsq(matrix, y.numpy(), rcond=1e-9)
    left = numpy.linalg.norm(matrix @ w - y.numpy())
    if rank < size or left > 1e-9 * numpy.linalg.norm(y.numpy()):
        family.add(title, "recover_filter", {**given, "size": size}, {"result": 1})
    else:
        family.add(title, "recover_filter", {**given, "size": size}, {"result": 0, "w": w})


def transposed():
    family = Family("transposed", "conv_transpose1d and 2d of torch.nn.functional; "
                    "numpy.linalg.lstsq for the filter behind an output", 301)
    draw = family.draw
    for _ in range(12):
        size = draw.between(1, 6)
        x, w = draw.integers(2 * size - 1 + draw.between(0, 5)), draw.integers(size)
        y = torch.from_numpy(numpy.correlate(x.numpy(), w.numpy(), "valid"))
        add_recovery(family, f"l{len(x)}k{size}", x, y, size)
    x = torch.tensor([1.0, 4, 0, -2, 3])
    add_recovery(family, "sheet 3(b)", x, torch.tensor([-2.0, 2, 11]), 3)
    add_recovery(family, "all alike: many filters", torch.ones(7), 6 * torch.ones(5), 3)
    add_recovery(family, "alternating: many filters", torch.tensor([1.0, -1] * 4),
                 torch.tensor([2.0, -2] * 3), 3)
    add_recovery(family, "one output off: no filter", torch.tensor([1.0, 4, 0, -2, 3, 5]),
                 torch.tensor([4.0, 9, -2, 5, 11]), 2)
    for stride, padding in itertools.product((1, 2, 3, 4), (0, 1, 2)):
        k = draw.between(1, 5)
        length = draw.between(max(1, -(-(2 * padding + 1 - k) // stride) + 1), 7)
        x, w = draw.integers(length), draw.integers(k)
        y = F.conv_transpose1d(x[None, None], w[None, None], None, stride, padding)[0, 0]
        family.add(f"l{length}k{k} s{stride}p{padding}", "conv_transpose1d",
                   {"x": x, "w": w, "stride": stride, "padding": padding}, {"result": 0, "y": y})
    for stride, padding, channels in itertools.product((1, 2, 3), (0, 1, 2), (1, 2, 3)):
        n, f = draw.between(1, 2), draw.between(1, 3)
        kh, kw = draw.between(1, 4), draw.between(1, 4)
        height, width = (draw.between(max(1, -(-(2 * padding + 1 - k) // stride) + 1), 6)
                         for k in (kh, kw))
        make = draw.integers if channels < 3 else draw.decimals
        x, w = make(n, channels, height, width), make(channels, f, kh, kw)
        y = F.conv_transpose2d(x, w, None, stride, padding)
        title = f"n{n}c{channels}f{f} h{height}w{width} kh{kh}kw{kw} s{stride}p{padding}"
        family.add(title, "conv_transpose2d",
                   {"x": x, "w": w, "stride": stride, "padding": padding}, {"result": 0, "y": y})
    return family


# --- Pooling ---


def add_pools(family, x, k, stride, note):
    draw = family.draw
    n, c, height, width = x.shape
    title = f"n{n}c{c} h{height}w{width} k{k}s{stride}: {note}"
    for name, pool in (("max_pool", F.max_pool2d), ("average_pool", F.avg_pool2d)):
        leaf = x.clone().requires_grad_()
        y = pool(leaf, k, stride)
        dy = draw.integers(*y.shape)
        y.backward(dy)
        given = {"x": x, "k": k, "stride": stride}
        family.add(title, name, given, {"result": 0, "y": y})
        family.add(title, name + "_backward", {**given, "dy": dy}, {"result": 0, "dx": leaf.grad})


def pooling():
    family = Family("pooling", "max_pool2d (the first maximum wins) and avg_pool2d of "
                    "torch.nn.functional with their gradients", 501)
    draw = family.draw
    for k, stride in itertools.product((1, 2, 3, 4), (1, 2, 3)):
        shape = (draw.between(1, 2), draw.between(1, 3), k + draw.between(0, 5),
                 k + draw.between(0, 5))
        add_pools(family, draw.integers(*shape, low=0, high=2), k, stride, "ties everywhere")
    for k, stride in ((2, 2), (3, 1), (2, 5)):
        shape = (2, 2, k + draw.between(2, 6), k + draw.between(2, 6))
        add_pools(family, draw.decimals(*shape), k, stride, "fractions")
    add_pools(family, torch.zeros(1, 1, 4, 6), 2, 2, "all alike")
    add_pools(family, draw.integers(1, 1, 5, 5, low=-9, high=-7), 3, 2, "all below zero")
    return family


FAMILIES = [transposed, convolution, sizes, pooling]
