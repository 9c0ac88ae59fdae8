#!/bin/sh
# Puts one submission of tests/submissions together:  tests/assemble.sh FOLDER INTO
#
#   base     (optional) a directory of the repository to start from
#   files/   (optional) what is laid over it
#   change   (optional) a script that is run in the result: the mistake, as an edit
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
folder=$(cd "$1" && pwd)
mkdir -p "$2"
[ ! -f "$folder/base" ] || cp -R "$root/$(cat "$folder/base")/." "$2"
[ ! -d "$folder/files" ] || cp -R "$folder/files/." "$2"
cd "$2"
[ ! -f "$folder/change" ] || sh -eu "$folder/change"
