#!/bin/sh
# Nothing that only staff may see reaches a student: no line of a hidden test, mutant, rubric or answer
# occurs in student_template/.  Lines that say nothing (braces, short ones, heads of loops, members of
# an initialiser) and lines that the public part or the public library have as well do not count.
set -eu
cd "$(git rev-parse --show-toplevel)"
found=0 seen=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for document in problems/[0-9]*.md; do
    # A table of shapes that a public test runs over is public too: its rows stand in the suite.
    shown=$(sed -n 's/^```c test .*shapes=\([a-z0-9_]*\).*/\1/p' "$document" | paste -sd' ')
    awk -v public="$work/public" -v staff="$work/staff" -v shown=" $shown " '
        /^```/ && !open {
            open = 1
            secret = /^```(c hidden|shapes|mutant|rubric|answer)/ && !index(shown, " " $2 " ")
            next
        }
        /^```/ { open = 0; secret = 0; next }
        length($0) >= 24 && !/^[-+ ]*(for \(int|\.[a-z]+ = )/ { print >> (secret ? staff : public) }
    ' "$document"
done
sort -u "$work/public" grader/public/*.[ch] >"$work/known"
sed 's/^[-+ ]*//' "$work/staff" | sort -u | comm -23 - "$work/known" | grep -v '^$' >"$work/secrets"
while IFS= read -r line; do
    grep -qF -- "$line" "$work/known" && continue
    seen=$((seen + 1))
    if grep -rnF --exclude-dir=build -- "$line" student_template; then
        found=$((found + 1))
    fi
done <"$work/secrets"
echo "leaks: $seen passed, $found failed"
[ "$found" = 0 ] && [ "$seen" -gt 0 ]
