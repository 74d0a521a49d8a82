"""Every rule of tools/check-layers refuses what it is about, and lets pass what it is not about."""
import pathlib
import subprocess
import tempfile
import unittest

CHECK = pathlib.Path(__file__).parent.parent / "check-layers"

# rule, file, line that crosses the layer
REFUSED = [
    ("the SDK knows nothing of inference", "sdk/src/client/a.cpp", '#include "contracts/error.hpp"'),
    ("the SDK knows nothing of inference", "sdk/test/client/a_test.cpp", '#include "activities/infer.hpp"'),
    ("the SDK knows nothing of inference", "sdk/src/client/a.cpp", '#include "../../worker/src/a.hpp"'),
    ("public headers show", "sdk/include/temporal/a.hpp", '#include "temporal/api/common/v1/message.pb.h"'),
    ("public headers show", "sdk/include/temporal/a.hpp", "#include <temporal_core.h>"),
    ("public headers show", "sdk/include/temporal/a.hpp", '#include "coro/scheduler.hpp"'),
    ("public headers show", "sdk/include/temporal/a.hpp", '#include "../../src/coro/scheduler.hpp"'),
    ("only the bridge touches", "sdk/src/worker/a.cpp", '#include "temporal_core.h"'),
    ("only the bridge touches", "worker/src/cli/a.cpp", "#  include <temporal_core.h>"),
    ("generated messages stay", "sdk/src/workflow/a.cpp", '#include "temporal/api/common/v1/message.pb.h"'),
    ("generated messages stay", "sdk/src/client/a.hpp", '#include "temporal/api/common/v1/message.pb.h"'),
    ("workflow code is deterministic", "sdk/src/workflow/a.cpp", "#include <thread>"),
    ("workflow code is deterministic", "sdk/src/workflow/a.cpp", '#include "bridge/worker.hpp"'),
    ("workflow code is deterministic", "sdk/src/coro/a.hpp", "#include <mutex>"),
    ("workflow code is deterministic", "sdk/src/coro/a.hpp", '#include "temporal/client.hpp"'),
    ("workflow code is deterministic", "sdk/src/coro/a.cpp", "auto now = std::chrono::system_clock::now();"),
    ("workflow code is deterministic", "sdk/src/coro/a.cpp", "auto now = std::chrono::steady_clock::now();"),
    ("workflow code is deterministic", "sdk/src/coro/a.cpp", "std::random_device seed;"),
    ("workflow code is deterministic", "sdk/src/coro/a.cpp", "std::jthread thread;"),
    ("workflow code is deterministic", "sdk/src/coro/a.cpp", 'auto home = std::getenv("HOME");'),
    ("workflow code is deterministic", "sdk/src/coro/a.cpp", "#include <ctime>"),
    ("workflow code is deterministic", "sdk/src/coro/a.cpp", "#include <unistd.h>"),
    ("adapters know nothing of Temporal", "worker/src/adapters/http/a.cpp", '#include "temporal/activity.hpp"'),
    ("telemetry sees the contracts alone", "worker/src/telemetry/a.cpp", '#include "activities/engine_pool.hpp"'),
    ("telemetry sees the contracts alone", "worker/src/telemetry/a.cpp", '#include "temporal/client.hpp"'),
    ("only telemetry touches the metrics library", "worker/src/activities/a.cpp", "#include <prometheus/counter.h>"),
    ("the job store sees", "worker/src/jobs/a.hpp", '#include "temporal/client.hpp"'),
    ("the job store sees", "worker/src/jobs/a.cpp", '#include "cli/log.hpp"'),
    ("the job store sees", "worker/src/jobs/a.cpp", '#include "config/config.hpp"'),
    ("workflows see", "worker/src/workflows/a.cpp", '#include "adapters/engine.hpp"'),
    ("workflows see", "worker/src/workflows/a.cpp", '#include "registry/models.hpp"'),
    ("workflows see", "worker/src/failure/a.cpp", '#include "adapters/engine.hpp"'),
    ("workflows see", "worker/src/workflows/a.cpp", "#include <fstream>"),
    ("workflows see", "worker/src/workflows/a.cpp", "#include <mutex>"),
    ("workflows see", "worker/src/workflows/a.cpp", "#include <ctime>"),
    ("workflows see", "worker/src/workflows/a.cpp", "#include <sys/socket.h>"),
    ("workflows see", "worker/src/workflows/a.cpp", "#include <netdb.h>"),
    ("workflows see", "worker/src/workflows/a.cpp", "#include <curl/curl.h>"),
    ("workflows see", "worker/src/workflows/a.cpp", "std::this_thread::yield();"),
    ("workflows see", "worker/src/workflows/a.cpp", "auto now = std::chrono::system_clock::now();"),
    ("workflows see", "worker/src/workflows/a.cpp", "std::random_device seed;"),
    ("workflows see", "worker/src/workflows/a.cpp", 'auto home = std::getenv("HOME");'),
    ("decisions of the resilience", "worker/src/resilience/a.hpp", '#include <temporal/workflow.hpp>'),
    ("decisions of the resilience", "worker/src/resilience/a.hpp", "#include <fstream>"),
    ("decisions of the resilience", "worker/src/resilience/a.hpp", "#include <grpcpp/channel.h>"),
    ("decisions of the resilience", "worker/src/resilience/a.hpp", "#include <netinet/in.h>"),
    ("decisions of the resilience", "worker/src/resilience/a.hpp", "std::random_device seed;"),
    ("decisions of the resilience", "worker/src/resilience/a.hpp", "std::thread thread;"),
    ("decisions of the resilience", "worker/src/resilience/a.hpp", 'auto home = std::getenv("HOME");'),
    ("decisions of the resilience", "worker/src/resilience/a.cpp", '#include "adapters/engine.hpp"'),
    ("decisions of the resilience", "worker/src/resilience/a.cpp", "auto now = Clock::now() + steady_clock::now();"),
    ("contracts stand alone", "worker/src/contracts/a.hpp", '#include "registry/models.hpp"'),
    ("contracts stand alone", "worker/src/contracts/a.hpp", '#include <temporal/workflow.hpp>'),
]

