# The steps of ./test, one function each. Sourced; needs log.sh and paths.sh, and from ./test: filter, tally.
# A step ends with an error if it failed. What it counted, it reports with `count`; a failed step that counted nothing is 1 failure.

# Cheap ones first. Those before `unit` make what the later ones stand on. `build` makes the Rust core as well, whose longest
# part, the optimisation of the whole, takes one processor and leaves the others to C++; the core's own tests follow.
all_steps=(setup lint protos build core unit replay server engine e2e asan tsan)
long_steps=(gcc long tidy fuzz)
# Only on request: what they need is too large to be fetched unasked.
extra_steps=(vllm)

# count PASSED FAILED SKIPPED
count() { echo "$step $1 $2 ${3:-0}" >>"$tally"; }

# check NAME COMMAND...: a check without cases counts as one.
check() {
    local name=$1
    shift
    if "$@"; then
        count 1 0
    else
        say "failed: $name"
        count 0 1
    fi
}

step_setup() { "$root/tools/setup"; }

step_lint() {
    check "format" "$root/tools/format" --check
    check "layers" "$root/tools/check-layers"
    check "names" "$root/tools/check-names"
    check "deploy" "$root/tools/check-deploy"
    local test
    for test in "$root"/tools/test/*_test.py; do
        check "$(basename "$test")" python3 "$test"
    done
}

step_core() {
    mkdir -p "$IW_CACHE/artifacts/core" "$IW_CACHE/core"
    local log=$IW_CACHE/core/test.log status=0
    # Under the lock of build-core: both leave their library in the same place.
    CARGO_TARGET_DIR=$IW_CACHE/core flock "$IW_CACHE/artifacts/core/lock" cargo test --locked --jobs "$(iw_jobs)" \
        --manifest-path "$root/core/Cargo.toml" 2>&1 | tee "$log" || status=$?
    # shellcheck disable=SC2046  # three words
    count $(awk '/^test result:/ { passed += $4; failed += $6; skipped += $8 } END { print passed + 0, failed + 0, skipped + 0 }' "$log")
    return "$status"
}

step_protos() { "$root/tools/build-protos" "$root/build/release/protos"; }

step_build() { build release all; }

step_unit() { build_and_run release unit; }
step_replay() { build_and_run release replay; }
step_server() { build_and_run release server; }
step_engine() { build_and_run release engine; }
step_e2e() { build_and_run release e2e; }
step_long() { build_and_run release long; }

step_asan() { build_and_run asan unit; }
step_tsan() { build_and_run tsan tsan; }
step_gcc() { build_and_run gcc unit; }

# Each target for a minute, from what it has in the tree and what it found before.
step_fuzz() {
    build fuzz fuzz
    local program name found seeds
    for program in "$root"/build/fuzz/bin/*_fuzz; do
        name=$(basename "$program")
        found=$IW_CACHE/fuzz/$name
        seeds=$root/worker/test/fuzz/${name#inference_}
        seeds=${seeds%_fuzz}_seeds
        mkdir -p "$found"
        # shellcheck disable=SC2046  # no word where there are no seeds
        check "$name" "$program" -max_total_time=60 -timeout=10 -print_final_stats=1 -artifact_prefix="$found/" "$found" \
            $([ ! -d "$seeds" ] || echo "$seeds")
    done
}

# Not a test of ctest: what it stands on is fetched by this step alone. Its cases are counted one by one.
step_vllm() {
    "$root/engines/vllm/setup"
    build release inference-worker
    local log=$root/build/release/vllm_test.log status=0
    IW_SOURCE_DIR=$root IW_BIN_DIR=$root/build/release/bin "$root/tools/python" "$root/worker/test/e2e/vllm_test.py" -v 2>&1 |
        tee "$log" || status=$?
    # shellcheck disable=SC2046  # two words
    count $(awk '/^Ran / { ran = $2 } /^(FAIL|ERROR): / { bad++ } END { print (ran > bad ? ran - bad : 0), bad + 0 }' "$log")
    return "$status"
}

step_tidy() {
    check "clang-tidy" "$root/tools/tidy"
    check "clippy" "$root/tools/clippy"
}

build_and_run() {
    build "$1" "iw_$2_tests"
    run_tests "$1" "$2"
}

# build PRESET TARGET
build() {
    local folder=$root/build/$1
    # ninja configures again by itself when a CMakeLists.txt changes, but does not know of the presets.
    [ "$folder/build.ninja" -nt "$root/CMakePresets.json" ] || (cd "$root" && cmake --preset "$1" --log-level=WARNING >/dev/null)
    NINJA_STATUS="[$1 %f/%t, %e s] " cmake --build "$folder" --target "$2" --parallel "$(iw_jobs)"
}

# run_tests PRESET LABEL : those that carry the label and match the filter; long ones only in their own step.
run_tests() {
    local folder=$root/build/$1 label=$2 exclude='^long$' status=0
    [ "$label" != long ] || exclude='^$'
    rm -rf "$folder/results"
    ctest --test-dir "$folder" --label-regex "^$label\$" --label-exclude "$exclude" --tests-regex "$filter" \
        --parallel "$(iw_jobs)" --output-on-failure --no-tests=ignore --output-junit "$folder/results/ctest.xml" || status=$?
    # shellcheck disable=SC2046  # three words
    count $(python3 "$root/tools/lib/count_results.py" "$folder/results/ctest.xml" "$folder/results")
    return "$status"
}
