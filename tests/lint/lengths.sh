#!/bin/sh
# Files that we write stay short enough to have one job: at most 450 lines, 100 columns, and functions
# of at most 60 lines.
set -eu
cd "$(git rev-parse --show-toplevel)"
files=$(git ls-files -co --exclude-standard 'grader/*.[ch]' 'reference/*.[ch]' 'problems/support/*.[ch]' 'tests/unit/*.[ch]' ':(glob)tests/golden/*.c' 'tests/oracles/*.[ch]' 'tests/bench/*.c' 'tests/container/*.[ch]')
awk '
    FNR == 1 { if (lines > 450) bad(name ": " lines " lines"); name = FILENAME; inside = 0 }
    { lines = FNR }
    length($0) > 100 { bad(FILENAME ":" FNR ": " length($0) " columns") }
    /^[a-zA-Z_].*\) \{$/ { inside = FNR }
    /^}/ && inside { if (FNR - inside > 60) bad(FILENAME ":" inside ": a function of " FNR - inside " lines"); inside = 0 }
    function bad(what) { print what; found++ }
    END { if (lines > 450) bad(name ": " lines " lines"); printf "lengths: %d passed, %d failed\n", (NR > 0), found; exit found > 0 }
' $files
