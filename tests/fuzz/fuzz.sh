#!/bin/sh
# Runs the fuzz harnesses, two at a time, and tells what each did and found.
#
#   tests/fuzz/fuzz.sh FUZZERS SECONDS [NAME ...]   each harness so long
#   tests/fuzz/fuzz.sh FUZZERS runs=N [NAME ...]    each harness on the same N inputs every time
#
# Harnesses begin with what seeds.py makes, with real files of the project, and with what was once a finding
# (tests/fuzz/corpus/NAME).  What they come to know is kept in FUZZERS/corpus and is a start for the next
# time, but not where runs are counted; what they find is kept in FUZZERS/findings.  Exit 1 when they find
# something.
set -eu
cd "$(dirname "$0")/../.."
fuzzers=$1 amount=$2
shift 2
[ $# -gt 0 ] || set -- $(cd tests/fuzz && ls ./*_fuzz.c | sed 's,./\(.*\)_fuzz.c,\1,')

# A harness that finds something ends without tidying up.
TMPDIR=$(mktemp -d -p /dev/shm 2>/dev/null || mktemp -d)
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT

# What a harness begins with.
seeds() {
    folder=$fuzzers/seeds/$1
    rm -rf "$folder"
    mkdir -p "$folder" "$fuzzers/corpus/$1" "$fuzzers/findings"
    python3 tests/fuzz/seeds.py "$1" "$folder"
    [ ! -d "tests/fuzz/corpus/$1" ] || cp -r "tests/fuzz/corpus/$1/." "$folder"
    case $1 in
    document) copies='tests/golden/tangle/*/in.md tests/tiny/problems/[0-9]*.md problems/[0-9]*.md' ;;
    homework) copies='tests/golden/default/problems/homework.md tests/golden/tangle/*/in/problems/homework.md
                      tests/tiny/problems/homework.md problems/homework.md' ;;
    answers) copies='student_template/answers.md tests/hostile/homework/*.md' ;;
    report) copies=problems/support/gpu_report.example.json ;;
    *) copies= ;;
    esac
    for file in $copies; do
        cp "$file" "$folder/$(echo "$file" | tr / -)"
    done
}

# One line: what was run, how many new ways through the code it knows, what it found.
run() {
    name=$1
    if [ ! -x "$fuzzers/${name}_fuzz" ]; then
        echo "$name: $fuzzers/${name}_fuzz is not a program (make fuzzers)"
        : >"$fuzzers/$name.found"
        return
    fi
    seeds "$name"
    log=$fuzzers/$name.log
    known="$fuzzers/corpus/$name" limit="-max_total_time=$amount"
    case $amount in runs=*)
        known=
        limit="-runs=${amount#runs=} -seed=1"
        ;;
    esac
    code=0
    # shellcheck disable=SC2086
    nice "$fuzzers/${name}_fuzz" $limit -max_len=16384 -timeout=20 -rss_limit_mb=2048 -print_final_stats=1 \
        -artifact_prefix="$fuzzers/findings/$name-" $known "$fuzzers/seeds/$name" >"$log" 2>&1 || code=$?
    executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    rate=$(sed -n 's/^stat::average_exec_per_sec: *//p' "$log")
    covered=$(grep -oE 'cov: [0-9]+' "$log" | tail -n 1)
    finding=$(sed -n 's/.*Test unit written to //p' "$log" | head -n 1)
    printf '%-10s %10s executions, %6s a second, %s%s\n' "$name" "${executions:-?}" "${rate:-?}" \
        "${covered:-cov: ?}" "$([ $code = 0 ] || echo ": FOUND ${finding:-something}")"
    [ $code = 0 ] && return
    grep -E -m 3 'not so:|runtime error|ERROR:|^SUMMARY|^gradus:' "$log" | sed 's/^/    /'
    echo "    again with: $fuzzers/${name}_fuzz ${finding:-}   (all of it in $log)"
    : >"$fuzzers/$name.found"
}

rm -f "$fuzzers"/*.found
while [ $# -gt 0 ]; do
    run "$1" &
    [ $# -lt 2 ] || run "$2" &
    wait
    shift $(($# < 2 ? 1 : 2))
done
! ls "$fuzzers"/*.found >/dev/null 2>&1
