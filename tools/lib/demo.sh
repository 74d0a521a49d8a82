# The parts of the quickstart, one function each. Sourced; needs log.sh and paths.sh, and from the caller: bin, work.
# They set: temporal_address web_address engine engine_address images config.

demo_processes=()

# demo_start NAME PROGRAM... : starts it in the background with its output in a file of its own.
demo_start() {
    local name=$1
    shift
    "$@" >"$work/$name.out" 2>"$work/$name.log" </dev/null &
    demo_processes+=("$!")
}

# demo_until NAME SECONDS PROGRAM... : waits until PROGRAM succeeds, or says why NAME did not come up.
demo_until() {
    local name=$1 deadline=$((SECONDS + $2))
    shift 2
    until "$@" >/dev/null 2>&1; do
        if ! kill -0 "${demo_processes[-1]}" 2>/dev/null || [ "$SECONDS" -ge "$deadline" ]; then
            tail -n 20 "$work/$name.log" >&2
            die "$name did not come up"
        fi
        sleep 0.1
    done
}

demo_free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

demo_start_temporal() {
    local port web
    port=$(demo_free_port)
    web=$(demo_free_port)
    temporal_address=127.0.0.1:$port web_address=127.0.0.1:$web
    say "starting Temporal on $temporal_address"
    # Without these the development server adds 50 ms to every hand-over of a task.
    demo_start temporal temporal server start-dev --ip 127.0.0.1 --port "$port" --ui-port "$web" --log-level error \
        --dynamic-config-value history.transferProcessorMaxPollRPS=1000 \
        --dynamic-config-value history.timerProcessorMaxPollRPS=1000 \
        --dynamic-config-value system.enableActivityEagerExecution=true
    demo_until temporal 60 temporal operator namespace describe --address "$temporal_address" default
}

demo_has_line() { [ -s "$work/$1.out" ]; }

demo_start_engine() {
    local folder
    folder=$("$root/engines/triton/setup" --folder)
    images=$folder/digits-heldout.jsonl
    if "$root/engines/triton/setup" --check; then
        engine="NVIDIA Triton with a Python model"
        say "starting Triton"
        demo_start engine "$root/engines/triton/run" --model digits
    else
        engine="engine-sim with the same network, for Triton cannot run here"
        say "Triton cannot run here (see above): starting the simulator instead"
        demo_start engine "$bin/engine-sim" --tensor-model \
            "digits: dense@$folder/digits.json(pixels FP32[-1,64]) -> label INT64[-1,1], probabilities FP32[-1,10] max_batch 64"
    fi
    demo_until engine 90 demo_has_line engine
    engine_address=127.0.0.1:$(python3 -c 'import json, sys; print(json.load(sys.stdin)["grpc"])' <"$work/engine.out")
}

demo_start_worker() {
    config=$work/inference-worker.yaml
    cat >"$config" <<EOF
temporal: {address: $temporal_address}
models:
  digits: {engine: triton, endpoints: [$engine_address]}
EOF
    python3 -c 'import json, sys; print(json.dumps(json.loads(next(open(sys.argv[1])))["input"]))' "$images" >"$work/image.json"
    say "starting the worker"
    demo_start worker "$bin/inference-worker" worker --config "$config"
    demo_until worker 30 demo_polls
}

demo_polls() {
    temporal task-queue describe --address "$temporal_address" --task-queue inference-normal | grep -q '@'
}

demo_wait() { wait "${demo_processes[-1]}"; }

# The last one first, so that the worker drains while its server is there.
demo_stop() {
    local i
    for ((i = ${#demo_processes[@]} - 1; i >= 0; i--)); do
        kill -TERM "${demo_processes[i]}" 2>/dev/null || true
        wait "${demo_processes[i]}" 2>/dev/null || true
    done
}
