"""Clients take turns within a queue where the server lets them, and doctor says whether it does."""

import json
import unittest

from stack import Stack, wait_until

ONE_PARTITION = ["matching.numTaskqueueReadPartitions=1", "matching.numTaskqueueWritePartitions=1"]


def fairness(stack, config):
    done = stack.run("doctor", "--config", config, "-o", "json")
    return next(check for check in json.loads(done.stdout)["checks"] if check["check"] == "fairness")


class FairnessTest(unittest.TestCase):
    def start(self, settings):
        self.stack = Stack(settings)
        self.addCleanup(self.stack.close)
        self.engine = self.stack.engine("--latency-ms", "20")
        self.config = self.stack.config(self.engine, worker="max_concurrent_activities: 1, serve: [normal]")

    def test_a_backlog_of_one_client_does_not_keep_the_others_waiting(self):
        self.start(["matching.enableFairness=true", *ONE_PARTITION])
        for job in range(30):
            self.stack.submit("--model", "echo", "--input", '"x"', "--detach", "--client-id", "flood", "--id", f"flood-{job}")
        self.stack.submit("--model", "echo", "--input", '"x"', "--detach", "--client-id", "late", "--id", "late")
        self.stack.worker(self.config)
        wait_until(lambda: len(self.engine.events("received")) == 31, "all jobs are served")

        served = [event["request_id"] for event in self.engine.events("received")]
        self.assertLess(served.index("late"), 15, served)
        self.assertEqual(fairness(self.stack, self.config)["status"], "ok")

    def test_doctor_says_that_the_server_does_not_let_clients_take_turns_and_what_to_set(self):
        self.start([])
        check = fairness(self.stack, self.config)
        self.assertEqual(check["status"], "warn")
        self.assertIn("matching.enableFairness", check["next_step"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
