#!/bin/sh
# Takes autograder.zip through what Gradescope does with it, in a fresh system instead of a container's
# image: setup.sh once, then run_autograder for each of a few submissions, under the container
# simulation, with half a processor and 768 MB.  Every results.json is held against the platform's
# rules.  Ends with "rehearsal: N passed, N failed"; only for root.
#
#   tests/rehearsal/rehearsal.sh [BUILD [SUITE]]      SUITE as debootstrap knows it
suite=${2:-bookworm}
. tests/claims.sh
[ "$(id -u)" = 0 ] || { echo "the rehearsal makes a system of its own: only root can" >&2 && exit 2; }
work=$(realpath "$work")
root=$work/root
platform=$root/autograder
trap 'umount -l "$root/proc" 2>/dev/null || true; rm -rf --one-file-system "$work"' EXIT
trap 'exit 2' INT TERM HUP
seconds() { awk -v from="$1" -v to="$(date +%s.%N)" 'BEGIN { printf "%.1f", to - from }'; }
points() { sed -n 's/^points: *//p' problems/"$1"*.md; }
stop() {
    tail -n 30 "$work/log"
    echo "$1" >&2
    exit 2
}

# --- The image ---

base=$build/rehearsal/$suite.tar
if [ ! -f "$base" ]; then
    echo "making a fresh $suite, kept in $base"
    mkdir -p "${base%/*}"
    debootstrap --variant=minbase --components=main,universe "$suite" "$work/base" >"$work/log" 2>&1 ||
        stop "there is no $suite to be had here"
    tar -C "$work/base" --exclude='./var/cache/apt/archives/*.deb' -cf "$base.new" .
    mv "$base.new" "$base"
    rm -rf --one-file-system "$work/base"
fi
mkdir "$root"
tar -C "$root" -xf "$base"
mount -t proc proc "$root/proc"
cp -L /etc/resolv.conf "$root/etc/resolv.conf"
apt-config dump | grep -i '^acquire::[a-z:]*proxy' >"$root/etc/apt/apt.conf.d/99proxy" || true

head -c 24 /dev/urandom | base64 >"$work/secret"
mkdir -p "$platform/source"
grader/gradescope/pack.sh "$build" "$work/autograder.zip" "$work/secret" >"$work/log" 2>&1 || stop "no zip"
# As an archive looks that somebody packed on a system without modes.
(umask 022 && python3 -m zipfile -e "$work/autograder.zip" "$platform/source")
cp "$platform/source/run_autograder" "$platform/run_autograder"
chmod 755 "$platform/run_autograder"

setup() {
    env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root chroot "$root" bash /autograder/source/setup.sh
}
start=$(date +%s.%N)
setup >"$work/log" 2>&1 || stop "setup.sh failed"
echo "$suite: setup.sh took $(seconds "$start") s"
claim "setup.sh ends by showing that the reference earns everything" grep -q '^proved: reference' "$work/log"
claim "nobody but root can read what setup.sh leaves" \
    says 2 'permission denied' chroot --userspec=4242:4242 "$root" ls /autograder/source
cp -a "$platform/source/build/memo" "$work/memo"

# --- Submissions ---

# rehearse NAME EARNED FOLDER [OPTION ...]: grades FOLDER under a container with OPTIONs.
rehearse() {
    name=$1 earned=$2 folder=$3
    shift 3
    # Each container begins with the image, and has nothing that another one left.
    rm -rf "$platform/submission" "$platform/results" "$platform/source/build/memo"
    cp -a "$work/memo" "$platform/source/build/memo"
    cp -R "$folder" "$platform/submission"
    mkdir "$platform/results"
    echo '{"id": 1, "users": [{"name": "Xyzzy"}]}' >"$platform/submission_metadata.json"
    start=$(date +%s.%N)
    AUTHENTICATION_TOKEN=Xyzzy "$build/tests/container/container" --cpus 0.5 --memory-mib 768 \
        --root "$root" "$@" -- /autograder/run_autograder >"$work/stdout" 2>"$work/stderr" || true
    echo "$suite, $name: $(seconds "$start") s; $(sed -n 's/^container: //p' "$work/stderr")"
    # What staff see of the same work, by a gradus on this machine.
    "$build/gradus" grade --build "$build" --secret "$work/secret" --out "$work/staff" -- "$folder" \
        >"$work/log" 2>&1 || stop "$name cannot be graded on this machine"
    claim "$name earns $earned, by Gradescope's rules" tests/rehearsal/results.py \
        "$platform/results/results.json" --earned "$earned" --scorecard "$work/staff/scorecard.json"
    claim "$name: staff get their table" grep -q 'automatic points' "$work/stdout"
    claim "$name: nothing but the results is left" \
        [ "$(cd "$root" && ls -A autograder/results tmp | tr '\n' ' ')" = 'autograder/results: results.json  tmp: ' ]
    claim "$name: neither secret nor credentials get out" \
        sh -c "! grep -rqF -e Xyzzy -e '$(cat "$work/secret")' '$platform/results' '$work/stdout'"
}

mkdir "$work/hostile"
cp reference/*.c "$work/hostile"
cp reference/answers.md "$work/hostile"
for crime in tests/rehearsal/hostile/*.c; do
    cat "$crime" >>"$work/hostile/${crime##*/}"
done
for name in flipped_filter right_static; do
    tests/assemble.sh tests/submissions/$name "$work/$name"
done
all=$(earned_by perfect) rest=$(($(earned_by perfect) - $(points 1) - $(points 3) - $(points 6)))

rehearse reference "$all" reference
claim "the same bytes come from this machine" cmp "$platform/results/results.json" "$work/staff/results.json"
rehearse skeleton 0 student_template
rehearse "a flipped filter" $((all - 2)) "$work/flipped_filter"
rehearse "other right work, trained anew" "$all" "$work/right_static"
rehearse "hostile work" "$rest" "$work/hostile"
rehearse "hostile work without Landlock" "$rest" "$work/hostile" --without landlock

# --- An image that must not be made ---

rm "$platform/source/reference/answers.md"
claim "setup.sh fails where the reference loses points" says 1 'points here, expected' setup
conclude rehearsal
