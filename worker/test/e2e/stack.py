"""The parts of a whole system as child processes: a Temporal server, a simulated engine, workers, the command line.

Every part ends with the test that started it, also if the test dies.
"""

import contextlib
import ctypes
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request

PATIENCE = 60
PR_SET_PDEATHSIG = 1
BIN = pathlib.Path(os.environ["IW_BIN_DIR"])
WORKER = BIN / "inference-worker"
CACHE = pathlib.Path(os.environ.get("IW_CACHE", "~/.cache/inference-worker")).expanduser()
# Without these the development server adds 50 ms to every hand-over of a task.
QUICK = ["history.transferProcessorMaxPollRPS=1000", "history.timerProcessorMaxPollRPS=1000",
         "system.enableActivityEagerExecution=true"]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(holds, what, seconds=PATIENCE):
    """Waits until `holds()` gives something true, and gives that."""
    deadline = time.monotonic() + seconds
    while not (value := holds()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.02)
    return value


def _die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


# Where the CPU steps run; a test of another place sets it.
STAGES = "{}"


class Process:
    def __init__(self, stack, name, arguments, **options):
        self.log = stack.folder / f"{name}-{len(stack.processes)}.log"
        with open(self.log, "w") as log:
            self.child = subprocess.Popen([str(part) for part in arguments], stdin=subprocess.DEVNULL, stderr=log,
                                          stdout=options.pop("stdout", log), preexec_fn=_die_with_parent, **options)
        stack.processes.append(self)

    def kill(self):
        self.child.kill()
        self.child.wait()

    def terminate(self):
        self.child.terminate()

    def wait(self, seconds=PATIENCE):
        return self.child.wait(timeout=seconds)

    def text(self):
        return self.log.read_text()


class Engine(Process):
    """engine-sim with a text model `echo` and a tensor model `double`."""

    def __init__(self, stack, *options, http=0, grpc=0):
        self.calls = stack.folder / "calls.jsonl"
        super().__init__(stack, "engine",
                         [BIN / "engine-sim", "--http-port", http, "--grpc-port", grpc, "--control-port", 0,
                          "--model", "echo", "--tensor-model", "tensor: echo(x FP32[-1,4]) -> y FP32[-1,4] max_batch 8",
                          "--log", self.calls, *options], stdout=subprocess.PIPE, text=True)
        with self.child.stdout as ready:
            ports = json.loads(ready.readline())
        self.http, self.grpc, self.control = ports["http"], ports["grpc"], ports["control"]

    def script(self, *rules):
        request = urllib.request.Request(f"http://127.0.0.1:{self.control}/sim/faults", method="POST",
                                         data=json.dumps(rules).encode())
        urllib.request.urlopen(request, timeout=PATIENCE).read()

    def counts(self):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.control}/sim/counts", timeout=PATIENCE) as answer:
            return json.load(answer)

    def events(self, name, request_id=None):
        lines = [json.loads(line) for line in self.calls.read_text().splitlines()]
        return [line for line in lines if line["event"] == name and
                (request_id is None or line.get("request_id") == request_id)]


class ObjectStore(Process):
    """versitygw, an S3 server that keeps its objects as plain files: `folder` is the bucket "data"."""

    KEYS = {"AWS_ACCESS_KEY_ID": "tester", "AWS_SECRET_ACCESS_KEY": "not-a-secret"}

    def __init__(self, stack, port=0):
        self.folder = stack.folder / "objects" / "data"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        super().__init__(stack, "objects",
                         [CACHE / "bin/versitygw", "--access", self.KEYS["AWS_ACCESS_KEY_ID"],
                          "--secret", self.KEYS["AWS_SECRET_ACCESS_KEY"], "--port", f"127.0.0.1:{self.port}",
                          "posix", self.folder.parent])
        wait_until(self.answers, "the object store answers")

    def answers(self):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True
        return False


class Stack:
    """A Temporal server in a folder of its own, and what is started beside it."""

    def __init__(self, settings=()):
        """`settings`: "key=json value" of the server's dynamic configuration."""
        self.settings = [*QUICK, *settings]
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="inference-worker-e2e-"))
        self.processes = []
        self.port = free_port()
        self.address = f"127.0.0.1:{self.port}"
        self.start_server()

    def start_server(self):
        cli = self.cli = os.environ.get("TEMPORAL_CLI") or next(
            str(found) for found in [CACHE / "bin/temporal", shutil.which("temporal")] if found and pathlib.Path(found).exists())
        settings = [part for setting in self.settings for part in ("--dynamic-config-value", setting)]
        self.server = Process(self, "temporal", [cli, "server", "start-dev", "--headless", "--ip", "127.0.0.1", "--port",
                                                 self.port, "--db-filename", self.folder / "temporal.db",
                                                 "--log-level", "error", *settings])
        def serves():
            described = subprocess.run([cli, "operator", "namespace", "describe", "--address", self.address, "default"],
                                       capture_output=True)
            return described.returncode == 0
        wait_until(serves, "the Temporal server serves its namespace")

    def engine(self, *options, **ports):
        return Engine(self, *options, **ports)

    def config(self, engine=None, http=None, grpc=None, worker="", model="", heartbeat_timeout="2s", more="", folder=None,
               store="sqlite:jobs.db", name="inference-worker.yaml"):
        """`more`: whole sections; `folder`: the configuration's, and so the worker's own."""
        http, grpc = http or engine.http, grpc or engine.grpc
        folder = folder or self.folder
        folder.mkdir(exist_ok=True)
        file = folder / name
        file.write_text(f"""
temporal: {{address: {self.address}}}
worker: {{heartbeat_timeout: {heartbeat_timeout}, {worker}}}
stages: {STAGES}
jobs: {{store: "{store}"}}
models:
  echo: {{engine: vllm, endpoints: [http://127.0.0.1:{http}/v1], {model}}}
  tensor: {{engine: triton, endpoints: [127.0.0.1:{grpc}]}}
{more}
""")
        return file

    def worker(self, config, before=(), **environment):
        """`before`: a program that runs the worker, with its arguments."""
        return Process(self, "worker", [*before, WORKER, "worker", "--config", config], env={**os.environ, **environment})

    def run(self, *arguments, stdin=None, timeout=PATIENCE, **environment):
        """The command line, to its end."""
        return subprocess.run([str(WORKER), *map(str, arguments)], input=stdin, capture_output=True, text=True,
                              timeout=timeout, cwd=self.folder,
                              env={**os.environ, "TEMPORAL_ADDRESS": self.address, **environment})

    def submit(self, *arguments, **options):
        return self.run("submit", *arguments, **options)

    def record(self, job, name):
        """With IW_RECORD_DIR set, writes the history that the replay test keeps anew."""
        folder = os.environ.get("IW_RECORD_DIR")
        name = name if STAGES == "{}" else f"lean_{name}"
        if folder:
            shown = subprocess.run([self.cli, "workflow", "show", "--address", self.address, "-w", job, "-o", "json"],
                                   capture_output=True, text=True, check=True)
            (pathlib.Path(folder) / f"{name}.json").write_text(shown.stdout)

    def status(self, job):
        done = self.run("status", job, "-o", "json")
        return json.loads(done.stdout) if done.returncode == 0 else {}

    def close(self):
        for process in reversed(self.processes):
            with contextlib.suppress(ProcessLookupError):
                process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
