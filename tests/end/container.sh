#!/bin/sh
# The container simulation does what it says: rights, refused calls, switched-off layers, limits, and
# nothing that survives it.
. "$(dirname "$0")/../claims.sh"
container=$build/tests/container/container
if [ "$(id -u)" != 0 ]; then
    echo "This is not root: no container is simulated."
    conclude container
    exit
fi

call() { # call ERRNO NUMBER ARGUMENT ...: what a bare system call answers inside
    "$container" python3 -c '
import ctypes, sys
want, *call = [int(word, 0) for word in sys.argv[1:]]
libc = ctypes.CDLL(None, use_errno=True)
got = libc.syscall(*[ctypes.c_long(word) for word in call])
sys.exit(f"errno {ctypes.get_errno()}") if (ctypes.get_errno() if got < 0 else 0) != want else 0' "$@"
}
in_force() { says 0 "$2" "$container" --without "$1" "$build/gradus" isolation; }
status() { "$container" cat /proc/self/status; }
same_set() { # all three sets are the fourteen default capabilities
    [ "$(status | grep -c -E '^Cap(Prm|Eff|Bnd):.*00000000a80425fb$')" = 3 ] &&
        [ "$(status | grep -c -E '^Cap(Inh|Amb):.*0000000000000000$')" = 2 ]
}

claim "the capabilities are Docker's fourteen" same_set
claim "new rights stay possible, as in a container" says 0 'NoNewPrivs:.0' status
claim "a namespace is refused" says 1 'not permitted' "$container" unshare --net true
claim "a namespace for users is refused" says 1 'not permitted' "$container" unshare --user true
claim "a mount is refused" says 32 'permission denied' "$container" mount -t tmpfs none "$work"
claim "clone3 is not there" call 38 435 0 0
claim "clone of a thread is let through to the kernel" call 22 56 0x10000
claim "clone of a network namespace is refused" call 1 56 0x40000000
claim "an unprofiled call is refused" call 1 425 1 0
claim "a socket of the kernel's cryptography is refused" call 1 41 38 5 0
claim "an ordinary socket is allowed" call 0 41 1 1 0
claim "an odd personality is refused" call 1 135 0x40000
claim "the usual personality is allowed" call 0 135 0
claim "a change of root is allowed" says 0 inside "$container" chroot / echo inside
mkdir "$work/root"
echo '#include <unistd.h>
int main(void) { return access("/shown", F_OK) || access("/etc", F_OK) == 0; }' |
    gcc -x c -static - -o "$work/root/shown"
claim "--root changes it" "$container" --root "$work/root" -- /shown
claim "--user is an ordinary user" says 0 'uid=65534' "$container" --user id
claim "without Landlock gradus has none" in_force landlock 'isolation: uid chroot seccomp-notify$'
claim "of a newer Landlock it has the older part" in_force landlock-new ' landlock3 '
claim "without notification it still has a filter" in_force notify ' seccomp$'
claim "without chroot it has none" in_force chroot 'isolation: uid landlock'
claim "without seccomp it has none" in_force seccomp 'landlock[0-9]+$'
claim "without user ids of its own it says root" in_force uid 'isolation: root chroot'
claim "the exit code is the command's" says 7 seven "$container" sh -c 'echo seven; exit 7'
claim "a signal is told as shells tell it" says 137 last "$container" sh -c 'echo last; kill -9 $$'

limited() { "$container" --cpus 0.5 --memory-mib 64 -- "$@"; }
hungry="python3 -c 'bytearray(200 << 20)'"
no_group() { ! ls -d /sys/fs/cgroup/gradus-container-* /sys/fs/cgroup/*/gradus-container-* 2>/dev/null; }
if limited true 2>&1 | grep -q 'not in force'; then
    echo "no control group can be made here: limits are not tried"
else
    claim "too much memory ends a program" says 137 'of memory' limited sh -c "exec $hungry"
    claim "enough memory does not" says 0 'at most [0-9]+ MiB' limited true
    claim "no control group is left" no_group
fi

gone() { ! kill -0 "$(cat "$work/pid")" 2>/dev/null; }
claim "what it leaves is told" says 0 "ended what was left" "$container" sh -c "setsid sleep 60 & echo \$! >$work/pid"
claim "and does not survive it, in no session" gone
conclude container
