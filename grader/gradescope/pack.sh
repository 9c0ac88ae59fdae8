#!/bin/sh
# Packs what Gradescope needs to grade this homework into ZIP, and says what to do with it.  Packs
# sources, which setup.sh builds: systems differ in their C library.  The same tree gives the same
# bytes.
#
#   grader/gradescope/pack.sh BUILD ZIP [SECRET]      in the folder of the homework, which has been built
set -eu
build=$1 archive=$2 secret=${3:-}
umask 077
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
rm -f "$archive"

# Sooner here than in an image that nobody can make.
code=0
"$build/gradus" right --build "$build" ${secret:+--secret "$secret"} -- reference >"$stage/log" 2>&1 || code=$?
if [ "$code" != 0 ]; then
    cat "$stage/log" >&2
    [ "$code" = 1 ] && why="the reference must earn every point" || why="gradus could not grade"
    echo "Nothing was packed: $why." >&2
    exit "$code"
fi

mkdir "$stage/zip"
tar -c --exclude='.*' --exclude='*~' Makefile grader problems reference | tar -x -C "$stage/zip"
mv "$stage/zip/grader/gradescope/setup.sh" "$stage/zip/grader/gradescope/run_autograder" "$stage/zip"
rm -r "$stage/zip/grader/gradescope"
[ -z "$secret" ] || cat "$secret" >"$stage/zip/secret"
chmod -R go= "$stage/zip"
find "$stage/zip" -exec touch -d '2000-01-01 00:00:00 UTC' {} +
(cd "$stage/zip" && find . -type f | LC_ALL=C sort | TZ=UTC zip -q -X -@ "$stage/autograder.zip")
mv "$stage/autograder.zip" "$archive"

points=$(sed -n 's/^points: *//p' problems/homework.md)
cat <<TEXT
$archive is ready. On Gradescope, in a programming assignment:

  1. Autograder points: $points. Marks for written answers are not among them.
  2. Configure Autograder: upload the zip; base image Ubuntu, version 22.04, which is the default.
  3. Container: 0.5 CPU and 0.75 GB, the default, are enough. Its timeout, 10 minutes by default, must
     be longer than deadline-seconds in problems/homework.md, 540 where that says nothing.
  4. Test Autograder with the files of reference/: they must lose no point.
TEXT
if [ -n "$secret" ]; then
    echo "The zip holds the course's secret and all answers: keep it to the course staff."
else
    echo "The zip holds all answers: keep it to the course staff. It holds no secret, and every result"
    echo "will say \"practice seed\": anyone with this repository can compute the hidden inputs. For a"
    echo "course, put a line of random text into a file of mode 600: make gradescope SECRET=file"
fi
