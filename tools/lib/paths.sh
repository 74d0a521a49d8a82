# Where things are. Sourced; sets root (the tree) and IW_CACHE (what is built once, outside the tree, for all clones).

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
IW_CACHE=${IW_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/inference-worker}
mkdir -p "$IW_CACHE/bin"
IW_CACHE=$(cd "$IW_CACHE" && pwd)
export IW_CACHE

# Tools that setup brought come last: what is installed already, and new enough, wins.
case ":$PATH:" in
    *":$IW_CACHE/bin:"*) ;;
    *) export PATH="$PATH:$IW_CACHE/bin" ;;
esac

# Number of jobs: one for each core, but no more than the memory carries at 2 GiB for each.
iw_jobs() {
    local cores memory
    cores=$(nproc)
    memory=$(awk '/^MemAvailable/ { print int($2 / 2097152) }' /proc/meminfo)
    [ "$memory" -ge 1 ] || memory=1
    [ "$cores" -le "$memory" ] && echo "$cores" || echo "$memory"
}
