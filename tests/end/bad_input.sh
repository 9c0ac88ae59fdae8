#!/bin/sh
# What people hand in by mistake or on purpose: each gets one clear sentence and the exit code it should,
# nothing is written outside OUT, and what was graded before stays.
. tests/claims.sh
trap '[ -z "${mounted:-}" ] || umount "$mounted"; rm -rf "$work"' EXIT

# try CODE PATTERN SUBMISSION [OUT [OPTION ...]]: the exit code, and a sentence in what is printed.
try() {
    wanted=$1 words=$2 submission=$3 out=${4:-$work/out}
    shift $(($# < 4 ? $# : 4))
    claim "$submission ends with $wanted and says \"$words\"" says "$wanted" "$words" \
        timeout 60 "$build/gradus" grade "$submission" --build "$build" --out "$out" "$@"
}

export TMPDIR="$work/tmp"
mkdir -m 755 "$TMPDIR"
chmod 755 "$work"
try 0 'automatic points' reference
cp "$work/out/results.json" "$work/first.json"

# --- Nothing there ---
try 2 'no such file or directory' "$work/missing"
claim "a missing submission leaves the last results" cmp -s "$work/out/results.json" "$work/first.json"
mkdir "$work/empty"
try 0 'empty|no file|nothing' "$work/empty"

# --- No archive, or a hostile one ---
echo "this is not a zip" >"$work/text.zip"
try 0 'not an archive|archive' "$work/text.zip"
head -c 100000 /dev/urandom >"$work/noise.zip"
try 0 'archive' "$work/noise.zip"
python3 - "$work" <<'PYTHON'
import io, os, sys, tarfile, zipfile
work = sys.argv[1]
good = {name: open(f"reference/{name}").read() for name in sorted(os.listdir("reference"))}
def pack(name, entries):
    with zipfile.ZipFile(f"{work}/{name}", "w", zipfile.ZIP_DEFLATED) as z:
        for path, text in entries:
            z.writestr(path, text)
pack("right.zip", good.items())
pack("slip.zip", [("../slipped.c", "int x;"), ("../../../../../tmp/slipped.c", "int x;"),
                  ("/tmp/slipped_absolute.c", "int x;")] + list(good.items()))
pack("million.zip", [(f"f{i}.c", "") for i in range(20000)])
with zipfile.ZipFile(f"{work}/bomb.zip", "w", zipfile.ZIP_DEFLATED) as z:
    with z.open(next(iter(good)), "w") as f:
        for _ in range(256):
            f.write(bytes(4 << 20))
with tarfile.open(f"{work}/links.tar.gz", "w:gz") as t:
    for name, target in (("link.c", "/etc/passwd"), (next(iter(good)), "../reference/" + next(iter(good)))):
        link = tarfile.TarInfo(name)
        link.type, link.linkname = tarfile.SYMTYPE, target
        t.addfile(link)
    device = tarfile.TarInfo("device.c")
    device.type, device.devmajor, device.devminor = tarfile.CHRTYPE, 1, 5
    t.addfile(device)
pack("half.zip", good.items())
data = open(f"{work}/half.zip", "rb").read()
open(f"{work}/half.zip", "wb").write(data[:len(data) // 2])
PYTHON
try 0 'automatic points +([0-9]+) / ([0-9]+)' "$work/right.zip"
claim "an archive earns what its folder earns" grep -q "\"score\":[[:space:]]*$(earned_by perfect),$" "$work/out/results.json"
try 0 'not taken|name' "$work/slip.zip"
claim "nothing slips out of the archive" sh -c "! ls /tmp/slipped* $work/slipped* 2>/dev/null | grep -q ."
try 0 'entries|files|too many' "$work/million.zip"
try 0 'larger|too large|limit|unpack' "$work/bomb.zip"
try 0 'link|not a plain|regular' "$work/links.tar.gz"
try 0 'archive|damaged|cut|end' "$work/half.zip"

# --- Strange sources ---
one=$(basename "$(ls reference/*.c | head -n 1)")
strange() { # strange NAME: a copy of the reference whose first file comes from standard input
    cp -R reference "$work/$1"
    cat >"$work/$1/$one"
}
python3 -c 'print("int x[] = {" + "1," * 5000000 + "};")' | strange long_line
try 0 'larger|too large|limit' "$work/long_line"
python3 -c 'import sys; sys.stdout.buffer.write(b"int f(void) {\0\0 return 1; }\n")' | strange nul_bytes
try 0 'automatic points' "$work/nul_bytes"
printf '#include "%s"\n#include "%s"\n' "$one" "$one" | strange includes_itself
try 0 'include|not built|limit' "$work/includes_itself"

# --- Compilers that are not there ---
try 2 'there is no nobodys-cc on this machine' reference "$work/out" --compiler nobodys-cc
try 2 '"4" is no level' reference "$work/out" --optimise 4
claim "what is refused leaves nothing in TMPDIR" [ -z "$(ls "$TMPDIR")" ]

# --- Nowhere to write ---
: >"$work/file"
try 2 'cannot write' reference "$work/file/out"
if mkdir "$work/full" && mount -t tmpfs -o size=64k none "$work/full" 2>/dev/null; then
    mounted=$work/full
    dd if=/dev/zero of="$work/full/filler" bs=1k count=100 2>/dev/null || true
    try 2 'cannot write' reference "$work/full"
fi

claim "nothing was left in the temporary directory" sh -c '! ls "$TMPDIR" | grep -q .'
conclude input
