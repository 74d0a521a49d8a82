# The real Triton with its digit model. Sourced; needs log.sh, paths.sh, apt.sh.

triton_packages=(libnuma1 libpython3.11 python3 python3-venv)

# Where Triton cannot run, the model and its images are still made, for the simulator to serve.
ensure_triton() {
    local status=0
    ensure_packages "${triton_packages[@]}"
    "$root/engines/triton/setup" --check 2>/dev/null || status=$?
    case $status in
        0) with_heartbeat "Triton" "$root/engines/triton/setup" ;;
        *) with_heartbeat "digit model" "$root/engines/triton/setup" --model-only ;;
    esac
}
