"""Problem 6: layers, loss and optimisers of PyTorch."""

import math

import torch
import torch.nn.functional as F

from golden import Family


def differentiate(y, dy, *inputs):
    return torch.autograd.grad(y, inputs, dy)


def add_linear(family, n, inputs, outputs, make):
    x, w, b = make(n, inputs), make(outputs, inputs), make(outputs)
    for t in (x, w, b):
        t.requires_grad_()
    y, dy = F.linear(x, w, b), make(n, outputs)
    dx, dw, db = differentiate(y, dy, x, w, b)
    title = f"n{n}i{inputs}o{outputs}"
    family.add(title, "linear", {"x": x, "w": w, "b": b}, {"y": y})
    family.add(title, "linear_backward", {"x": x, "w": w, "dy": dy}, {"dx": dx, "dw": dw, "db": db})


def add_relu(family, *shape):
    x = family.draw.integers(*shape, low=-2, high=2).requires_grad_()
    y, dy = F.relu(x), family.draw.integers(*shape)
    title = "x".join(map(str, shape))
    family.add(title, "relu", {"x": x}, {"y": y})
    family.add(title, "relu_backward", {"x": x, "dy": dy}, {"dx": differentiate(y, dy, x)[0]})


def add_average(family, *shape):
    x = family.draw.integers(*shape).requires_grad_()
    y = F.adaptive_avg_pool2d(x, 1).flatten(1)
    dy = family.draw.integers(*shape[:2])
    title = "n{}c{} h{}w{}".format(*shape)
    family.add(title, "global_average", {"x": x}, {"y": y})
    family.add(title, "global_average_backward", {"x": x, "dy": dy},
               {"dx": differentiate(y, dy, x)[0]})


def add_loss(family, title, scores, labels):
    z, labels = torch.as_tensor(scores, dtype=torch.float64).requires_grad_(), torch.tensor(labels)
    loss = F.cross_entropy(z, labels)
    dz = torch.autograd.grad(loss, z)[0]
    # A probability next to 1 cancels: both are measured against 1, of which dz has a share.
    family.add(title, "softmax_cross_entropy", {"z": z, "labels": labels},
               {"loss": loss.item(), "dz": dz},
               {"loss": max(1.0, loss.item()), "dz": 1 / len(labels)})


def losses(family):
    draw = family.draw
    for n, classes in ((1, 2), (1, 7), (4, 3), (10, 3), (10, 5), (3, 1), (6, 10)):
        add_loss(family, f"n{n} classes {classes}", draw.decimals(n, classes) * 2,
                 [draw.between(0, classes - 1) for _ in range(n)])
    for size in (30, 50, 700, 710, 745, 1e4, 1e6, 1e300):
        scores = [[size, -size, 0], [-size, size, 0], [size, size, -size]]
        add_loss(family, f"scores up to {size:g}", scores, [0, 0, 1])
        add_loss(family, f"scores below {-size:g}", [[-size, -size + 1, -size]], [2])
    add_loss(family, "all alike", [[0.0] * 4] * 2, [3, 0])
    add_loss(family, "all alike and large", [[1e4] * 3], [1])
    add_loss(family, "ties at the top", [[5.0, 5, -1], [-1, 5, 5]], [1, 0])
    add_loss(family, "near and far", [[1e-8, -1e-8, 0], [1e4, 1e4 - 1e-3, 0]], [0, 1])


def add_reflection(family, x, w, note=""):
    """The border is mirrored without the edge pixel, (K - 1) / 2 wide on both sides."""
    draw = family.draw
    b = draw.integers(w.shape[0])
    (n, c, height, width), (f, _, kh, kw) = x.shape, w.shape
    for t in (x, w, b):
        t.requires_grad_()
    top, left = (kh - 1) // 2, (kw - 1) // 2
    y = F.conv2d(F.pad(x, (left, left, top, top), mode="reflect"), w, b)
    dy = draw.integers(*y.shape)
    dx, dw, db = differentiate(y, dy, x, w, b)
    title = f"n{n}c{c}f{f} h{height}w{width} kh{kh}kw{kw}" + note
    family.add(title, "reflect_conv2d", {"x": x, "w": w, "b": b}, {"result": 0, "y": y})
    family.add(title, "reflect_conv2d_backward", {"x": x, "w": w, "dy": dy},
               {"result": 0, "dx": dx, "dw": dw, "db": db})


