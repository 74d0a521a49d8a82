"""Who has the slots: three queues that want more than there is, on the simulated engine, through Temporal.

Prints for each load a picture, one line a second with a letter for each slot in use (H, N, L for high, normal, low; . is free), and a
table in Markdown.
"""

import argparse
import asyncio
import json
import os
import pathlib
import sys
import time
import urllib.request

from temporalio.client import Client

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "worker/test/e2e"))
QUEUES = ["inference-high", "inference-normal", "inference-low"]
ASKED = dict(zip(QUEUES, (0.50, 0.35, 0.15)))
SAMPLE_SECONDS = 0.05


class Bench:
    """A server, an engine for short jobs and one for long ones, and workers that are watched."""

    def __init__(self, slots, task_ms, workers=1):
        from stack import Stack
        self.slots, self.stack = slots * workers, Stack()
        self.short = self.stack.engine("--latency-ms", task_ms, "--slots", 256)
        self.long = self.stack.engine("--latency-ms", 10 * task_ms, "--slots", 256)
        self.workers = []
        self.admins = [self.start_worker(number, slots) for number in range(workers)]
        self.samples = []  # (time, {queue: (used, slot seconds)})

    def start_worker(self, number, slots):
        from stack import wait_until
        config = self.stack.folder / f"worker-{number}.yaml"
        config.write_text(f"temporal: {{address: {self.stack.address}}}\n"
                          f"worker: {{max_concurrent_activities: {slots}}}\n"
                          f"admin: {{listen: 127.0.0.1:0}}\n"
                          f"models:\n"
                          f"  short: {{engine: vllm, engine_model: echo, endpoints: [http://127.0.0.1:{self.short.http}/v1]}}\n"
                          f"  long: {{engine: vllm, engine_model: echo, endpoints: [http://127.0.0.1:{self.long.http}/v1]}}\n")
        worker = self.stack.worker(config)
        self.workers.append(worker)
        wait_until(lambda: "admin pages" in worker.text(), "the worker is up")
        lines = [json.loads(line) for line in worker.text().splitlines() if line.startswith("{")]
        return next(line["address"] for line in lines if line["message"] == "admin pages")

    def use(self):
        total = {queue: [0, 0.0] for queue in QUEUES}
        for admin in self.admins:
            with urllib.request.urlopen(f"http://{admin}/queues", timeout=10) as page:
                for queue, use in json.loads(page.read()).items():
                    total[queue][0] += use["slots_used"]
                    total[queue][1] += use["slot_seconds"]
        return total

    async def finish(self, queue, count):
        """Until so many of the queue's jobs have ended, by the workers' logs: to wait for results is work for the server."""
        def finished():
            return sum(line.count(f'"{queue}-') for worker in self.workers for line in worker.text().splitlines()
                       if "job finished" in line)
        while await asyncio.to_thread(finished) < count:
            await asyncio.sleep(SAMPLE_SECONDS)

    async def watch(self):
        while True:
            self.samples.append((time.monotonic(), await asyncio.to_thread(self.use)))
            await asyncio.sleep(SAMPLE_SECONDS)

    async def start(self, client, jobs):
        """Jobs as {queue: (count, model)}."""
        async def one(queue, model, number):
            request = {"model": model, "task": "chat", "input": {"messages": [{"role": "user", "content": "hello"}]}}
            await client.start_workflow("InferenceWorkflow", request, id=f"{queue}-{time.monotonic_ns()}-{number}",
                                        task_queue=queue)
        for queue, (count, model) in jobs.items():
            await asyncio.gather(*(one(queue, model, number) for number in range(count)))

    def picture(self, title):
        print(f"\n{title}")
        begin, shown = self.samples[0][0], -1
        for when, use in self.samples:
            if int(when - begin) > shown:
                shown = int(when - begin)
                bar = "".join(letter * use[queue][0] for letter, queue in zip("HNL", QUEUES))
                print(f"{shown:4} s  {bar:.<{self.slots}}")


def used(use):
    return sum(slots for slots, _ in use.values())


def shares_between(first, last):
    had = {queue: last[queue][1] - first[queue][1] for queue in QUEUES}
    return {queue: had[queue] / sum(had.values()) for queue in QUEUES}


async def saturated(options, workers=1, low="short"):
    bench = Bench(options.slots, options.task_ms, workers)
    try:
        client = await Client.connect(bench.stack.address)
        counts = {queue: (options.jobs, "short") for queue in QUEUES}
        counts[QUEUES[2]] = (options.jobs if low == "short" else options.jobs // 5, low)
        await bench.start(client, counts)
        watching = asyncio.ensure_future(bench.watch())
        # As long as every queue surely has a backlog.
        await bench.finish(QUEUES[0], options.jobs * 3 // 4)
        watching.cancel()
        full = next(use for _, use in bench.samples if used(use) >= bench.slots)
        return bench, shares_between(full, bench.samples[-1][1])
    finally:
        bench.stack.close()


async def emptied_and_refilled(options):
    """How long slots stay free when a queue has no more work, and how long until it has its floor when it has some again."""
    bench = Bench(options.slots, options.task_ms)
    high, normal, low = QUEUES
    try:
        client = await Client.connect(bench.stack.address)
        many = options.jobs // 2
        few = options.jobs // 8
        await bench.start(client, {normal: (many, "short"), low: (many, "short"), high: (few, "short")})
        watching = asyncio.ensure_future(bench.watch())
        await bench.finish(high, few)
        emptied = time.monotonic()
        await asyncio.sleep(5)
        refilled = time.monotonic()
        await bench.start(client, {high: (options.jobs // 4, "short")})
        await asyncio.sleep(5)
        watching.cancel()
    finally:
        bench.stack.close()
    taken = next(when for when, use in bench.samples if when > emptied and used(use) >= options.slots)
    floor = next((when for when, use in bench.samples if when > refilled and use[high][0] >= options.slots // 2), float("inf"))
    return bench, taken - emptied, floor - refilled


async def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bin", type=pathlib.Path, required=True)
    parser.add_argument("--temporal", required=True)
    parser.add_argument("--slots", type=int, default=10)
    parser.add_argument("--jobs", type=int, default=400, help="in each queue")
    parser.add_argument("--task-ms", type=int, default=800, help="how long the engine takes for a job")
    options = parser.parse_args()
    os.environ.update(IW_BIN_DIR=str(options.bin), TEMPORAL_CLI=options.temporal)

    rows = []
    for title, arguments in (("three backlogs", {}), ("low's jobs ten times as long", {"low": "long"}),
                             ("two processes with so many slots each", {"workers": 2})):
        bench, shares = await saturated(options, **arguments)
        bench.picture(title)
        rows.append((title, shares))
    bench, taken, floor = await emptied_and_refilled(options)
    bench.picture("high runs empty, and is refilled 5 s later")

    print(f"\n| {options.jobs} jobs of {options.task_ms} ms a queue, {options.slots} slots: share of slot time | high | normal | low |")
    print("|---|---|---|---|")
    print("| asked for | " + " | ".join(f"{ASKED[queue]:.0%}" for queue in QUEUES) + " |")
    for title, shares in rows:
        print(f"| {title} | " + " | ".join(f"{shares[queue]:.1%}" for queue in QUEUES) + " |")
    print(f"\nAfter high ran empty the others had its slots {taken * 1000:.0f} ms later; "
          f"after it was refilled its floor was back within {floor * 1000:.0f} ms.")


asyncio.run(main())
