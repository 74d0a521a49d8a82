"""The command `list`: jobs of any client, in any state, with and without a worker."""

import asyncio
import json
import subprocess
import time
import unittest

from temporalio.client import Client

from stack import Stack, wait_until

CHAT = json.dumps({"messages": [{"role": "user", "content": "hello"}]})


class ListTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = Stack()
        cls.addClassCleanup(cls.stack.close)

    def list(self, *options):
        done = self.stack.run("list", *options, "-o", "json")
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def wait_for(self, holds, what, *options):
        """The server's list trails the truth."""
        return wait_until(lambda: (jobs := self.list(*options)) and holds(jobs) and jobs, what)

    def start(self, workflow, request, job, queue):
        """As a client of another language does, which knows no memo."""
        async def start():
            client = await Client.connect(self.stack.address)
            await client.start_workflow(workflow, request, id=job, task_queue=queue)
        asyncio.run(start())


class InEveryState(ListTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.engine = cls.stack.engine()
        cls.config = cls.stack.config(cls.engine, worker="serve: [high, normal]")
        cls.worker = cls.stack.worker(cls.config)
        cls.start_jobs(cls("list"))

    @classmethod
    def start_jobs(cls, self):
        stack = cls.stack
        stack.submit("--model", "echo", "--input", CHAT, "--id", "done", "--priority", "high")
        stack.submit("--model", "ecko", "--input", CHAT, "--id", "typo")
        items = [{"custom_id": str(number), "input": {"prompt": text}} for number, text in enumerate(("good", "bad apple"))]
        cls.engine.script({"match": {"text_contains": "bad apple"}, "action": {"status": 400}})
        self.start("BatchWorkflow", {"model": "echo", "items": items}, "mixed", "inference-normal")
        stack.run("result", "mixed")
        cls.engine.script({"action": {"delay_ms": 120_000}})
        for job in ("dropped", "ended", "busy"):
            stack.submit("--model", "echo", "--input", CHAT, "--id", job, "--detach")
            wait_until(lambda: cls.engine.events("received", job), "the engine works on it")
        stack.run("cancel", "dropped")
        stack.run("result", "dropped")
        subprocess.run([stack.cli, "workflow", "terminate", "--address", stack.address, "-w", "ended"], check=True, capture_output=True)
        self.start("InferenceWorkflow", {"model": "echo", "input": json.loads(CHAT), "priority": "high"}, "foreign", "inference-low")
        self.start("SomethingElse", {}, "other", "inference-normal")

    STATES = {"done": "completed", "typo": "failed", "mixed": "completed_with_errors", "dropped": "canceled",
              "ended": "failed", "busy": "running", "foreign": "queued"}

    def states(self, *options):
        return {job["job_id"]: job["state"] for job in self.list(*options)}

    def test_all_jobs_are_there_each_once_with_what_status_says_of_it(self):
        jobs = self.wait_for(lambda jobs: {job["job_id"]: job["state"] for job in jobs} == self.STATES, "all are listed")
        self.assertEqual(len(jobs), len(self.STATES))
        for job in jobs:
            status = self.stack.status(job["job_id"])
            for field in ("state", "model", "priority", "attempt", "counts"):
                self.assertEqual(job.get(field), status.get(field), f"{field} of {job['job_id']}")
        by_id = {job["job_id"]: job for job in jobs}
        self.assertEqual((by_id["foreign"]["model"], by_id["foreign"]["priority"]), ("echo", "high"))
        self.assertEqual(by_id["typo"]["error"]["code"], "MODEL_NOT_FOUND")
        self.assertEqual(by_id["mixed"]["counts"], {"total": 2, "succeeded": 1, "failed": 1, "canceled": 0})
        order = [job["job_id"] for job in jobs]
        self.assertEqual(order, ["foreign", "busy", "ended", "dropped", "mixed", "typo", "done"], "newest first")

    def test_each_state_can_be_asked_for_and_another_is_a_usage_error_with_the_choices(self):
        self.wait_for(lambda jobs: len(jobs) == len(self.STATES), "all are listed")
        for state in ("queued", "running", "completed", "completed_with_errors", "failed", "canceled"):
            expected = {job: each for job, each in self.STATES.items() if each == state}
            wait_until(lambda: self.states("--state", state) == expected, f"those {state}")
        wrong = self.stack.run("list", "--state", "faild")
        self.assertEqual((wrong.returncode, wrong.stdout), (2, ""))
        self.assertIn("completed_with_errors", wrong.stderr)
        self.assertIn("did you mean failed?", wrong.stderr)
        self.assertEqual(self.stack.run("list", "--limit", "0").returncode, 2)
        self.assertEqual(self.stack.run("list", "--since", "soon").returncode, 2)

    def test_model_priority_time_and_limit_choose(self):
        self.wait_for(lambda jobs: len(jobs) == len(self.STATES), "all are listed")
        self.assertEqual(set(self.states("--model", "ecko")), {"typo"})
        self.assertEqual(set(self.states("--priority", "high")), {"done", "foreign"})
        self.assertEqual(len(self.states("--since", "1h")), len(self.STATES))
        self.assertEqual(self.states("--since", "2099-01-01"), {})
        few = self.stack.run("list", "--limit", "2")
        self.assertEqual(len(few.stdout.splitlines()), 3, few.stdout)
        self.assertIn("there are more than these 2", few.stderr)
        self.assertNotIn("more", self.stack.run("list", "--limit", str(len(self.STATES))).stderr)
        none = self.stack.run("list", "--model", "nobody")
        self.assertEqual((none.returncode, none.stdout), (0, ""))
        self.assertIn("no such job", none.stderr)


class WithoutAWorker(ListTest):
    def test_jobs_whose_worker_is_gone_are_listed_from_the_record_without_waiting_for_each(self):
        engine = self.stack.engine()
        engine.script({"action": {"delay_ms": 120_000}})
        worker = self.stack.worker(self.stack.config(engine))
        jobs = [f"orphan-{number}" for number in range(5)]
        for job in jobs:
            self.stack.submit("--model", "echo", "--input", CHAT, "--id", job, "--detach")
        wait_until(lambda: len(engine.events("received")) == len(jobs), "the engine works on all")
        worker.kill()
        for number in range(20):
            self.stack.submit("--model", "echo", "--input", CHAT, "--id", f"waits-{number}", "--detach", "--priority", "low")
        self.wait_for(lambda found: len(found) == 25, "all are listed")
        begun = time.monotonic()
        states = {job["job_id"]: job["state"] for job in self.list()}
        self.assertLess(time.monotonic() - begun, 8, "2 s for all workers together, and what the machine adds")
        self.assertEqual({states[job] for job in jobs}, {"running"})
        self.assertEqual(states["waits-7"], "queued")


if __name__ == "__main__":
    unittest.main()
