"""Problem 6: the pictures that the data set is made of, and how both networks learn from them in
PyTorch, 50 steps long.

Pictures and first weights come from seeds, as problems/support/edges.c and model.c draw them.  A
few of them are stored too: should those files ever draw in another way, the tests say so before
they wonder about a loss."""

from fractions import Fraction

import numpy
import torch
import torch.nn.functional as F
from scipy import ndimage

from golden import MASK, Draw, Family

SIDE = 28
STEPS = 50
HIDDEN = (50, 10)


class Draws(Draw):
    """As problems/support/draws.h draws: seeds and purposes that have nothing in common."""

    PICTURES, PERMUTATION, PARAMETERS = range(3)
    STEP = 0x9E3779B97F4A7C15

    def __init__(self, seed, purpose):
        super().__init__(seed)
        self.state = (self.bits() + purpose * self.STEP) & MASK
        self.state = (self.state - self.STEP) & MASK
        self.state = self.bits()

    def real(self, low, high):
        """low + (high - low) u, rounded once."""
        return float(Fraction(high - low) * Fraction(self.uniform()) + Fraction(low))

    def below(self, count):
        return int(self.uniform() * count)

    def order(self, count):
        order = list(range(count))
        for i in range(count - 1, 0, -1):
            k = self.below(i + 1)
            order[i], order[k] = order[k], order[i]
        return order


# --- Pictures ---

