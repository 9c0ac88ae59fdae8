"""Whether a folder of studies agrees with itself: experiments_check.py FOLDER STUDY ...

The page's links lead somewhere, results.json holds the studies, CSV files hold the medians of its runs,
and the pixels of the kernels' PNG are the colours of its weights.  Reads PNG by itself: 8 bits a channel,
not interlaced, as gnuplot writes it."""
import csv, json, re, statistics, struct, sys, xml.etree.ElementTree as xml, zlib
from pathlib import Path

folder, studies = Path(sys.argv[1]), [int(n) for n in sys.argv[2:]]


def open_png(path):
    """Width, height, bytes a pixel, and rows as they are packed."""
    data = path.read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n", path
    at, packed = 8, b""
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        if kind == b"IHDR":
            width, height, depth, colour, _, _, interlace = struct.unpack(">IIBBBBB", data[at + 8 : at + 21])
            assert depth == 8 and colour in (2, 6) and not interlace, (depth, colour, interlace)
        if kind == b"IDAT":
            packed += data[at + 8 : at + 8 + size]
        at += 12 + size
    return width, height, 3 if colour == 2 else 4, zlib.decompress(packed)


def read_png(path):
    width, height, step, raw = open_png(path)
    rows, before = [], bytes(width * step)
    for y in range(height):
        start = y * (width * step + 1)
        how, row = raw[start], bytearray(raw[start + 1 : start + 1 + width * step])
        for i in range(len(row)):
            a, b = row[i - step] if i >= step else 0, before[i]
            c = before[i - step] if i >= step else 0
            p = min((abs(b - c), 0, a), (abs(a - c), 1, b), (abs(a + b - 2 * c), 2, c))[2]
            row[i] = (row[i] + (0, a, b, (a + b) // 2, p)[how]) % 256
        rows.append([tuple(row[i : i + 3]) for i in range(0, len(row), step)])
        before = bytes(row)
    return width, height, rows


def colour_of(weight):
    """The palette: brown, almost white, blue."""
    low, middle, high = (0xB3, 0x58, 0x06), (0xF7, 0xF7, 0xF7), (0x05, 0x30, 0x61)
    to, share = (high if weight > 0 else low), abs(weight)
    return [m + share * (t - m) for m, t in zip(middle, to)]


def check_kernels(study):
    """One row of six kernels, seven by seven: each square has the colour of its weight over the largest."""
    kernels = next(r for r in study["runs"] if r["series"] == "cnn" and r["seed"] == 0)["kernels"]
    width, height, rows = read_png(folder / "study-1-kernels.png")
    svg = xml.parse(folder / "study-1-kernels.svg").getroot()
    assert [width, height] == [2 * int(svg.get(k)) for k in ("width", "height")], (width, height)
    matrix = list(csv.reader(open(folder / "study-1-kernels.csv")))
    columns = len(matrix[0])
    dot, left, top = 2 * (700 // columns), 2 * 130, 2 * 76
    assert len(matrix) == 7 and columns == 49
    for group, weights in enumerate((kernels["untrained"], kernels["trained"])):
        largest = max(abs(w) for w in weights)
        for kernel in range(3):
            for i in range(7):
                for j in range(7):
                    column = (group * 3 + kernel) * 8 + group * 2 + j
                    weight = weights[kernel * 49 + i * 7 + j] / largest
                    assert abs(float(matrix[i][column]) - weight) <= 1e-5
                    seen = rows[top + dot * i + dot // 2][left + dot * column + dot // 2]
                    want = colour_of(weight)
                    assert all(abs(s - w) <= 6 for s, w in zip(seen, want)), (i, column, seen, want)
    assert rows[3][3] == (255, 255, 255)


def check_curves(study):
    """The last row of the curves is the median over the runs' last points."""
    rows = list(csv.DictReader(open(folder / "study-1-curves-10.csv")))
    for series in ("cnn", "mlp"):
        last = [r["points"][-1] for r in study["runs"] if r["series"] == series]
        for column, i, factor in (("training loss", 1, 1), ("validation accuracy", 4, 100)):
            want = factor * statistics.median(p[i] for p in last)
            assert abs(float(rows[-1][f"{series} {column} median"]) - want) < 1e-4 * (1 + want)
        assert int(rows[-1]["epoch"]) == last[0][0]


def check_sizes(study, number):
    for row in csv.DictReader(open(folder / f"study-{number}-accuracy.csv")):
        for series in ("cnn", "mlp"):
            of = [100 * r["points"][-1][4] for r in study["runs"]
                  if r["series"] == series and r["images"] == int(row["images_per_class"])]
            for column, want in (("median", statistics.median(of)), ("lowest", min(of)), ("highest", max(of))):
                assert abs(float(row[f"{series} {column}"]) - want) < 1e-3, (row, series)


page = (folder / "index.html").read_text()
links = re.findall(r'(?:src|href)="([^"#][^"]*)"', page)
assert links and all((folder / link).stat().st_size > 0 for link in links)
assert [int(n) for n in re.findall(r'<section id="study-(\d)"', page)] == studies
for link in links:
    if link.endswith(".svg"):
        xml.parse(folder / link)
    if link.endswith(".png"):
        width, height, step, raw = open_png(folder / link)
        assert width > 600 and height > 200 and len(raw) == height * (width * step + 1)
        assert len(set(raw)) > 20, f"{link} is empty"
results = json.loads((folder / "results.json").read_text())["studies"]
assert [s["study"] for s in results] == studies
for study in results:
    for finding in study["findings"]:
        assert finding["claim"] in page and finding["found"] in page
    if study["study"] == 1:
        check_kernels(study)
        check_curves(study)
    else:
        check_sizes(study, study["study"])
