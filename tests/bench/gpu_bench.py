"""Our trainer beside PyTorch on one GPU: gpu_bench.py TRAINER FOLDER [--rehearse]

Every figure comes from a process of its own.  Memory of both is read from here, by NVML, every few
milliseconds.  Both load bytes of 32 x 32 images from the host, enlarge them on the device, and do a step of
SGD with momentum.  PyTorch runs channels-last, with cuDNN's autotuning, three ways: eager, compiled
(reduce-overhead), and as one captured CUDA graph."""

import ctypes
import datetime
import json
import os
import pathlib
import re
import subprocess
import sys
import threading
import time

HERE = pathlib.Path(__file__)
WAYS = ("eager", "compile", "graph")
WARM, TIMED, IMAGE, SIDE = 5, 20, 32, 224
MIB = 1 << 20


# --- PyTorch, in a process of its own ---


def build_network(torch, tiny):
    import torchvision

    if tiny:
        return torchvision.models.ResNet(torchvision.models.resnet.BasicBlock, [1, 1, 1, 1], num_classes=10)
    return torchvision.models.resnet152(num_classes=10)


def build_step(torch, way, batch, precision, tiny):
    """A function that does one step and can be timed."""
    import torch.nn.functional as F

    device = "cpu" if tiny else "cuda"
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = precision != "fp32"
    torch.backends.cudnn.benchmark = True
    network = build_network(torch, tiny).to(device, memory_format=torch.channels_last)
    optimiser = torch.optim.SGD(network.parameters(), lr=0.001, momentum=0.9)
    run = torch.compile(network, mode="reduce-overhead") if way == "compile" else network
    arrived = torch.randint(0, 256, (batch, 3, IMAGE, IMAGE), dtype=torch.uint8)
    arrived = arrived if tiny else arrived.pin_memory()
    images = torch.empty_like(arrived, device=device)
    labels = torch.arange(batch, device=device) % 10

    def compute():
        optimiser.zero_grad(set_to_none=True)
        pixels = images.float().div_(255).contiguous(memory_format=torch.channels_last)
        pixels = pixels if tiny else F.interpolate(pixels, size=SIDE, mode="bilinear", align_corners=False)
        with torch.autocast(device, dtype=torch.bfloat16, enabled=precision == "bf16"):
            loss = F.cross_entropy(run(pixels).float(), labels)
        loss.backward()
        optimiser.step()

    replay = compute
    if way == "graph" and not tiny:
        side = torch.cuda.Stream()
        with torch.cuda.stream(side):
            for _ in range(3):
                compute()
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            compute()
        replay = graph.replay

    def step():
        images.copy_(arrived, non_blocking=True)
        replay()

    return step


def time_torch(way, batch, precision, tiny):
    import torch

    step = build_step(torch, way, batch, precision, tiny)
    wait = (lambda: None) if tiny else torch.cuda.synchronize
    for _ in range(WARM):
        step()
    wait()
    began = time.perf_counter()
    for _ in range(TIMED):
        step()
    wait()
    print(json.dumps({"images_per_second": TIMED * batch / (time.perf_counter() - began)}))


# --- Memory, seen from here ---


class Nvml:
    """The first GPU's memory in use, in bytes; the driver's reserve aside."""

    class Memory(ctypes.Structure):
        _fields_ = [("version", ctypes.c_uint), ("total", ctypes.c_ulonglong), ("reserved", ctypes.c_ulonglong),
                    ("free", ctypes.c_ulonglong), ("used", ctypes.c_ulonglong)]

    def __init__(self):
        self.library = ctypes.CDLL("libnvidia-ml.so.1")
        self.device = ctypes.c_void_p()
        if self.library.nvmlInit_v2() or self.library.nvmlDeviceGetHandleByIndex_v2(0, ctypes.byref(self.device)):
            raise OSError("NVML finds no GPU")

    def name(self):
        text = ctypes.create_string_buffer(96)
        self.library.nvmlDeviceGetName(self.device, text, 96)
        return text.value.decode()

    def used(self, _):
        memory = self.Memory(version=ctypes.sizeof(self.Memory) | 2 << 24)
        if self.library.nvmlDeviceGetMemoryInfo_v2(self.device, ctypes.byref(memory)):
            raise OSError("NVML does not tell the memory in use")
        return memory.used


class Resident:
    """What is resident of a session of processes: of a rehearsal."""

    @staticmethod
    def name():
        return "a rehearsal on the CPU"

    @staticmethod
    def used(session):
        total = 0
        for folder in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                if os.getsid(int(folder.name)) == session:
                    total += int(re.search(r"VmRSS:\s*(\d+)", (folder / "status").read_text()).group(1)) << 10
            except (OSError, AttributeError):
                pass  # it has just ended
        return total


def run(command, meter):
    """What the command prints as JSON, with the most memory in use meanwhile; or why there is none."""
    before = meter.used(-1)
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               start_new_session=True)
    peak, over = [before], threading.Event()

    def look():
        while not over.wait(0.01):
            peak[0] = max(peak[0], meter.used(process.pid))

    thread = threading.Thread(target=look)
    thread.start()
    said, wrong = process.communicate()
    over.set()
    thread.join()
    try:
        found = json.loads(said[said.index("{"):])
    except ValueError:
        lines = wrong.strip().splitlines()
        found = {"failed": lines[-1][:300] if lines else f"exit code {process.returncode}"}
    return {**found, "before_bytes": before, "peak_bytes": peak[0]}