PLACES = {"anywhere": (0, SIDE), "first half": (0, SIDE // 2), "second half": (SIDE // 2, SIDE)}


class Pictures:
    def __init__(self, place, draws):
        self.first, self.end = PLACES[place]
        self.draws = draws

    def band(self, picture, upright, widest=4):
        intensity = self.draws.real(0.25, 1)
        width = 1 + self.draws.below(widest)
        start = self.first + self.draws.below(self.end - width - self.first)
        (picture.T if upright else picture)[start:start + width] = intensity

    def horizontal(self, picture, _):
        self.band(picture, False)

    def vertical(self, picture, _):
        self.band(picture, True)

    def both(self, picture, _):
        self.band(picture, False)
        self.band(picture, True)

    def diagonal(self, picture, index):
        background = picture[0, 0]
        self.band(picture, index % 2 == 1, 2)
        angle = (30, 45, 120, 135)[self.draws.below(4)]
        turned = ndimage.rotate(picture, angle, reshape=False, order=1, mode="grid-constant",
                                cval=background)
        picture[:] = turned

    def none(self, picture, _):
        pass


CLASSES = {3: ("horizontal", "vertical", "none"),
           5: ("horizontal", "vertical", "diagonal", "both", "none")}


def make_pictures(classes, place, permutation, per_class, seed):
    """Whole numbers 0 ... 255, and labels."""
    draws = Draws(seed, Draws.PICTURES)
    order = list(range(SIDE * SIDE))
    if permutation:
        order = Draws(permutation, Draws.PERMUTATION).order(SIDE * SIDE)
    pictures = Pictures(place, draws)
    made, labels = [], []
    for label, name in enumerate(CLASSES[classes]):
        for index in range(per_class):
            picture = numpy.full((SIDE, SIDE), draws.real(0, 0.2))
            getattr(pictures, name)(picture, index)
            made.append(numpy.floor(255 * picture.reshape(-1)[order]))
            labels.append(label)
    return numpy.array(made), torch.tensor(labels)


# --- Networks ---


class Network:
    def __init__(self, plan):
        self.plan = plan
        self.tensors = []
        draws = Draws(plan["weight_seed"], Draws.PARAMETERS)
        for shape in self.shapes():
            bound = 1 / float(numpy.sqrt(numpy.prod(shape[1:])))
            for size in (shape, shape[:1]):
                numbers = [draws.real(-bound, bound) for _ in range(int(numpy.prod(size)))]
                self.tensors.append(torch.tensor(numbers).reshape(size).requires_grad_())

    def shapes(self):
        """Of the weights, layer by layer."""
        p = self.plan
        if p["kind"] == "mlp":
            sizes = (SIDE * SIDE, *HIDDEN, p["classes"])
            return [(sizes[i + 1], sizes[i]) for i in range(3)]
        convolutions = [(p["filters"], p["filters"] if i else 1, p["kernel"], p["kernel"])
                        for i in range(p["depth"])]
        return convolutions + [(p["classes"], p["filters"])]

    def scores(self, x):
        p = self.plan
        layers = list(zip(self.tensors[0::2], self.tensors[1::2]))
        if p["kind"] == "mlp":
            x = x.flatten(1)
            for w, b in layers[:-1]:
                x = F.relu(F.linear(x, w, b))
        else:
            border = ((p["kernel"] - 1) // 2,) * 4
            for i, (w, b) in enumerate(layers[:-1]):
                if i == p["depth"] // 2:
                    x = (F.max_pool2d if p["pool"] == "max" else F.avg_pool2d)(x, 2)
                x = F.relu(F.conv2d(F.pad(x, border, mode="reflect"), w, b))
            x = F.adaptive_avg_pool2d(x, 1).flatten(1)
        return F.linear(x, *layers[-1])

    def numbers(self):
        return torch.cat([t.detach().reshape(-1) for t in self.tensors])


def add_trajectory(family, title, **changes):
    plan = {"kind": "cnn", "classes": 3, "kernel": 7, "filters": 3, "depth": 2, "pool": "max",
            "weight_seed": 1, "place": "anywhere", "permutation": 0, "per_class": 10,
            "picture_seed": 2, "batch": 10, "count": 10, "rate": 0.01, "momentum": 0.9,
            "head_only": 0, "steps": STEPS}
    plan.update(changes)
    greys, labels = make_pictures(plan["classes"], plan["place"], plan["permutation"],
                                  plan["per_class"], plan["picture_seed"])
    # The engines take pictures in float32: 8-bit numbers over 255, rounded to it.
    pixels = torch.from_numpy((greys.astype("float32") / numpy.float32(255)).astype("float64"))
    network = Network(plan)
    every = 397 if plan["kind"] == "mlp" else 1
    first = network.numbers()
    want = {"parameters": len(first), "first": first[::every].clone(),
            "greys": torch.from_numpy(greys.sum(1))}
    trained = network.tensors[-2:] if plan["head_only"] else network.tensors
    optimiser = torch.optim.SGD(trained, lr=plan["rate"], momentum=plan["momentum"])
    losses = []
    for step in range(plan["steps"]):
        # Class lies after class: a stride of 7 mixes them, and 7 divides no count of pictures.
        rows = [7 * (step * plan["count"] + i) % len(labels) for i in range(plan["count"])]
        optimiser.zero_grad()
        scores = network.scores(pixels[rows].reshape(-1, 1, SIDE, SIDE))
        loss = F.cross_entropy(scores, labels[rows])
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    want.update(losses=torch.tensor(losses), last=network.numbers()[::every])
    family.add(title, "trajectory", {**plan, "every": every}, want)


def trajectories():
    family = Family("trajectories", f"{STEPS} steps of torch.optim.SGD on SimpleCNN and the MLP", 1)
    add_trajectory(family, "SimpleCNN as the notebook has it")
    for kernel in (2, 3, 5, 6, 13):
        add_trajectory(family, f"kernel {kernel}", kernel=kernel, weight_seed=10 + kernel)
    add_trajectory(family, "average pool", pool="average", weight_seed=3)
    add_trajectory(family, "average pool, kernel 4", pool="average", kernel=4, weight_seed=4)
    add_trajectory(family, "five classes", classes=5, weight_seed=5)
    add_trajectory(family, "depth 4, kernel 3", depth=4, kernel=3, weight_seed=6)
    add_trajectory(family, "depth 4, kernel 7, average pool", depth=4, pool="average",
                   weight_seed=7)
    add_trajectory(family, "six filters", filters=6, weight_seed=8)
    add_trajectory(family, "permuted pixels", permutation=9, weight_seed=9)
    add_trajectory(family, "edges in the first half, quicker", place="first half", kernel=3,
                   rate=0.05, weight_seed=10)
    add_trajectory(family, "edges in the second half, without momentum", place="second half",
                   momentum=0.0, rate=0.1, weight_seed=11)
    add_trajectory(family, "batches smaller than there is room", count=7, weight_seed=12)
    add_trajectory(family, "only the head learns", head_only=1, weight_seed=13)
    add_trajectory(family, "MLP", kind="mlp")
    add_trajectory(family, "MLP, five classes", kind="mlp", classes=5, weight_seed=14)
    add_trajectory(family, "MLP, permuted pixels", kind="mlp", permutation=9, weight_seed=15)
    return family


def pictures():
    """Whole pictures of each class and angle, and what a half or a permutation makes of them."""
    family = Family("pictures", "bands drawn with numpy, turned with scipy.ndimage.rotate", 620)
    for classes, place, permutation, per_class, seed in (
        (3, "anywhere", 0, 2, 621), (5, "anywhere", 0, 6, 622), (3, "first half", 0, 1, 623),
        (5, "second half", 0, 2, 624), (3, "anywhere", 77, 1, 625), (5, "first half", 78, 1, 626),
    ):
        given = {"classes": classes, "place": place, "permutation": permutation,
                 "per_class": per_class, "seed": seed}
        greys, labels = make_pictures(classes, place, permutation, per_class, seed)
        title = f"{classes} classes, {place}" + (", permuted" if permutation else "")
        family.add(title, "pictures", given,
                   {"greys": torch.from_numpy(greys.reshape(-1, SIDE, SIDE)), "labels": labels})
    return family


FAMILIES = [pictures, trajectories]
