"""SIGHUP: the worker section of the configuration, taken over while jobs run."""

import json
import signal
import unittest
import urllib.request

from stack import Stack, wait_until

CHAT = json.dumps({"messages": [{"role": "user", "content": "hello"}]})


class Reload(unittest.TestCase):
    def setUp(self):
        self.stack = Stack()
        self.addCleanup(self.stack.close)
        self.engine = self.stack.engine("--latency-ms", 1000)
        self.config = self.stack.config(self.engine, heartbeat_timeout="10s")
        self.config.write_text(self.config.read_text() + "admin: {listen: 127.0.0.1:0}\n")
        self.original = self.config.read_text()
        self.worker = self.stack.worker(self.config)
        wait_until(lambda: "admin pages" in self.worker.text(), "the worker is up")
        self.admin = next(line["address"] for line in self.log() if line["message"] == "admin pages")
        wait_until(lambda: self.page("/readyz") is not None, "the worker polls")

    def log(self):
        return [json.loads(line) for line in self.worker.text().splitlines() if line.startswith("{")]

    def page(self, path):
        try:
            with urllib.request.urlopen(f"http://{self.admin}{path}", timeout=10) as page:
                return page.read().decode()
        except OSError:
            return None

    def reload(self, worker, message="reloaded"):
        """With these keys beside those that the worker began with."""
        before = sum(line["message"].startswith(message) for line in self.log())
        self.config.write_text(self.original.replace("worker: {", "worker: {" + worker + ", "))
        self.worker.child.send_signal(signal.SIGHUP)
        wait_until(lambda: sum(line["message"].startswith(message) for line in self.log()) > before, message)

    def submit(self, job, priority, *options):
        return self.stack.submit("--model", "echo", "--input", CHAT, "--id", job, "--priority", priority, *options)

    def result(self, job):
        done = self.stack.run("result", job, "-o", "json")
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_slots_and_shares_hold_at_once(self):
        self.reload("max_concurrent_activities: 20, shares: {low: 100}")
        floors = {queue: use["floor"] for queue, use in json.loads(self.page("/queues")).items()}
        self.assertEqual(floors, {"inference-high": 5, "inference-normal": 3, "inference-low": 10})

    def test_a_queue_is_taken_out_alone_and_what_it_had_goes_on_when_it_is_back(self):
        self.submit("running", "normal", "--detach")
        wait_until(lambda: self.engine.events("received", "running"), "the engine works on it")
        self.reload("serve: [high, low]")
        self.assertNotIn("inference-normal", json.loads(self.page("/queues")))
        self.submit("waiting", "normal", "--detach")
        self.assertEqual(self.submit("other", "high").returncode, 0, "the other queues go on")
        self.assertEqual(self.stack.status("waiting")["state"], "queued")

        self.reload("serve: [high, normal, low]")
        self.assertEqual(self.result("waiting")["attempts"]["infer"], 1)
        self.assertEqual(self.result("running")["attempts"]["infer"], 1, "its call was let finish")

    def test_other_numbers_are_taken_over_by_workers_that_are_made_anew(self):
        self.submit("running", "normal", "--detach")
        wait_until(lambda: self.engine.events("received", "running"), "the engine works on it")
        self.reload("max_concurrent_workflow_tasks: 50, sticky_timeout: 1s")
        self.assertEqual(self.result("running")["attempts"]["infer"], 1)
        self.assertEqual(self.submit("later", "normal").returncode, 0)

    def test_what_takes_a_restart_is_named(self):
        self.original = self.original.replace("  echo:", "  renamed:").replace("admin: {listen: 127.0.0.1:0}", "")
        self.reload("max_concurrent_activities: 20")
        wait_until(lambda: any(line.get("sections") == ["models", "admin"] for line in self.log()), "the sections are named")

    def test_a_wrong_configuration_is_told_and_changes_nothing(self):
        self.reload("slots: 3", "not reloaded")
        told = next(line["message"] for line in self.log() if line["message"].startswith("not reloaded"))
        self.assertIn("slots", told)
        self.config.write_text(self.original)  # For the command, which reads the same file.
        self.assertEqual(self.submit("after", "high").returncode, 0)


if __name__ == "__main__":
    unittest.main()
