# Debian packages. Sourced; needs log.sh.

# What building needs.
build_packages=(
    ca-certificates ccache clang-19 cmake g++ git libboost-dev libcli11-dev libcurl4-openssl-dev libexpected-dev
    libgmock-dev libgrpc++-dev libgtest-dev libhiredis-dev libpq-dev libprotobuf-dev libpugixml-dev librapidcheck-dev
    libspdlog-dev libsqlite3-dev libssl-dev libyaml-cpp-dev lld-19 ninja-build nlohmann-json3-dev pkg-config
    prometheus-cpp-dev protobuf-compiler protobuf-compiler-grpc python3 python3-venv
)

# What ./test needs besides: sanitizers that name lines, format and lint, the servers that tests start, and shells and
# readers of manual pages.
test_packages=(
    clang-format-19 clang-tidy-19 fish haproxy libclang-rt-19-dev libnuma1 llvm-19 man-db mandoc openssl postgresql procps zsh
    redis-tools  # Has the server too, as redis-check-rdb; redis-server would start one for the machine.
)

# What looks at the files of deploy/.
lint_packages=(systemd)

# missing_packages NAME... : those that are not installed, one a line.
missing_packages() {
    LC_ALL=C comm -23 <(printf '%s\n' "$@" | LC_ALL=C sort -u) <(
        dpkg-query -W -f '${binary:Package} ${db:Status-Status}\n' "$@" 2>/dev/null |
            sed -n 's/:[^ ]*//; s/ installed$//p' | LC_ALL=C sort -u
    )
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo --preserve-env=DEBIAN_FRONTEND "$@"; fi
}

# ensure_packages NAME... : installs what is missing. Never removes a package: that is for its owner to decide.
ensure_packages() {
    local missing
    mapfile -t missing < <(missing_packages "$@")
    [ "${#missing[@]}" -gt 0 ] || return 0
    command -v apt-get >/dev/null ||
        die "this is no Debian: apt-get is missing" "install the counterparts of: ${missing[*]}"
    [ "$(id -u)" = 0 ] || command -v sudo >/dev/null ||
        die "packages are missing, and neither root nor sudo is at hand" "as root: apt-get install ${missing[*]}"
    say "setup: installing ${#missing[@]} Debian packages: ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    with_heartbeat "apt-get update" as_root apt-get update -qq >&2
    with_heartbeat "apt-get install" as_root apt-get install -y -qq --no-install-recommends --no-remove "${missing[@]}" \
        >"$IW_CACHE/apt.log" 2>&1 ||
        { tail -n 20 "$IW_CACHE/apt.log" >&2; die "apt-get install failed (all of it: $IW_CACHE/apt.log)"; }
}
