"""Writes what the fuzz harnesses begin with where that is no file of the project anyway:

    seeds.py HARNESS FOLDER

Each seed is small, and one that a harness takes to the end of its way: mutations of it come near the
end, too."""
import bz2
import gzip
import io
import json
import lzma
import pathlib
import struct
import sys
import tarfile
import zipfile
import zlib

FILES = {"first.c": b"int first;\n", "second.c": b"int second;\n", "util.h": b"#define U 1\n", "answers.md": b"# 1. Sums\n"}


# --- Archives ---

def make_zip(files, method=zipfile.ZIP_DEFLATED, folder=""):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(folder + name), content, method)
    return out.getvalue()


def make_tar(files, kind=tarfile.PAX_FORMAT, links=()):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=kind) as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
        for name, target, link in links:
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = link, target
            archive.addfile(entry)
    return out.getvalue().rstrip(b"\0") + bytes(1024)


def archives():
    tar = make_tar(FILES)
    encrypted = bytearray(make_zip(FILES))
    encrypted[6] |= 1
    return {
        "zip": make_zip(FILES),
        "zip-stored": make_zip(FILES, zipfile.ZIP_STORED),
        "zip-in-folder": make_zip(FILES, folder="handin/"),
        "zip-encrypted": bytes(encrypted),
        "zip-two-folders": make_zip({"a/first.c": b"1", "b/second.c": b"2", "__MACOSX/first.c": b"3"}),
        "zip-names": make_zip({"../first.c": b"1", "/second.c": b"2", "./first.c": b"3", "first.c/": b"", "Z\u00fc.c": b"4"}),
        "tar": tar,
        "tar-gnu": make_tar({"a/" * 60 + "first.c": b"1", **FILES}, tarfile.GNU_FORMAT),
        "tar-links": make_tar(FILES, links=[("x.c", "/etc/passwd", tarfile.SYMTYPE), ("second.c", "first.c", tarfile.LNKTYPE),
                                            ("pipe", "", tarfile.FIFOTYPE), ("folder", "", tarfile.DIRTYPE)]),
        "tar-gz": gzip.compress(tar, mtime=0),
        "tar-bz2": bz2.compress(tar),
        "tar-xz": lzma.compress(tar),
        "bomb": make_zip({"first.c": bytes(300000)}),
    }


# --- What leaves the boxes (archive.c, answers.h) ---

def frame(path, size, content=None, kind=0):
    kept = content is not None
    return struct.pack("=IIQQ", kind, len(path), size, kept) + path + (content or b"")


def listings():
    whole = b"".join(frame(name.encode(), len(content), content) for name, content in FILES.items())
    return {
        "files": b"\0" + whole,
        "in-a-folder": b"\0" + frame(b"handin/", 0, None, 1) + frame(b"handin/first.c", 3, b"abc"),
        "large": b"\0" + whole + frame(b"large.c", 2 ** 63) + frame(b"link.c", 0, None, 2),
        "damaged": b"\2",
        "killed": b"\x81",
    }


def section(question, line, answer):
    return struct.pack("=III", question, line, len(answer)) + answer


def sections():
    given = [b"Because.\n", b"> When does it?\n\n", b"a\n", b"b\n", b"12.5 h\n"]
    return {
        "all": struct.pack("=I", 1) + b"".join(section(i, 3 * i + 1, a) for i, a in enumerate(given)),
        "twice": struct.pack("=I", 1) + section(0, 1, b"\n") + section(0, 5, b"more\n"),
        "binary": struct.pack("=I", 4),
    }


# --- The wall ---

def worker(*deeds, printed=b"hello\0"):
    """What it prints, its hello, then for each call the arguments that the judge chooses, and what it does with them."""
    return printed + b"\0\0" + b"".join(deeds)


def workers():
    real = struct.pack("=d", 2.5)
    fills = b"\1" + 2 * (b"\2\3\2" + b"\1" + real) + 2 * (b"\1\4\0")
    poke = b"\4\0" + b"\1\2\0" + real
    reply = struct.pack("=IIiIqiiiIQQQ", 2, 0, 0, 0, 7, 11, 1, 0, 0, 0x610000000000, 0x7ffc0000, 0x7fff0000)
    return {
        "right": worker(fills, poke, b"\2\1\1\0", b"\0\0"),
        "scalars": worker(b"\0" + 3 * real, b"\1" + reply + b"\0", b"\3", b"\0\0"),
        "canary": worker(b"\2\1\1\0\1\1\0", b"\4\1\0\xff" + real),
        "crash": worker(fills, b"\xd3" + reply + b"\1\0"),
        "no-hello": b"\0\xf0\4",
    }


def verdicts():
    picture = struct.pack("=IIiiI", 0, 0, 2, 3, 6) + b"edges\0\0\0" + bytes(6)
    text = struct.pack("=IIiiI", 1, 1, 0, 0, 2) + b"note\0\0\0\0" + b"hi"
    head = struct.pack("=IIIIQII", 0x67726164, 3, 2, 0, 0, 0, 0)
    two = struct.pack("=IIIIQII", 0x67726164, 3, 2, 0, 0, 2, 0)
    wrong = struct.pack("=IIiidiiiii", 3, 0, 0, 0, 0.0, 0, 0, 12, -1, 4) + b"add_up".ljust(84, b"\0")
    partial = struct.pack("=IIiidiiiii", 2, 0, 0, 0, 0.0, 1, 3, 12, -1, 4) + b"add_up".ljust(84, b"\0")
    return {
        "passed": b"\1" + head,
        "wrong": b"\3" + head + wrong,
        "partial": b"\5" + head + partial,
        "attached": b"\x41" + two + picture + text,
        "cut": b"\x81" + head,
        "nothing": b"\0",
    }


