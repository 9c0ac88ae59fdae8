"""Problem 1: filters laid over a picture by SciPy."""

from scipy import ndimage

from golden import Family


def filters():
    family = Family("filters", "scipy.ndimage: convolve, uniform_filter, laplace; reflected", 101)
    draw = family.draw

    def add(image, w, note=""):
        title = "h{}w{} kh{}kw{}".format(*image.shape, *w.shape) + note
        y = ndimage.convolve(image.numpy(), w.numpy(), mode="reflect")
        family.add(title, "filter_image", {"image": image, "w": w}, {"y": y})

    for kh in (1, 2, 3, 4, 5):
        for kw in (1, 2, 3, 4, 6):
            image = draw.integers(draw.between(2, 8), draw.between(2, 8))
            add(image, draw.integers(kh, kw))
    add(draw.integers(1, 1), draw.integers(3, 3), ": one pixel")
    add(draw.integers(2, 3), draw.integers(9, 8), ": the filter is larger than the image")
    add(draw.integers(3, 2), draw.integers(14, 15), ": mirrored more than twice")
    add(draw.integers(1, 9), draw.integers(4, 5), ": a row")
    add(draw.integers(9, 1), draw.integers(5, 4), ": a column")
    add(draw.decimals(11, 7), draw.decimals(6, 6), ": fractions")
    for k in range(1, 11):
        image = draw.integers(9, 7, low=0, high=255)
        # Of an even number of pixels the middle is a matter of taste: SciPy's two functions differ.
        y = ndimage.uniform_filter(image.numpy(), k, mode="reflect", origin=-(1 - k % 2))
        family.add(f"k{k}", "averaging", {"image": image, "k": k}, {"y": y})
    for height, width in ((1, 1), (3, 3), (6, 4), (1, 5)):
        image = draw.integers(height, width, low=0, high=255)
        y = ndimage.laplace(image.numpy(), mode="reflect")
        family.add(f"h{height}w{width}", "laplacian", {"image": image}, {"y": y})
    return family


FAMILIES = [filters]
