"""The jobs of jobs_test, on workers that run the CPU steps as local activities, and jobs that move between the two kinds."""

import json
import unittest

import stack
from stack import Stack, wait_until

stack.STAGES = "{preprocess: local, postprocess: local}"
from jobs_test import *  # noqa: E402,F401,F403

CHAT = json.dumps({"messages": [{"role": "user", "content": "hello"}]})


class MovedJobs(unittest.TestCase):
    """What was decided for a job holds, wherever it goes on."""

    def setUp(self):
        self.stack = Stack()
        self.addCleanup(self.stack.close)
        self.engine = self.stack.engine("--latency-ms", 3000)

    def worker_with(self, place):
        config = self.stack.config(self.engine)
        config.write_text(config.read_text().replace(f"stages: {stack.STAGES}",
                                                     f"stages: {{preprocess: {place}, postprocess: {place}}}"))
        return self.stack.worker(config)

    def moves(self, first, second):
        worker = self.worker_with(first)
        self.stack.submit("--model", "echo", "--input", CHAT, "--id", "moved", "--detach")
        wait_until(lambda: self.engine.events("received", "moved"), "the engine works on it")
        worker.kill()
        self.worker_with(second)
        done = self.stack.run("result", "moved", "-o", "json", timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.stack.record("moved", f"moved_to_{second}")

    def test_from_a_lean_worker_to_one_that_is_not(self):
        self.moves("local", "remote")

    def test_to_a_lean_worker(self):
        self.moves("remote", "local")


if __name__ == "__main__":
    unittest.main()
