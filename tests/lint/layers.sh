#!/bin/sh
# Stages include only what the picture of the flow allows.
#   folder: what it may include besides itself and the system's headers
set -eu
cd "$(git rev-parse --show-toplevel)"
allowed() {
    case $1 in
    base) echo ;;
    public) echo ;; # ships to students: knows nothing but itself
    document) echo base public ;;
    box) echo base ;;
    intake) echo base box document ;;
    build) echo base box document worker judge ;;
    worker) echo base box judge public ;;
    judge) echo base box build document public worker ;;
    memory) echo base box build document intake ;;
    score) echo base box build document intake judge memory public ;;
    export) echo base box build document intake judge memory public score ;;
    marks) echo base document score export ;;
    esac
}
found=0 seen=0
for folder in base public document box intake build worker judge memory score export marks; do
    for included in $(grep -hoE '^#include "[a-z]+/' grader/$folder/*.[ch] | cut -d'"' -f2 | tr -d / | sort -u); do
        seen=$((seen + 1))
        case " $(allowed $folder) $folder " in
        *" $included "*) ;;
        *)
            echo "grader/$folder may not include $included:"
            grep -n "\"$included/" grader/$folder/*.[ch]
            found=$((found + 1))
            ;;
        esac
    done
done
echo "layers: $seen passed, $found failed"
[ "$found" = 0 ]
