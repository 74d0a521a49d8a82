# The Temporal command line with its development server. Sourced; needs log.sh, go.sh, paths.sh.

# Not every release can be built from its module alone: 1.9.1 cannot.
temporal_version=1.5.1

# One on the PATH is the user's choice. Ours is built again when the version above changes.
temporal_found() {
    local program
    program=$(command -v temporal) || return 1
    [ "$program" != "$IW_CACHE/bin/temporal" ] ||
        grep -aqm1 $'mod\tgithub.com/temporalio/cli\tv'"$temporal_version" "$program"
}

ensure_temporal() {
    ! temporal_found || return 0
    ensure_go
    say "setup: building the Temporal server, version $temporal_version; from cold this takes minutes"
    # The wheel's Go must do: fetching another one is not for a set-up to decide. A module cache that can be deleted.
    GOBIN=$IW_CACHE/bin GOTOOLCHAIN=local GOFLAGS="$(go env GOFLAGS) -modcacherw" \
        with_heartbeat "go install temporal" go install \
        -ldflags "-s -w -X github.com/temporalio/cli/temporalcli.Version=$temporal_version" \
        "github.com/temporalio/cli/cmd/temporal@v$temporal_version" >&2 ||
        die "go could not build temporal $temporal_version" "or put a temporal of your own on the PATH"
}
