# The Temporal server that clusters run, without a command line of its own, and PostgreSQL to put under it: for what the
# development server with its SQLite cannot show. Sourced; needs log.sh, apt.sh, go.sh, paths.sh.

# The newest that Go 1.26 can build.
temporal_server_version=1.32.1
postgres_packages=(postgresql)

ensure_temporal_server() {
    ensure_packages "${postgres_packages[@]}"
    local stamp=$IW_CACHE/bin/temporal-server.version
    [ "$(cat "$stamp" 2>/dev/null)" != "$temporal_server_version" ] || return 0
    ensure_go
    say "setup: building the Temporal server for clusters, version $temporal_server_version; from cold this takes minutes"
    local bin
    bin=$(mktemp -d)
    GOBIN=$bin GOTOOLCHAIN=local CGO_ENABLED=0 GOFLAGS="$(go env GOFLAGS) -modcacherw" \
        with_heartbeat "go install temporal-server" go install -ldflags "-s -w" -tags disable_grpc_modules \
        "go.temporal.io/server/cmd/server@v$temporal_server_version" \
        "go.temporal.io/server/cmd/tools/sql@v$temporal_server_version" >&2 ||
        die "go could not build temporal's server $temporal_server_version" "look at its output above"
    mv "$bin/server" "$IW_CACHE/bin/temporal-server"
    mv "$bin/sql" "$IW_CACHE/bin/temporal-sql-tool"
    rmdir "$bin"
    echo "$temporal_server_version" >"$stamp"
}
