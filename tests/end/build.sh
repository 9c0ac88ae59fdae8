#!/bin/sh
# The build itself: what it was doing when it was ended is not taken for done the next time.
. tests/claims.sh

# A compiler that ends make, and all else, when it has begun to link.
cat >"$work/cc" <<'END'
#!/bin/sh
for last; do :; done
: >"$last"
case " $* " in *" -c "*) ;; *) : >"$0.links" && kill -KILL 0 ;; esac
END
chmod +x "$work/cc"
ended=$work/ended
MAKEFLAGS='' setsid -w make CC="$work/cc" BUILD="$ended" "$ended/gradus" >/dev/null 2>&1 || true
claim "a build is ended while it links" test -e "$work/cc.links"
claim "and leaves no program behind that looks built" test ! -e "$ended/gradus"
conclude build
