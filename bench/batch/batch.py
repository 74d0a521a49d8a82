"""What BatchWorkflow keeps of an engine's throughput: the same items, so many at once, driven directly and as a batch, in turn.

Prints a table in Markdown; a figure is the median of the rounds, a share the median of the ratios within a round. The engine has a
core of its own; Temporal, the worker and the load generator share the other one. Both sides speak HTTP with JSON to the engine.
"""

import argparse
import asyncio
import contextlib
import ctypes
import json
import os
import pathlib
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

from temporalio.client import Client
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.service import RPCError

import engines
from load import Connection, drive

TICKS = os.sysconf("SC_CLK_TCK")
ENGINE_CORE, OTHER_CORE = 0, 1
PR_SET_PDEATHSIG = 1
SETTINGS = ["history.transferProcessorMaxPollRPS=1000", "history.timerProcessorMaxPollRPS=1000",
            "system.enableActivityEagerExecution=true"]
SHARE_OF_RUN, SHARE_OF_WHOLE = "share kept, of the run, %", "share kept, of the whole, with reading and putting together, %"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def cpu_seconds(process):
    """Of the process and those that it started."""
    seconds, parents = {}, {}
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            fields = stat.read_text().rpartition(")")[2].split()
            parents[int(stat.parent.name)] = int(fields[1])
            seconds[int(stat.parent.name)] = (int(fields[11]) + int(fields[12])) / TICKS

    def is_of_it(pid):
        return pid == process.pid or (pid in parents and is_of_it(parents[pid]))
    return sum(seconds[pid] for pid in seconds if is_of_it(pid))


def peak_mib(process):
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM"))


def end_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Bench:
    """The children, and how one of them is measured."""

    def __init__(self, options, folder):
        self.options, self.folder, self.children, self.batches = options, folder, {}, 0

    def start(self, name, *arguments, core=OTHER_CORE, **settings):
        pinned = [] if self.options.no_pin else ["taskset", "-c", core]
        log = open(self.folder / f"{name}.log", "w")
        child = subprocess.Popen([str(part) for part in [*pinned, *arguments]], stderr=log, stdin=subprocess.DEVNULL,
                                 stdout=settings.pop("stdout", log), text=True, start_new_session=True,
                                 preexec_fn=end_with_parent, **settings)
        self.children[name] = child
        return child

    def start_engine(self, *arguments):
        """Gives the ports that it prints when it is ready."""
        engine = self.start("engine", *arguments, core=ENGINE_CORE, stdout=subprocess.PIPE)
        with engine.stdout as ready:
            line = ready.readline()
        if not line:
            engine.wait()
            self.check()
        return json.loads(line)

    def stop(self):
        for child in reversed(self.children.values()):
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGTERM)
                try:
                    child.wait(timeout=40)
                except subprocess.TimeoutExpired:
                    os.killpg(child.pid, signal.SIGKILL)

    def check(self):
        for name, child in self.children.items():
            if child.poll() is not None:
                log = (self.folder / f"{name}.log").read_text()
                raise SystemExit(f"{name} ended with code {child.returncode}; its last words:\n{log[-2000:]}")

    async def connect(self):
        port = free_port()
        settings = [part for setting in SETTINGS for part in ("--dynamic-config-value", setting)]
        self.start("temporal", self.options.temporal, "server", "start-dev", "--headless", "--ip", "127.0.0.1", "--port",
                   port, "--log-level", "error", *settings)
        self.address = f"127.0.0.1:{port}"
        for _ in range(600):
            self.check()
            try:
                client = await Client.connect(self.address)
                await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace="default"))
                return client
            except (RuntimeError, RPCError):
                await asyncio.sleep(0.1)
        raise SystemExit("there is no Temporal server within a minute")

    def start_worker(self, engine):
        config = self.folder / "worker.yaml"
        config.write_text(f"temporal: {{address: {self.address}}}\nmodels:\n  {engine.model()}\n")
        self.start("worker", self.options.bin / "inference-worker", "worker", "--config", config)

    async def watch(self, engine, work):
        """What the work gives, and what was seen of the engine meanwhile: [(time, what)], the last one after its end."""
        connection, samples = await Connection.open(engine.watched), []

        async def look():
            self.check()
            samples.append((time.time(), engine.seen(await connection.call(engine.look_at))))
        await look()
        task = asyncio.ensure_future(work)
        try:
            while not task.done():
                await asyncio.wait([task], timeout=engine.sample_seconds)
                await look()
            await asyncio.sleep(engine.sample_seconds)
            await look()
            return await task, samples
        finally:
            task.cancel()
            connection.close()

    async def directly(self, engine, items):
        requests = engine.requests(items) * engine.passes
        mark, process, before = engine.mark(), self.children["engine"], (time.process_time(), time.time())
        engine_before = cpu_seconds(process)
        seconds, samples = await self.watch(engine, drive(engine.port, requests, engine.at_once))
        own, elapsed = (now - then for now, then in zip((time.process_time(), time.time()), before))
        rate = items * engine.passes / seconds
        return {**engine.report(mark, samples, items * engine.passes), "items/s": rate, "items/s of the whole": rate,
                "capacity": engine.capacity(samples),
                "engine CPU, µs per item": (cpu_seconds(process) - engine_before) / items / engine.passes * 1_000_000,
                "load generator's CPU, % of its core": own / elapsed * 100}

    async def as_batch(self, engine, client, items):
        self.batches += 1
        job, source = f"batch-{self.batches}", self.folder / f"items-{items}.jsonl"
        output = self.folder / f"{job}.jsonl"
        if not source.exists():
            source.write_text("".join(json.dumps(line) + "\n" for line in engine.lines()[:items]))
        wanted = {"chunk_size": self.options.chunk_size, "max_parallel_chunks": self.options.max_parallel_chunks}
        request = {"items_ref": f"file://{source}", "output_ref": f"file://{output}",
                   **{key: value for key, value in wanted.items() if value}}

        async def run():
            begin = time.time()
            response = await client.execute_workflow("BatchWorkflow", request, id=job, task_queue="inference-low")
            return response, begin, time.time()
        mark, processes = engine.mark(), [self.children[name] for name in ("engine", "worker", "temporal")]
        before = [cpu_seconds(process) for process in processes]
        (response, begin, end), samples = await self.watch(engine, run())
        cpu = [(cpu_seconds(process) - then) / items * 1_000_000 for process, then in zip(processes, before)]
        if response["status"] != "completed" or response["counts"]["succeeded"] != items:
            raise SystemExit(f"the batch ended as {response}")
        output.unlink()
        figures = engine.report(mark, samples, items)
        return {**figures, "items/s": items / (figures["end"] - figures["begin"]), "items/s of the whole": items / (end - begin),
                "s before the first call": figures["begin"] - begin, "s after the last answer": end - figures["end"],
                "engine CPU, µs per item": cpu[0], "worker CPU, µs per item": cpu[1], "server CPU, µs per item": cpu[2],
                "server events per item": await events(client, job) / items,
                "worker's peak resident MiB": peak_mib(self.children["worker"])}


