#!/bin/sh
# A short run of every fuzz harness, counted in runs instead of seconds; `make fuzz` goes on from there.
. tests/claims.sh

fuzzers=$build/fuzz
for harness in tests/fuzz/*_fuzz.c; do
    name=$(basename "$harness" _fuzz.c)
    claim "nothing that $name reads harms the grader" tests/fuzz/fuzz.sh "$fuzzers" runs=1000 "$name"
done

# --- A finding is told ---
mkdir "$work/fuzzers"
cat >"$work/fuzzers/text_fuzz" <<'END'
#!/bin/sh
echo "tests/fuzz/text_fuzz.c:1: not so: this"
echo "Test unit written to somewhere"
exit 77
END
chmod +x "$work/fuzzers/text_fuzz"
claim "what a harness finds is told, with its place" \
    says 1 'text .*FOUND somewhere' tests/fuzz/fuzz.sh "$work/fuzzers" runs=1 text
claim "and how to see it again" says 1 'again with: .*text_fuzz somewhere' tests/fuzz/fuzz.sh "$work/fuzzers" runs=1 text

# --- What cannot be run is no finding ---
claim "a harness that was not built is told as that" \
    says 1 'text_fuzz is not a program' tests/fuzz/fuzz.sh "$work" runs=1 text
conclude fuzz
