# Progress on stderr, so that stdout stays for data. Sourced.

say() { printf '%s\n' "$*" >&2; }

# die MESSAGE [NEXT STEP]: what is wrong, and what to do about it.
die() {
    say "error: $1"
    [ -z "${2:-}" ] || say "       $2"
    exit 1
}

# start_heartbeat NAME: from now on says every 30 s how long NAME has been at it; sets heartbeat for stop_heartbeat.
start_heartbeat() {
    local name=$1 start=$SECONDS
    (
        trap 'kill "$nap" 2>/dev/null; exit' TERM
        while true; do
            sleep 30 &
            nap=$!
            wait "$nap"
            say "   ... $name: $((SECONDS - start)) s"
        done
    ) >/dev/null &
    heartbeat=$!
}

stop_heartbeat() {
    kill "$heartbeat" 2>/dev/null || true
    wait "$heartbeat" 2>/dev/null || true
}

# with_heartbeat NAME PROGRAM...: runs a long, quiet program.
with_heartbeat() {
    local status=0 heartbeat
    start_heartbeat "$1"
    shift
    "$@" || status=$?
    stop_heartbeat
    return "$status"
}
