"""One worker, three queues: what each has of the slots."""

import asyncio
import json
import unittest
import urllib.request

from temporalio.client import Client

from stack import Stack, wait_until

SLOTS = 10
SHARES = {"inference-high": 0.50, "inference-normal": 0.35, "inference-low": 0.15}
JOBS = 30
CHAT = {"messages": [{"role": "user", "content": "hello"}]}


class Shares(unittest.TestCase):
    def setUp(self):
        self.stack = Stack()
        self.addCleanup(self.stack.close)
        # Long jobs, or it is the development server that runs out first, and no queue has a backlog.
        self.engine = self.stack.engine("--latency-ms", 2000, "--slots", 64)
        config = self.stack.config(self.engine, worker=f"max_concurrent_activities: {SLOTS}", heartbeat_timeout="10s")
        config.write_text(config.read_text() + "admin: {listen: 127.0.0.1:0}\n")
        self.worker = self.stack.worker(config)
        wait_until(lambda: "admin pages" in self.worker.text(), "the worker is up")
        lines = [json.loads(line) for line in self.worker.text().splitlines() if line.startswith("{")]
        self.admin = next(line["address"] for line in lines if line["message"] == "admin pages")
        self.config = config

    def use(self):
        with urllib.request.urlopen(f"http://{self.admin}/queues", timeout=10) as page:
            return json.loads(page.read())

    def start(self, jobs):
        """So many on each queue."""
        async def start():
            client = await Client.connect(self.stack.address)
            await asyncio.gather(*(
                client.start_workflow("InferenceWorkflow", {"model": "echo", "task": "chat", "input": CHAT},
                                      id=f"{queue}-{number}", task_queue=queue)
                for queue, count in jobs.items() for number in range(count)))
        asyncio.run(start())

    def finished(self, queue):
        return sum(1 for line in self.worker.text().splitlines() if "job finished" in line and f'"{queue}-' in line)

    def test_saturated_queues_have_their_shares_of_slot_time_and_what_one_leaves_the_others_take(self):
        self.start({queue: JOBS for queue in SHARES})
        wait_until(lambda: sum(it["slots_used"] for it in self.use().values()) >= SLOTS, "all slots are in use")
        before = self.use()
        wait_until(lambda: self.finished("inference-high") >= JOBS - 10, "the first queue is almost done", 60)
        after = self.use()
        had = {queue: after[queue]["slot_seconds"] - before[queue]["slot_seconds"] for queue in SHARES}
        for queue, share in SHARES.items():
            self.assertAlmostEqual(had[queue] / sum(had.values()), share, delta=0.08, msg=f"{queue} of {had}")

        shown = self.stack.run("queues", "--config", self.with_admin(), "-o", "json")
        self.assertEqual(shown.returncode, 0, shown.stderr)
        low = next(row for row in json.loads(shown.stdout) if row["queue"] == "inference-low")
        self.assertGreater(low["backlog"], 0)
        self.assertEqual(low["workers"], 1)
        self.assertEqual((low["share"], low["floor"]), (0.15, 1))

        def low_has_all():
            use = self.use()
            return use["inference-low"]["slots_used"] >= SLOTS - 2 and use["inference-low"]["slots_lent"] > 0
        wait_until(low_has_all, "the last queue has what the others left", 60)

    def with_admin(self):
        file = self.stack.folder / "with-admin.yaml"
        file.write_text(self.config.read_text().replace("127.0.0.1:0}", f"{self.admin}}}"))
        return file


if __name__ == "__main__":
    unittest.main()
