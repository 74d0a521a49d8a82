"""A thousand jobs, three in ten of which meet faults at random: each ends as the retry table demands, within its budget."""

import asyncio
import collections
import os
import pathlib
import random
import unittest

from temporalio.client import Client, WorkflowFailureError

from stack import Stack, wait_until

JOBS = 1000
IN_FLIGHT = 100
WARM_UP = 200
SHARE_OF_FAULTS = 0.3
BUDGET = {"Transient": 3, "Timeout": 2, "OOM": 2, "Fatal": 1}
FAULTS = [
    ("Transient", {"status": 500}), ("Transient", {"status": 502}), ("Transient", {"answer": "queue_full"}),
    ("Transient", {"reset": True, "after_events": 2}), ("Transient", {"no_done": True}), ("Transient", {"garble": True}),
    ("Transient", {"finish_reason": "abort"}), ("Transient", {"in_band_error": "internal_error", "after_events": 1}),
    ("Timeout", {"stall": True}), ("Timeout", {"stall": True, "after_events": 2}), ("Timeout", {"answer": "gateway_timeout"}),
    ("OOM", {"answer": "out_of_memory"}), ("Fatal", {"answer": "context_length"}), ("Fatal", {"answer": "bad_request"}),
]


def resident_mib(process):
    status = pathlib.Path(f"/proc/{process.child.pid}/status").read_text()
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS"))


def outcome(faults):
    """How a job ends that meets these faults one after the other, and the engine calls that takes."""
    counts = collections.Counter()
    for calls, (kind, _) in enumerate(faults, start=1):
        counts[kind] += 1
        if counts[kind] == BUDGET[kind]:
            return kind, calls
    return "completed", len(faults) + 1


class RandomFaults(unittest.IsolatedAsyncioTestCase):
    async def test_every_job_ends_as_the_table_demands_and_memory_stays_flat(self):
        seed = int(os.environ.get("IW_SEED", random.randrange(1 << 32)))
        print(f"IW_SEED={seed}", flush=True)
        dice = random.Random(seed)
        faulty = {f"job-{number}": dice.choices(FAULTS, k=dice.choice([1, 1, 2, 3, 4]))
                  for number in range(JOBS) if dice.random() < SHARE_OF_FAULTS}
        stack = Stack()
        self.addCleanup(stack.close)
        engine = stack.engine("--slots", 64)
        engine.script(*({"match": {"request_id": job, "nth": [number]}, "action": action}
                        for job, faults in faulty.items() for number, (_, action) in enumerate(faults, start=1)))
        worker = stack.worker(stack.config(engine, worker="max_concurrent_activities: 60, serve: [normal]",
                                           model="timeout: 2s, breaker: {error_threshold: 1.0, consecutive_failures: 50}"))
        client = await Client.connect(stack.address)

        async def run(job):
            request = {"model": "echo", "input": {"messages": [{"role": "user", "content": "one two three four five"}]}}
            try:
                await client.execute_workflow("InferenceWorkflow", request, id=job, task_queue="inference-normal")
                return "completed"
            except WorkflowFailureError as failed:
                return failed.cause.type

        async def run_all(jobs):
            jobs, ends = iter(jobs), {}
            async def one_after_another():
                for job in jobs:
                    ends[job] = await run(job)
            await asyncio.gather(*(one_after_another() for _ in range(IN_FLIGHT)))
            return ends

        await run_all(f"warm-up-{number}" for number in range(WARM_UP))
        before = resident_mib(worker)
        ends = await run_all(f"job-{number}" for number in range(JOBS))
        after = resident_mib(worker)

        calls = collections.Counter(event.get("request_id") for event in engine.events("received"))
        wrong = {}
        for job, end in ends.items():
            expected = outcome(faulty.get(job, []))
            if (end, calls[job]) != expected:
                wrong[job] = {"ended": (end, calls[job]), "expected": expected, "faults": faulty.get(job)}
        self.assertEqual(wrong, {}, f"IW_SEED={seed}")
        self.assertEqual(len(ends), JOBS)
        print(f"{len(faulty)} faulty jobs; the worker's memory went from {before:.0f} to {after:.0f} MiB", flush=True)
        self.assertLess(after, before * 1.25 + 10, f"IW_SEED={seed}")
        wait_until(lambda: not engine.counts()["live"], "the engine is left with no call")


if __name__ == "__main__":
    unittest.main()
