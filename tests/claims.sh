# What the scripts of tests/end share: a folder to work in, and claims, which hold or are counted as failed.
# Sourced at the top of a script that was called as `tests/end/NAME.sh [BUILD]`.
#
#   $build                       what was built
#   $work                        an empty folder, removed at the end
#   claim SENTENCE COMMAND ...   the command succeeds
#   says CODE PATTERN COMMAND ...   it ends with CODE ("-": any) and prints PATTERN: to be claimed
#   earned_by NAME               the points that tests/submissions/NAME must get
#   conclude NAME                prints the sum; the script ends well when no claim failed
set -eu
cd "$(dirname "$0")/../.."
build=${1:-build}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

claim() {
    sentence=$1
    shift
    if "$@" >"$work/claimed" 2>&1; then
        passed=$((passed + 1))
    else
        echo "not so: $sentence"
        tail -n 30 "$work/claimed"
        failed=$((failed + 1))
    fi
}
says() {
    code=0 want=$1 pattern=$2
    shift 2
    "$@" >"$work/said" 2>&1 || code=$?
    { [ "$want" = - ] || [ "$code" = "$want" ]; } && grep -qiE -e "$pattern" "$work/said" ||
        { echo "code $code" && head -n 30 "$work/said" && return 1; }
}
earned_by() { sed -n 's/^\t"earned":[[:space:]]*\([0-9.]*\),$/\1/p' "tests/submissions/$1/want.json"; }
conclude() {
    echo "$1: $passed passed, $failed failed"
    [ "$failed" = 0 ]
}
