"""A hundred thousand items: all there, in order, with bounded memory and few events."""

import unittest

from batch_test import BatchTest, line

ITEMS = 100_000


class Large(BatchTest):
    ENGINE = ["--latency-ms", "1", "--slots", "64"]

    def peak_mib(self):
        with open(f"/proc/{self.worker.child.pid}/status") as status:
            return next(int(text.split()[1]) / 1024 for text in status if text.startswith("VmHWM"))

    def run_large(self):
        request = self.of_file(line(number) for number in range(ITEMS))
        response, failure = self.run_batch(request)
        self.assertIsNone(failure, response)
        self.assertEqual(response["counts"], {"total": ITEMS, "succeeded": ITEMS, "failed": 0, "canceled": 0})
        self.assertEqual(self.ids(self.output), [f"item-{number}" for number in range(ITEMS)])
        self.assertLess(self.peak_mib(), 256)

        async def runs(client):
            return [each.run_id async for each in client.list_workflows("WorkflowId = 'batch'")]
        return [len(self.history(run=run)) for run in self.client(runs)]

    def test_in_one_run(self):
        events = self.run_large()
        print(f"{sum(events) / ITEMS:.4f} events an item, {self.peak_mib():.0f} MiB", flush=True)
        self.assertLess(max(events), 10_000)
        self.assertLess(sum(events), ITEMS / 10)

    def test_in_many_runs(self):
        self.config.write_text(self.config.read_text().replace("heartbeat_timeout", "batch_history_events: 350, heartbeat_timeout"))
        self.worker.kill()
        self.worker = self.stack.worker(self.config)
        events = self.run_large()
        self.assertGreater(len(events), 5, "it continued as new five times at least")
        self.assertLess(max(events), 500)


if __name__ == "__main__":
    unittest.main(argv=["batch_large_test.py", "Large"], verbosity=2)
