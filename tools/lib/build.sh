# Building in the release preset. Sourced; needs log.sh and paths.sh.

# build_release TARGET... : quick and silent where nothing changed.
build_release() {
    local folder=$root/build/release
    [ -e "$folder/build.ninja" ] || (cd "$root" && cmake --preset release >/dev/null)
    if ! cmake --build "$folder" --target "$@" -- -n 2>/dev/null | grep -q 'no work to do'; then
        say "building; from cold this takes a quarter of an hour or more"
        with_heartbeat "build" cmake --build "$folder" --target "$@" --parallel "$(iw_jobs)" >&2
    fi
}
