# What a test starts must not outlive it. Sourced; needs log.sh.
# Every process of a run inherits a mark in its environment, also those that moved to a session of their own.

export IW_TEST_RUN="$$-$(date +%s)"

# marked_processes : the ids of all processes of this run. This shell, and copies of it, have no mark: it is younger than they.
marked_processes() {
    local environ
    for environ in /proc/[0-9]*/environ; do
        if grep -qsz "^IW_TEST_RUN=$IW_TEST_RUN\$" "$environ"; then
            basename "$(dirname "$environ")"
        fi
    done
}

# stop_leftovers : ends them; false if there were any after a moment of grace.
stop_leftovers() {
    local deadline=$((SECONDS + 5)) pid found
    while mapfile -t found < <(marked_processes) && [ "${#found[@]}" -gt 0 ]; do
        if [ "$SECONDS" -ge "$deadline" ]; then
            for pid in "${found[@]}"; do
                say "left running, ended now: $pid $(tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | cut -c -150)"
                kill -KILL "$pid" 2>/dev/null || true
            done
            return 1
        fi
        sleep 0.2
    done
}