# --- Numbers and pictures ---

def numbers():
    return {name: struct.pack("=dqqI", *values) + bytes([40, 2, 3, 3]) + struct.pack("=4d", 1, -2.5, 1e300, float("nan"))
            for name, values in {"third": (1 / 3, 17, 20, 1667), "large": (1e23, -1, 10, 10 ** 9), "small": (5e-324, 99, 98, 1)}.items()}


def expectations():
    right = bytes([2, 0, 9, 2, 2]) + struct.pack("=4d", 1, 2, 3, 4)
    return {
        "right": right,
        "off": bytes([2, 1, 9, 2, 2]) + struct.pack("=4d", 1, 2, 3, 4).ljust(512, b"\0") + b"\1" + struct.pack("=d", 2.0000000001),
        "unset": bytes([1, 0, 1, 3]) + struct.pack("=4Q", *[0x7ff4000000000182] * 4),
        "nan": bytes([1, 0, 1, 3]) + struct.pack("=3d", float("nan"), float("inf"), 1),
    }


def png(width, height, depth, colour, rows, extra=b"", interlace=0):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlace)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + extra + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def pictures():
    palette = struct.pack(">I", 6) + b"PLTE\1\2\3\xff\0\x80"
    palette += struct.pack(">I", zlib.crc32(palette[4:]))
    return {
        "grey": png(3, 2, 8, 0, b"\0\0\x80\xff\0\1\2\3"),
        "grey-alpha": png(1, 1, 8, 4, b"\0\x80\x40"),
        "colour-16": png(1, 1, 16, 2, b"\0" + bytes(range(6))),
        "palette": png(2, 1, 1, 3, b"\0\x40", palette),
        "interlaced": png(1, 1, 8, 6, b"\0abcd", interlace=1),
        "wide": png(70000, 1, 8, 0, b"\0"),
    }


# --- Texts ---

def marks():
    rows = [{"question": "3.why", "line": 1, "points": 1, "remark": "good"}, {"question": "3.when", "line": 1, "points": 0.5}]
    names = "question,line,points,remark\n"
    return {
        "json": json.dumps({"homework": "small", "marks": rows}, indent=1).encode(),
        "csv": (names + '3.why,1,1,"good, ""really"""\r\n3.why,2,0.125,\n3.why,,,on the whole\n').encode(),
        "csv-bom": ("\ufeff" + names + "3.when,1,1e-1,\n").encode(),
        "wrong": (names + "3.why,1,2,\n3.why,7,1,\n8a.sources,1,1,\n9.none,,,\n").encode(),
    }


def scorecards():
    rubric = [{"points": 1, "text": "addition commutes", "earned": 1, "remark": "good"}, {"points": 1, "text": "and associates"}]
    written = [{"problem": 3, "name": "why", "found": "answered", "answer": "Because.\n", "rubric": rubric},
               {"problem": 3, "name": "when", "found": "missing", "rubric": [{"points": 1, "text": "when numbers are rounded"}]}]
    card = {"format": "gradus-scorecard", "homework": {"id": "small"}, "points": 1.50, "written": written}
    results = {"score": 2.5, "tests": [{"score": 1, "max_score": 2}, {"name": "x", "extra_data": {"written": "3.why"}}]}
    return {
        "both": json.dumps(card).encode() + b"\0" + json.dumps(results).encode() + b"\0",
        "numbers": b'[0, -1.50e+3, 9007199254740993, {"\\u0031": "a\\n"}]\0[1, 01]\0',
    }


def complaints():
    return {
        "clash": b"\xff/usr/bin/ld: 1.o: in function `twice':\n1.o:(.text+0x0): multiple definition of `twice'; 0.o:(.text+0x0): "
                 b"first defined here\n",
        "absence": b"\xff/usr/bin/ld: 0.o: in function `f':\n(.text+0xa): undefined reference to `gone'\n",
        "other": b"\xffld: \x1b[31mfailed\xff\xfe\n",
    }


def texts():
    return {
        "kinds": "\u0020plain \u00e9 \u20ac \U0001f600 \u202e\u200b\t\n\x1b[31mred\x9b".encode() + b"\xc0\x80\xed\xa0\x80\xf4\x90\x80\x80\xff",
        "lines": b"\x40a\nb\r\n\tc\n\n</script>&<b>\"'\n=1+1,@x",
    }


HARNESSES = {"archive": archives, "listing": listings, "sections": sections, "wire": workers, "verdicts": verdicts, "numbers": numbers,
             "expect": expectations, "picture": pictures, "marks": marks, "scorecard": scorecards, "complaint": complaints,
             "text": texts}

if __name__ == "__main__":
    for name, seed in HARNESSES.get(sys.argv[1], dict)().items():
        pathlib.Path(sys.argv[2], name).write_bytes(seed)