async def events(client, job):
    """Of all the runs that it continued as."""
    count = 0
    async for execution in client.list_workflows(f"WorkflowId = '{job}'"):
        count += (await client.get_workflow_handle(job, run_id=execution.run_id).describe()).history_length
    return count


def table(engine, items, direct, batch):
    def median(runs, figure):
        values = [run[figure] for run in runs if figure in run]
        return statistics.median(values) if values else None

    def cell(value):
        return "" if value is None else f"{value:,.0f}" if value >= 1000 else f"{value:.1f}" if value >= 1 else f"{value:.3f}"

    def share(rate):
        return statistics.median(ours[rate] / theirs[rate] for ours, theirs in zip(batch, direct)) * 100

    rows = [("items/s that the engine itself could do", median(direct, "capacity"), None),
            ("items/s of the run, first call to last answer", median(direct, "items/s"), median(batch, "items/s")),
            ("items/s of the whole", *(median(runs, "items/s of the whole") for runs in (direct, batch))),
            (SHARE_OF_RUN, None, share("items/s")),
            (SHARE_OF_WHOLE, None, share("items/s of the whole"))]
    named = {"begin", "end", "items/s", "items/s of the whole", "capacity"}
    rows += [(figure, median(direct, figure), median(batch, figure))
             for figure in {**direct[0], **batch[0]} if figure not in named]
    return "\n".join([f"| {items:,} items, {engine.name}, {engine.at_once} calls at once | driven directly | through BatchWorkflow |",
                      "|---|---|---|", *(f"| {name} | {cell(ours)} | {cell(theirs)} |" for name, ours, theirs in rows)])


async def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", type=pathlib.Path, required=True, help="the folder of inference-worker and engine-sim")
    parser.add_argument("--temporal", required=True)
    parser.add_argument("--engine", choices=["sim", "triton"], default="sim")
    parser.add_argument("--items", type=int, help="default: 4000, for triton 20000")
    parser.add_argument("--at-once", type=int, help="calls; default: 64, for triton 8")
    parser.add_argument("--grpc", action="store_true", help="the worker reaches Triton over gRPC; the load generator does not")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--no-pin", action="store_true", help="leave it to the system where things run")
    parser.add_argument("--chunk-size", type=int, help="default: the worker's")
    parser.add_argument("--max-parallel-chunks", type=int, help="default: the worker's")
    parser.add_argument("--latency-ms", type=int, default=5, help="this and the next two: of engine-sim")
    parser.add_argument("--prefill-us", type=int, default=100, help="for each token of a prompt")
    parser.add_argument("--decode-us", type=int, default=2000, help="for each token of an answer")
    options = parser.parse_args()
    kind = engines.Triton if options.engine == "triton" else engines.Sim
    items, at_once = options.items or kind.default_items, options.at_once or kind.default_at_once
    if not options.no_pin:
        try:
            os.sched_setaffinity(0, {OTHER_CORE})
        except OSError:
            raise SystemExit("there is no second core to pin to; --no-pin goes without") from None

    with tempfile.TemporaryDirectory(prefix="inference-worker-batch-") as folder:
        bench = Bench(options, pathlib.Path(folder))
        try:
            engine = kind(bench, items, at_once)
            client = await bench.connect()
            bench.start_worker(engine)
            warm = min(items, max(items // 10, 10 * at_once))
            await bench.directly(engine, warm)
            await bench.as_batch(engine, client, warm)
            direct, batch = [], []
            for turn in range(options.rounds):
                direct.append(await bench.directly(engine, items))
                batch.append(await bench.as_batch(engine, client, items))
                print(f"round {turn}: {direct[-1]['items/s']:.0f} items/s directly, {batch[-1]['items/s']:.0f} as a batch, "
                      f"{batch[-1]['items/s of the whole']:.0f} with all", file=sys.stderr)
            print(table(engine, items, direct, batch))
        finally:
            bench.stop()


# An end that was asked for stops the children, too.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
asyncio.run(main())