ACCEPTED = [
    ("sdk/include/temporal/a.hpp", '#include "temporal/failure.hpp"\n#include <chrono>'),
    ("sdk/src/bridge/a.cpp", '#include "temporal_core.h"\n#include "temporal/sdk/core/core_interface.pb.h"'),
    ("sdk/src/converter/a.cpp", '#include "temporal/api/common/v1/message.pb.h"'),
    ("sdk/test/bridge/scripted_core.cpp", '#include "temporal_core.h"\n#include <thread>'),
    ("sdk/src/worker/a.cpp", '#include <thread>\n#include "worker/pump.hpp"'),
    ("sdk/src/coro/a.cpp", "std::chrono::system_clock::time_point now;  // not system_clock::now()"),
    ("sdk/src/coro/a.cpp", '#include <random>\nstd::mt19937_64 engine{seed}; throw Error("random_device");'),
    ("worker/src/adapters/a.cpp", '#include <curl/curl.h>\n#include "contracts/error.hpp"'),
    ("worker/src/workflows/a.hpp", '#include "temporal/workflow.hpp"\n#include "resilience/retry.hpp"'),
    ("worker/src/workflows/a.cpp", '#include "failure/application_failure.hpp"'),
    ("worker/src/contracts/a.hpp", '#include "contracts/error.hpp"\n#include <nlohmann/json.hpp>'),
]


def check(path, text):
    with tempfile.TemporaryDirectory() as tree:
        file = pathlib.Path(tree, path)
        file.parent.mkdir(parents=True)
        file.write_text(f"#pragma once\n{text}\n", encoding="utf-8")
        return subprocess.run([CHECK, tree], text=True, stderr=subprocess.PIPE, check=False)


class CheckLayers(unittest.TestCase):
    def test_refuses_what_crosses_a_layer_and_names_file_line_and_rule(self):
        for rule, path, line in REFUSED:
            with self.subTest(path=path, line=line):
                result = check(path, line)
                self.assertEqual(result.returncode, 1)
                self.assertRegex(result.stderr, rf"(?m)^{path}:2: .* but {rule}")

    def test_lets_pass_what_stays_in_its_layer(self):
        for path, text in ACCEPTED:
            with self.subTest(path=path, text=text):
                result = check(path, text)
                self.assertEqual((result.returncode, result.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main()
