#!/bin/sh
# Prints a Markdown file with the lines between its two markers replaced by the table of points.
#
#   grader/skeleton/points.sh GRADUS FILE
set -eu
table=$(mktemp)
trap 'rm -f "$table"' EXIT
"$1" points >"$table"
awk -v table="$table" '
    /<!-- points: generated -->/ { print; print ""; while ((getline row < table) > 0) print row; print ""; skip = 1; next }
    /<!-- end of points -->/ { skip = 0 }
    !skip
' "$2"