# --- Comparing ---


def time_ours(trainer, batch, precision, tiny, meter):
    where = ["--cpu", "yes", "--net", "18"] if tiny else ["--net", "152"]
    r = run([trainer, *where, "--precision", precision, "--data", "made:1", "--speed", str(batch), "--", "."], meter)
    if "failed" in r:
        return r
    return {"images_per_second": r["images"] / r["seconds"], "before_bytes": r["before_bytes"],
            "peak_bytes": r["peak_bytes"], "planned_bytes": r["planned"], "granted_bytes": r["granted"],
            "predicted_bytes": r["seen"]["opened"] + r["planned"], "seconds": r["seconds"],
            "device": r["device"], "driver": r["driver"], "libraries": r["libraries"]}


def measure(trainer, tiny, meter):
    for precision in ("fp32",) if tiny else ("tf32", "bf16"):
        for batch in (4, 8) if tiny else (8, 64, 256):
            yield {"who": "ours", "precision": precision, "batch": batch,
                   **time_ours(trainer, batch, precision, tiny, meter)}
            for way in WAYS[:1] if tiny else WAYS:
                command = [sys.executable, HERE, "--torch", way, batch, precision, "tiny" if tiny else "whole"]
                yield {"who": way, "precision": precision, "batch": batch,
                       **run([str(word) for word in command], meter)}


def show(row):
    words = row.get("failed") or (f"{row['images_per_second']:9.1f} images/s  peak {row['peak_bytes'] / MIB:9.1f} MiB"
                                  + (f"  predicted {row['predicted_bytes'] / MIB:9.1f}" if "predicted_bytes" in row
                                     else ""))
    print(f"{row['precision']}  batch {row['batch']:4d}  {row['who']:8s} {words}", flush=True)


def judge(rows):
    """One line a bar: whether it holds, and the words."""
    for precision, batch in dict.fromkeys((r["precision"], r["batch"]) for r in rows):
        mine, *theirs = [r for r in rows if (r["precision"], r["batch"]) == (precision, batch)]
        theirs = [r for r in theirs if "failed" not in r]
        place = f"{precision}, batch {batch}"
        if "failed" in mine or not theirs:
            yield False, f"{place}: nothing to compare"
            continue
        best = max(theirs, key=lambda r: r["images_per_second"])
        ratio = mine["images_per_second"] / best["images_per_second"]
        yield ratio >= 1, f"{place}: {ratio:.2f} times the best of PyTorch, {best['who']} (bar 1.0)"
        least = min(r["peak_bytes"] for r in theirs)
        yield mine["peak_bytes"] < least, f"{place}: {mine['peak_bytes'] / least:.2f} of PyTorch's least peak (bar 1.0)"
        error = mine["predicted_bytes"] / mine["peak_bytes"] - 1
        yield abs(error) <= 0.02, f"{place}: peak predicted with {100 * error:+.2f} % (bar 2)"


def main(trainer, folder, *rest):
    tiny = rest == ("--rehearse",)
    try:
        meter = Resident() if tiny else Nvml()
    except OSError as problem:
        print(f"There is no GPU to measure: {problem}.", file=sys.stderr)
        return 2
    try:
        import torch
        version = torch.__version__
        if not tiny and not torch.cuda.is_available():
            raise ImportError("it finds no GPU")
    except ImportError as problem:
        version = None
        if not tiny:
            print(f"There is no PyTorch to compare with: {problem} (TORCH_PYTHON=python names one).", file=sys.stderr)
            return 2
    rows = []
    for row in measure(trainer, tiny, meter):
        rows.append(row)
        show(row)
    verdicts = [] if tiny else list(judge(rows))
    for holds, words in verdicts:
        print(f"{'ok    ' if holds else 'MISSED'} {words}")
    now = datetime.datetime.now(datetime.timezone.utc)
    ours = next((r for r in rows if r["who"] == "ours" and "failed" not in r), {})
    kept = {"kind": "rehearsal" if tiny else "measurement", "date": now.strftime("%Y-%m-%d"), "device": meter.name(),
            "driver": ours.get("driver"), "libraries": ours.get("libraries"), "torch": version,
            "network": "tiny" if tiny else "resnet152", "rows": rows}
    path = pathlib.Path(folder) / (re.sub(r"[^a-z0-9]+", "-", meter.name().lower()) + now.strftime("-%Y-%m-%d.json"))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(kept, indent=1) + "\n")
    print(path)
    return 0 if tiny else 0 if all(holds for holds, _ in verdicts) else 1


if __name__ == "__main__":
    if sys.argv[1] == "--torch":
        time_torch(sys.argv[2], int(sys.argv[3]), sys.argv[4], sys.argv[5] == "tiny")
    else:
        sys.exit(main(*sys.argv[1:]))
