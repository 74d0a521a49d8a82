"""One workflow, four workers: ours, ours on its lean path, Temporal's Go SDK, Temporal's Python SDK; on one server, in turn.

Prints a table in Markdown. Every round runs each worker once at every level of jobs in flight, so that a machine whose speed
drifts is the same for all; a figure is the median of the rounds.
"""

import argparse
import asyncio
import contextlib
import json
import os
import pathlib
import signal
import statistics
import subprocess
import sys
import tempfile
import time

from temporalio.client import Client

import servers

TICKS = os.sysconf("SC_CLK_TCK")
REQUEST = {"model": "echo", "input": {"messages": [{"role": "user", "content": "the quick brown fox"}]},
           "parameters": {"max_tokens": 16}}


def cpu_seconds(*pids):
    """User and system time; of a process that came or went meanwhile, what is there to see."""
    total = 0
    for pid in pids:
        with contextlib.suppress(FileNotFoundError):
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += int(fields[11]) + int(fields[12])
    return total / TICKS


def resident_mib(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS"))


class Bench:
    def __init__(self, options, folder):
        self.options, self.folder, self.children, self.endings = options, folder, [], []

    def start(self, name, *arguments, **settings):
        log = open(self.folder / f"{name}.log", "w")
        child = subprocess.Popen([str(part) for part in arguments], stderr=log, stdin=subprocess.DEVNULL,
                                 stdout=settings.pop("stdout", log), text=True, start_new_session=True, **settings)
        self.children.append(child)
        return child

    def at_end(self, ending):
        self.endings.append(ending)

    def stop(self):
        for child in reversed(self.children):
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGTERM)
                try:
                    child.wait(timeout=40)
                except subprocess.TimeoutExpired:
                    os.killpg(child.pid, signal.SIGKILL)
        for ending in self.endings:
            ending()

    async def connect(self):
        self.server = servers.Postgres(self) if self.options.cluster_server else servers.Sqlite(self)
        self.address = f"127.0.0.1:{self.server.port}"
        for _ in range(600):
            try:
                return await Client.connect(self.address)
            except RuntimeError:
                await asyncio.sleep(0.1)
        raise SystemExit(f"no Temporal server; look at {self.folder}/temporal.log")

    def start_workers(self):
        engine = self.start("engine", self.options.bin / "engine-sim", "--model", "echo", "--http-port", 0,
                            "--control-port", 0, "--latency-ms", self.options.engine_ms, stdout=subprocess.PIPE)
        url = f"http://127.0.0.1:{json.loads(engine.stdout.readline())['http']}"
        common = ["--address", self.address, "--engine", url, "--task-queue"]
        return {
            "inference-worker": ("inference-normal", self.start_ours("normal", url)),
            "its lean path": ("inference-high", self.start_ours(
                "high", url, "stages: {preprocess: local, postprocess: local}\n")),
            "Go SDK": ("compare-go", self.start("go", self.options.go_worker, *common, "compare-go")),
            "Python SDK": ("compare-python", self.start(
                "python", sys.executable, pathlib.Path(__file__).with_name("python_worker.py"), *common,
                "compare-python")),
        }

    def start_ours(self, queue, engine, more=""):
        """All slots on the one queue that is compared, and a heartbeat timeout as the design has it."""
        config = self.folder / f"{queue}.yaml"
        config.write_text(f"temporal: {{address: {self.address}}}\nworker: {{serve: [{queue}]}}\n{more}"
                          f"models:\n  echo: {{engine: vllm, endpoints: [{engine}/v1]}}\n")
        return self.start(queue, self.options.bin / "inference-worker", "worker", "--config", config)


