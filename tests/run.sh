#!/bin/sh
# Runs test programs and scripts, `jobs` at a time, and sums up what they counted.
#
#   tests/run.sh LOGS JOBS COMMAND ...
#
# Each command prints a line "NAME: N passed, M failed"; one that ends with another code than 0 without
# counting a failure counts as one.  What a failing command printed is shown.  Exit 1 when any failed.
set -u
logs=$1 jobs=$2
shift 2
# Commands share the processors already; and sums have the same order on every machine.
export OPENBLAS_NUM_THREADS=1
mkdir -p "$logs"
rm -f "$logs"/*.log "$logs"/*.code

number=0
for command; do
    number=$((number + 1))
    printf '%03d %s\n' "$number" "$command"
done | xargs -P "$jobs" -d '\n' -I{} sh -c '
    line=$1 logs=$2 number=${1%% *} command=${1#* }
    start=$(date +%s.%N)
    timeout 900 sh -c "$command" >"$logs/$number.log" 2>&1 </dev/null
    code=$?
    echo "$code" >"$logs/$number.code"
    seconds=$(echo "$(date +%s.%N) $start" | awk "{printf \"%.1f\", \$1 - \$2}")
    counts=$(grep -E "^[a-z]+: [0-9]+ passed, [0-9]+ failed$" "$logs/$number.log" | tail -n 1)
    printf "%-64s %6ss  %s\n" "$command" "$seconds" "${counts#*: }"
' sh {} "$logs"

awk '
    FNR == 1 { files++ }
    /^[a-z]+: [0-9]+ passed, [0-9]+ failed$/ { passed[FILENAME] += $2; failed[FILENAME] += $4 }
    END { for (f in passed) { p += passed[f]; q += failed[f] } print p + 0, q + 0 }
' "$logs"/*.log >"$logs/sum"
read -r passed failed <"$logs/sum"
for code in "$logs"/*.code; do
    log=${code%.code}.log
    [ "$(cat "$code")" = 0 ] && continue
    echo "--- $log (exit $(cat "$code"))"
    tail -n 60 "$log"
    grep -qE '^[a-z]+: [0-9]+ passed, [1-9][0-9]* failed$' "$log" || failed=$((failed + 1))
done
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
