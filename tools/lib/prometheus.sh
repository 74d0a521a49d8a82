# Prometheus and promtool, for the tests of the metrics and of the alert rules. Sourced; needs log.sh, apt.sh, paths.sh.

# Taken out of Debian's package, which is not installed: that would start a server on this machine, now and at every boot. Programs
# on the PATH are the user's choice.
ensure_prometheus() {
    ! command -v prometheus >/dev/null || ! command -v promtool >/dev/null || return 0
    command -v apt-get >/dev/null ||
        die "this is no Debian: apt-get is missing" "put prometheus and promtool on the PATH"
    say "setup: fetching prometheus"
    local folder
    folder=$(mktemp -d)
    (
        cd "$folder"
        apt-get download -qq prometheus >apt.log 2>&1 || {
            as_root apt-get update -qq >apt.log 2>&1 && apt-get download -qq prometheus >>apt.log 2>&1
        } || { tail -n 20 apt.log >&2; exit 1; }
        dpkg-deb --fsys-tarfile prometheus_*.deb | tar -x ./usr/bin/prometheus ./usr/bin/promtool
    ) || die "Debian's package prometheus could not be fetched" "look at apt's output above"
    mv "$folder/usr/bin/prometheus" "$folder/usr/bin/promtool" "$IW_CACHE/bin/"
    rm -r "$folder"
}
