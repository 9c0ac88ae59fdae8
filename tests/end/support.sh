#!/bin/sh
# What a homework brings beside its documents (tests/tiny does): public support reaches the handout and its
# tests, the staff's does not; verbs work for both; a library that is missing costs its own problem only;
# what tests attach becomes files; what took long is remembered.
. tests/claims.sh
support=tests/tiny/problems/support
mine=$work/mine
grader/skeleton/template.sh "$build/tiny/tangled/skeleton" "$support" "$mine"
in_mine="make -C $mine"
staff="make -f grader/homework.mk HOMEWORK=tests/tiny OUT=$build/tiny BUILD=$build RESULTS=$work/results"

claim "the staff's support stays with the staff" sh -c "! ls $mine/support | grep chosen"
claim "what is not written says so through support code" says - 'repeated_sums.* is not written yet' $in_mine check-2
claim "a program of an untouched skeleton runs" says - '^0$' $in_mine show
cp tests/tiny/reference/*.c "$mine"
claim "a public test reaches the functions through support code" says - 'ok +sums_of_sums ' $in_mine check-2
claim "the student's verb runs the student's functions" says - '^10$' $in_mine show
claim "the staff's verb runs the reference's" says - '^10$' $staff show
claim "the student's help lists it" says - '^make show .*running sum' $in_mine help
claim "so does the handout's README" grep -q '^    make show .*running sum' "$mine/README.md"
claim "a program whose library is missing says so" says - 'lacking needs no-such-library, .*apt-get' $in_mine lacking
claim "to the staff too" says - 'lacking needs no-such-library, .*apt-get' $staff lacking
claim "what a test attaches is named" says - '^ +look at pictures/a_table-common-divisors.png$' $in_mine check-1
claim "and can be looked at" grep -q PNG "$mine/pictures/a_table-common-divisors.png"
rm -rf "$mine/build"
mkdir "$work/bin"
printf '#!/bin/sh\ncase "$*" in *libpng*) exit 1 ;; esac\nexec %s "$@"\n' "$(command -v pkg-config)" >"$work/bin/pkg-config"
chmod +x "$work/bin/pkg-config"
path=$PATH
PATH=$work/bin:$PATH
claim "a problem whose library is missing says so" says - 'Problem 1 needs libpng' $in_mine check-1
claim "and fails" sh -c "! $in_mine check-1"
claim "and leaves another alone" $in_mine check-2
PATH=$path
sed -i 's/sum += x/sum = x/' "$mine/series.c"
claim "a mistake in a function reaches the program" says - '^1$' $in_mine show
cp -R "$build/tiny/tangled/skeleton" "$support" "$work"
: >"$work/support/random.c"
sed -i 's/^PUBLIC_SUPPORT := /&random.c /' "$work/skeleton/tests/tangled.mk"
claim "support may not replace the public library" says - 'name of a file of the public library' \
    grader/skeleton/template.sh "$work/skeleton" "$work/support" "$work/other"

grade() { # grade SUBMISSION OUT
    "$build/gradus" grade "$1" --homework tests/tiny --build "$build/tiny" --out "$work/$2" --memo "$work/memo"
}
files() {
    (cd "$1" && echo *)
}
claim "a submission is graded" grade tests/tiny/reference first
claim "with what its tests attached" \
    [ "$(files "$work/first/attachments")" = "1.3-common-divisors.png 1.4-one-pixel.png 1.4-sum-of-divisors.txt" ]
claim "hidden tests' attachments are not in the results" sh -c "! grep -qE 'pixel|sum-of' $work/first/results.json"
claim "and once more" grade tests/tiny/reference again
claim "the same submission attaches the same bytes" diff -r "$work/first/attachments" "$work/again/attachments"
claim "a submission that attaches nothing is graded" grade tests/tiny/problems first
claim "and takes the old files away" [ ! -e "$work/first/attachments" ]
claim "a proof takes attachments as they come" "$build/tiny/judge-1" --prove

grade tests/tiny/reference first >"$work/said" 2>&1
claim "what a judge remembers is ours alone" [ "$(stat -c %a "$work/memo") $(files "$work/memo" | wc -w)" = "700 1" ]
claim "and is used" says - 'Series +9 / 9' grade tests/tiny/reference first
memo=$work/memo/$(files "$work/memo")
: >"$memo"
claim "a damaged memo costs nothing" says - 'Series +9 / 9' grade tests/tiny/reference first
claim "and is made good" [ -s "$memo" ]
chmod 777 "$work/memo"
claim "a directory that others can change is not used" says - 'nothing is remembered' grade tests/tiny/reference first
claim "which costs nothing either" grep -qE 'Series +9 / 9' "$work/said"
claim "a proof remembers too" "$build/gradus" prove --homework tests/tiny --build "$build/tiny" --memo "$work/proved"
claim "in its own directory" [ "$(files "$work/proved" | wc -w)" = 1 ]
conclude support
