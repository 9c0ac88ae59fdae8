#!/bin/sh
# Puts one submission of tests/submissions together:  tests/assemble.sh FOLDER INTO
#
#   base     (optional) a directory or file of the repository to start from
#   files/   (optional) what is laid over it
#   change   (optional) a script that is run in the result: the mistake, as an edit
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
folder=$(cd "$1" && pwd)
mkdir -p "$2"
if [ -f "$folder/base" ]; then
    base=$root/$(cat "$folder/base")
    [ ! -d "$base" ] || base=$base/.
    cp -R "$base" "$2"
fi
[ ! -d "$folder/files" ] || cp -R "$folder/files/." "$2"
cd "$2"
[ ! -f "$folder/change" ] || sh -eu "$folder/change"
