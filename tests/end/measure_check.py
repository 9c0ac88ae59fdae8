"""Whether the folder of a measurement agrees with itself: measure_check.py FOLDER [--partial] [--pictures]

The report is valid by its schema; ledgers add up to the byte; tables, report and pieces tell the same;
the plots show the numbers of their tables.  --partial: it was interrupted, or pieces failed.
--pictures: PNG files are looked into, too, which takes seconds."""
import csv, json, re, struct, sys, zlib
from pathlib import Path
import xml.etree.ElementTree as xml
import jsonschema

folder, partial = Path(sys.argv[1]), "--partial" in sys.argv
report = json.loads((folder / "gpu_report.json").read_text())
schema = json.load(open("problems/support/gpu_report.schema.json"))
jsonschema.Draft202012Validator(schema).validate(report)
pieces = {p.stem: json.loads(p.read_text()) for p in (folder / "pieces").glob("*.json")}
good = {name: p for name, p in pieces.items() if p["trouble"] == 0}
assert not list(folder.rglob("*.new")), "a file that was half written"


def rows(name):
    return list(csv.DictReader(open(folder / name)))


def check_ledger():
    lines = rows("ledger.csv")
    for name in {line["piece"] for line in lines}:
        mine = [(line["line"], int(line["bytes"])) for line in lines if line["piece"] == name]
        total = 0
        for words, count in mine:
            if words in ("planned", "granted", "measured"):
                assert total == count, (name, words, total, count)
            elif words != "before":
                total += count
        piece = dict(mine)
        assert piece["planned"] == piece["granted"] > 0, (name, piece)
        seen = pieces[name]["seen"]
        assert piece["measured"] == seen["peak"] - seen["before"], name
    return {line["piece"] for line in lines}


def check_rows():
    for row in report["optimisers"]:
        piece = good[f"{row['optimiser']}-{row['batch']}"]
        assert row["memory"] == piece["seen"]["peak"] == max(row["samples"])
    for row in report["batches"]:
        piece = good[f"batch-{row['batch']}"]
        assert row["memory"] == piece["seen"]["peak"] and row["accuracy"] == piece["epochs"][-1]["accuracy"]
        assert row["seconds"] == piece["epochs"][-1]["time"]
    assert all(p["planned"] == p["granted"] for p in good.values())
    table = {(int(r["batch"]), int(r["epoch"])): r for r in rows("epochs.csv")}
    for epoch in report["epochs"]:
        row = table[epoch["batch"], epoch["epoch"]]
        assert abs(float(row["seconds"]) - epoch["time"]) < 1e-3
        assert abs(float(row["training_accuracy"]) - epoch["accuracy"]) < 1e-6
        assert abs(float(row["test_accuracy"]) - epoch["test"]) < 1e-6
        assert abs(float(row["last_loss"]) - epoch["loss"]) < 1e-5
    return table


def pixels(path):
    """The colours of a picture, and its size: 8 bits a channel, not interlaced, filters undone."""
    data, at, packed = path.read_bytes(), 8, b""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        if kind == b"IHDR":
            width, height, _, colour, _, _, _ = struct.unpack(">IIBBBBB", data[at + 8 : at + 21])
        packed += data[at + 8 : at + 8 + size] if kind == b"IDAT" else b""
        at += 12 + size
    step, raw = {2: 3, 6: 4}[colour], zlib.decompress(packed)
    seen, before = set(), bytes(width * step)
    for y in range(height):
        how, *row = raw[y * (width * step + 1) : (y + 1) * (width * step + 1)]
        for i in range(len(row)):
            a, b, c = (row[i - step] if i >= step else 0), before[i], (before[i - step] if i >= step else 0)
            p = min((abs(b - c), 0, a), (abs(a - c), 1, b), (abs(a + b - 2 * c), 2, c))[2]
            row[i] = (row[i] + (0, a, b, (a + b) // 2, p)[how]) % 256
        seen.update(tuple(row[i : i + 3]) for i in range(0, len(row), step))
        before = row
    return (width, height), seen


def paths(path):
    """The lines of a drawing, as lists of points; each begins with its sample in the key."""
    for element in xml.parse(path).getroot().iter("{http://www.w3.org/2000/svg}path"):
        yield [(float(x), float(y)) for x, y in re.findall(r"[ML ]\s*(-?[\d.]+),(-?[\d.]+)", element.get("d"))][2:]


def linear(pairs):
    """Whether one line maps all first numbers to the second: the largest difference."""
    low, high = min(pairs), max(pairs)
    slope = (high[1] - low[1]) / ((high[0] - low[0]) or 1)
    return max(abs(low[1] + slope * (p[0] - low[0]) - p[1]) for p in pairs)


def check_accuracy_plot(table):
    """A line of the drawing for each batch, its corners where the numbers are, by one scale."""
    across, upwards = [], []
    batches = sorted({batch for batch, _ in table})
    for batch in batches:
        epochs = [r for (b, _), r in sorted(table.items()) if b == batch]
        want = [float(r["seconds"]) for r in epochs]
        found = [p for p in paths(folder / "accuracy.svg") if len(p) == len(want) and min(map(min, p)) > 5 and
                 linear(list(zip(want, (x for x, _ in p)))) < 0.6 and
                 linear(list(zip((float(r["training_accuracy"]) for r in epochs), (-y for _, y in p)))) < 0.6]
        assert found, (batch, want, list(paths(folder / "accuracy.svg")))
        across += zip(want, (x for x, _ in found[0]))
        upwards += zip((float(r["training_accuracy"]) for r in epochs), (-y for _, y in found[0]))
    assert linear(across) < 1.5 and linear(upwards) < 1.5, (across, upwards)


def check_memory_plot():
    text = (folder / "memory.svg").read_text()
    for row in rows("memory.csv"):
        assert f">{int(row['measured_bytes']) / 2**20:.0f}<" in re.sub(r"<tspan[^>]*>|\s|</tspan>", "", text), row


told = check_ledger()
epochs = check_rows()
assert report["kind"] == "rehearsal" and report["scale"]["blocks"] == 1
if not partial:
    assert {"sgd-8", "momentum-8", "adam-8", "batch-4", "batch-16", "batch-64", "batch-256"} <= told
    assert report["largest"]["fits"] >= 256 and report["context"]["loaded"] > report["context"]["before"] > 0
    assert [r["optimiser"] for r in report["optimisers"]] == ["sgd", "momentum", "adam"]
    granted = [good[f"{o}-8"]["granted"] for o in ("sgd", "momentum", "adam")]
    parameters = good["sgd-8"]["parameters"]
    assert granted[0] < granted[1] < granted[2] and granted[2] - granted[1] >= 3.6 * parameters
if "plots" in report:
    assert report["plots"] == ["accuracy.png", "memory.png"]
    for name in report["plots"]:
        assert (folder / name).stat().st_size > 10000
    if "--pictures" in sys.argv:
        for name in report["plots"]:
            size, colours = pixels(folder / name)
            assert size == (1440, 860), size
            assert {(0x00, 0x72, 0xB2), (0xD5, 0x5E, 0x00)} <= colours, (name, len(colours))
    check_accuracy_plot(epochs)
    check_memory_plot()
print(f"{len(told)} ledgers, {len(epochs)} epochs")