async def load(client, queue, jobs, in_flight, prefix):
    """Runs the jobs; gives each one's latency in seconds, and the time for all."""
    latencies, numbers = [], iter(range(jobs))

    async def one_after_another():
        for number in numbers:
            begin = time.perf_counter()
            result = await client.execute_workflow("InferenceWorkflow", REQUEST, id=f"{prefix}-{number}",
                                                   task_queue=queue)
            latencies.append(time.perf_counter() - begin)
            assert result["status"] == "completed" and result["usage"]["total_tokens"] > 0, result

    begin = time.perf_counter()
    await asyncio.gather(*(one_after_another() for _ in range(in_flight)))
    return sorted(latencies), time.perf_counter() - begin


async def measure(bench, client, name, worker, round_number, in_flight):
    queue, process = worker
    jobs = bench.options.jobs if in_flight > 1 else bench.options.jobs // 4
    before = cpu_seconds(process.pid), cpu_seconds(*bench.server.pids())
    latencies, elapsed = await load(client, queue, jobs, in_flight, f"{queue}-{in_flight}-{round_number}")
    after = cpu_seconds(process.pid), cpu_seconds(*bench.server.pids())
    figures = {
        "jobs/s": jobs / elapsed,
        "p50 ms": latencies[jobs // 2] * 1000,
        "p99 ms": latencies[min(jobs - 1, jobs * 99 // 100)] * 1000,
        "worker CPU ms/job": (after[0] - before[0]) / jobs * 1000,
        "server CPU ms/job": (after[1] - before[1]) / jobs * 1000,
        "resident MiB": resident_mib(process.pid),
    }
    print(f"round {round_number}, {in_flight} in flight, {name}: {figures['jobs/s']:.1f} jobs/s", file=sys.stderr)
    return figures


def table(results, in_flight, names):
    figures = list(results[in_flight, names[0]][0])
    pairs = [(ours, theirs) for ours in names[:2] for theirs in names[2:]]
    heads = [f"{ours} to {theirs}" for ours, theirs in pairs]
    rows = [f"| {in_flight} in flight | " + " | ".join([*names, *heads]) + " |", "|---" * (len(names) + len(heads) + 1) + "|"]
    for figure in figures:
        medians = [statistics.median(run[figure] for run in results[in_flight, name]) for name in names]
        ratios = [statistics.median(mine[figure] / other[figure] if other[figure] else float("nan")
                                    for mine, other in zip(results[in_flight, ours], results[in_flight, theirs]))
                  for ours, theirs in pairs]
        rows.append(f"| {figure} | " + " | ".join(f"{value:.1f}" for value in medians) + " | " +
                    " | ".join(f"{ratio:.2f}" for ratio in ratios) + " |")
    return "\n".join(rows)


async def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", type=pathlib.Path, required=True, help="the folder of inference-worker and engine-sim")
    parser.add_argument("--go-worker", type=pathlib.Path, required=True)
    parser.add_argument("--temporal", required=True)
    parser.add_argument("--cluster-server", help="run on this server and PostgreSQL; without it on the development server")
    parser.add_argument("--sql-tool", help="what makes the cluster server's tables")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=400, help="of one run with many in flight; a quarter one at a time")
    parser.add_argument("--in-flight", type=int, nargs="+", default=[1, 20])
    parser.add_argument("--engine-ms", type=int, default=5)
    options = parser.parse_args()

    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(options, pathlib.Path(folder))
        try:
            client = await bench.connect()
            workers = bench.start_workers()
            for name, (queue, process) in workers.items():
                if process.poll() is not None:
                    raise SystemExit(f"the worker of {name} ended with {process.returncode}")
                await load(client, queue, 40, 10, f"warm-up-{queue}")
            results = {}
            for round_number in range(options.rounds):
                for in_flight in options.in_flight:
                    for name, worker in workers.items():
                        results.setdefault((in_flight, name), []).append(
                            await measure(bench, client, name, worker, round_number, in_flight))
            print("\n\n".join(table(results, in_flight, list(workers)) for in_flight in options.in_flight))
        finally:
            bench.stop()


# An end that was asked for stops the children, too.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
asyncio.run(main())