def layers():
    family = Family("layers", "torch.nn.functional: linear, relu, cross_entropy, "
                    "adaptive_avg_pool2d; pad mode reflect before conv2d; their gradients", 601)
    draw = family.draw
    for n, inputs, outputs in ((1, 1, 1), (1, 5, 3), (4, 3, 5), (10, 3, 3), (7, 1, 4), (2, 9, 1)):
        add_linear(family, n, inputs, outputs, draw.integers)
    add_linear(family, 5, 20, 6, draw.decimals)
    for shape in ((1,), (12,), (3, 4), (2, 3, 4), (2, 2, 3, 3)):
        add_relu(family, *shape)
    for shape in ((1, 1, 1, 1), (2, 3, 4, 5), (3, 1, 7, 1), (1, 4, 14, 14)):
        add_average(family, *shape)
    losses(family)
    for k in (1, 2, 3, 4, 5, 6, 7):
        n, c, f = draw.between(1, 2), draw.between(1, 3), draw.between(1, 3)
        size = [max(2, k // 2 + 1) + draw.between(0, 4) for _ in range(2)]
        add_reflection(family, draw.integers(n, c, *size), draw.integers(f, c, k, k))
    for k in (3, 5, 7):
        smallest = (k - 1) // 2 + 1
        add_reflection(family, draw.integers(1, 2, smallest, smallest), draw.integers(2, 2, k, k),
                       ": the smallest image")
    add_reflection(family, draw.integers(1, 2, 6, 7), draw.integers(2, 2, 3, 4), ": not square")
    add_reflection(family, draw.decimals(2, 3, 8, 8), draw.decimals(3, 3, 7, 7), ": fractions")
    return family


# --- Optimisers ---


def add_steps(family, steps, shape, rate, mu, moving=False):
    """Several steps of torch.optim.SGD on one tensor, each with another gradient; `moving` when it
    already has a velocity."""
    draw = family.draw
    w, gradients = draw.decimals(*shape), draw.integers(steps, *shape) / 8
    v = draw.decimals(*shape) if moving else torch.zeros(*shape)
    weights = w.clone().requires_grad_()
    optimiser = torch.optim.SGD([weights], lr=rate, momentum=mu)
    if mu and moving:
        optimiser.state[weights]["momentum_buffer"] = v.clone()
    for gradient in gradients:
        weights.grad = gradient.clone()
        optimiser.step()
    given = {"w": w, "steps": steps, "g": gradients.reshape(steps, -1), "rate": rate}
    title = f"{steps} steps of {math.prod(shape)} numbers, rate {rate:g}"
    if not mu:
        family.add(title, "sgd_step", given, {"w": weights})
        return
    given.update(v=v, mu=mu)
    title += f", momentum {mu:g}" + (", already moving" if moving else "")
    family.add(title, "momentum_step", given,
               {"w": weights, "v": optimiser.state[weights]["momentum_buffer"]})


def optimisers():
    family = Family("optimisers", "torch.optim.SGD without and with momentum", 602)
    for shape in ((1,), (5,), (2, 3), (2, 1, 3, 3)):
        for steps, rate in ((1, 0.01), (4, 0.1)):
            add_steps(family, steps, shape, rate, 0)
            add_steps(family, steps, shape, rate, 0.9)
            add_steps(family, steps, shape, rate, 0.5, moving=True)
    add_steps(family, 30, (4,), 0.05, 0.99)
    return family


FAMILIES = [layers, optimisers]
