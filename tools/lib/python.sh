# Python environments of our own, outside the tree. Sourced; needs log.sh and paths.sh.

# ensure_venv FOLDER REQUIREMENTS : FOLDER becomes a virtual environment with exactly these; quick if it is one already.
ensure_venv() {
    local folder=$1 requirements
    requirements=$(cat "$2")
    [ "$(cat "$folder/requirements.installed" 2>/dev/null)" != "$requirements" ] || return 0
    rm -rf "$folder"
    python3 -m venv "$folder" >&2 || die "python3 -m venv failed" "apt-get install python3-venv"
    with_heartbeat "pip install" "$folder/bin/python" -m pip install --quiet --disable-pip-version-check \
        --requirement <(echo "$requirements") >&2 || die "pip could not install: ${requirements//$'\n'/ }"
    echo "$requirements" >"$folder/requirements.installed"
}

ensure_test_python() {
    ensure_venv "$IW_CACHE/python" "$root/tools/requirements.txt"
}
