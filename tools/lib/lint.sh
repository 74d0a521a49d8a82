# What looks at the files of deploy/. Sourced; needs log.sh, paths.sh, go.sh, python.sh.

# The loader of the Compose Specification itself, with its schema.
compose_spec=github.com/compose-spec/compose-go/v2/cmd@v2.16.2

ensure_lint() {
    ensure_venv "$IW_CACHE/lint" "$root/tools/lint_requirements.txt"
    grep -aqm1 $'mod\tgithub.com/compose-spec/compose-go/v2\tv'"${compose_spec##*@v}" "$IW_CACHE/bin/compose-spec" 2>/dev/null ||
        build_compose_spec
}

# Its folder, and with it the program that go makes of it, is named cmd.
build_compose_spec() {
    local folder
    ensure_go
    say "setup: building $compose_spec"
    folder=$(mktemp -d)
    GOBIN=$folder GOTOOLCHAIN=local GOFLAGS="$(go env GOFLAGS) -modcacherw" \
        with_heartbeat "go install compose-spec" go install "$compose_spec" >&2 || die "go could not build $compose_spec"
    mv "$folder/cmd" "$IW_CACHE/bin/compose-spec"
    rmdir "$folder"
}
