# An artifact is a folder that is built once for a key (a hash of all that goes into it), kept in the cache, and copied into
# each build folder that wants it. Sourced; needs log.sh and paths.sh.

# content_key FILE... : one hash over names and contents; more may come on stdin, such as versions of tools.
content_key() {
    { cat; (cd "$root" && sha256sum "$@"); } | sha256sum | cut -c1-16
}

# artifact NAME KEY OUT BUILD: makes OUT the artifact NAME of KEY. If the cache lacks it, BUILD is called with an empty folder
# to fill. Safe against others that do the same at the same time, and against being killed in the middle.
artifact() {
    local name=$1 key=$2 out=$3 build=$4 store=$IW_CACHE/artifacts/$1
    [ "$(cat "$out/key" 2>/dev/null)" != "$key" ] || return 0
    mkdir -p "$store"
    (
        flock 9
        [ -e "$store/$key/key" ] || artifact_make "$store" "$key" "$build"
        artifact_copy "$store/$key" "$out"
    ) 9>"$store/lock"
}

artifact_make() {
    local store=$1 key=$2 build=$3 fresh=$1/$2.new
    rm -rf "${store:?}"/*.new "${store:?}/$key"
    mkdir "$fresh"
    # Not in a condition: there bash would ignore the errors inside.
    "$build" "$fresh"
    echo "$key" >"$fresh/key"
    mv "$fresh" "$store/$key"
    # Keys that nobody asked for in a month.
    find "$store" -mindepth 2 -maxdepth 2 -name key -mtime +30 -printf '%h\0' | xargs -0r rm -rf
}

# Files that are the same keep their old time stamp, so that nothing is rebuilt for them. The key comes last: with it, OUT is whole.
artifact_copy() {
    local from=$1 out=$2 file
    touch "$from/key"
    mkdir -p "$out"
    rm -f "$out/key"
    while IFS= read -r -d '' file; do
        cmp -s "$from/$file" "$out/$file" || install -D -m 644 "$from/$file" "$out/$file"
    done < <(cd "$from" && find . -type f ! -name key -print0)
    cp "$from/key" "$out/key"
}
