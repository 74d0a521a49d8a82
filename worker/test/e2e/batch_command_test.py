"""The command `batch`, as a person at a terminal or a script uses it."""

import json
import os
import signal
import subprocess
import tempfile
import pathlib
import unittest

from batch_test import BatchTest, line, read
from stack import WORKER, wait_until


class Command(BatchTest):
    def batch(self, path, *options):
        return self.stack.run("batch", path, "--config", self.config, *options)

    def elsewhere(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        return pathlib.Path(folder.name)

    def test_a_file_below_a_root_is_read_and_its_results_are_written_by_the_worker(self):
        path = self.write([line(number) for number in range(300)])
        done = self.batch(path, "--output", self.stack.folder / "out.jsonl", "-o", "json")
        self.assertEqual(done.returncode, 0, done.stderr)
        response = json.loads(done.stdout)
        self.assertEqual(response["output_ref"], f"file://{self.stack.folder}/out.jsonl")
        self.assertEqual(response["error_ref"], f"file://{self.stack.folder}/out.errors.jsonl")
        self.assertEqual(len(read(self.stack.folder / "out.jsonl")), 300)
        self.assertEqual((self.stack.folder / "out.errors.jsonl").read_text(), "")

    def test_a_file_elsewhere_is_uploaded_and_its_results_come_back(self):
        folder = self.elsewhere()
        path = folder / "items.jsonl"
        path.write_text("".join(json.dumps(line(number)) + "\n" for number in range(20)))
        done = self.batch(path, "--output", folder / "out.jsonl")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("20 succeeded", done.stdout)
        self.assertEqual([each["custom_id"] for each in read(folder / "out.jsonl")], [f"item-{number}" for number in range(20)])
        self.assertTrue((folder / "out.errors.jsonl").exists())
        refused = self.batch(path, "--output", folder / "out.jsonl", "--detach")
        self.assertEqual(refused.returncode, 2)
        self.assertIn(str(self.stack.folder), refused.stderr)

    def test_without_an_output_the_results_are_the_data(self):
        path = self.write([{"custom_id": "a", "input": {"prompt": "one two"}}, {"custom_id": "b", "input": {"prompt": "three"}}])
        done = self.batch(path, "--model", "echo", "--param", "max_tokens=3")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual([json.loads(text)["custom_id"] for text in done.stdout.splitlines()], ["a", "b"])
        self.assertIn("2 succeeded", done.stderr)

    def test_all_bad_lines_are_told_at_once_before_anything_starts(self):
        path = self.write([line(0), "{", line(0), {"custom_id": "x", "url": "/v1/nothing", "body": {}}, line(4)])
        refused = self.batch(path)
        self.assertEqual(refused.returncode, 2)
        for number in (2, 3, 4):
            self.assertIn(f"items.jsonl:{number}:", refused.stderr)
        self.assertEqual(self.engine.events("received"), [])

        done = self.batch(path, "--skip-invalid", "--output", self.stack.folder / "out.jsonl")
        self.assertEqual(done.returncode, 1, "completed with errors")
        self.assertEqual([each["custom_id"] for each in read(self.stack.folder / "out.jsonl")], ["item-0", "item-4"])
        self.assertEqual(len(read(self.stack.folder / "out.errors.jsonl")), 3)

    def test_files_without_items_are_usage_errors(self):
        for path in (self.write([], "empty.jsonl"), self.write(["", "  "], "blank.jsonl"), self.stack.folder / "absent.jsonl", self.stack.folder):
            done = self.batch(path)
            self.assertEqual((done.returncode, done.stdout), (2, ""), path)
            self.assertIn(path.name, done.stderr)

    def test_a_detached_batch_is_found_again_by_its_id(self):
        path = self.write([line(number) for number in range(50)])
        detached = self.batch(path, "--detach", "--id", "mine")
        self.assertEqual((detached.returncode, detached.stdout), (0, "mine\n"), detached.stderr)
        again = self.batch(path, "--id", "mine", "-o", "json")
        self.assertEqual(again.returncode, 0, again.stderr)
        self.assertEqual(json.loads(again.stdout)["counts"]["succeeded"], 50)
        result = self.stack.run("result", "mine", "-o", "json")
        self.assertEqual(json.loads(result.stdout), json.loads(again.stdout))
        self.assertEqual(len(self.engine.events("received")), 50)
        self.assertEqual(self.stack.status("mine")["state"], "completed")

    def test_an_interrupt_leaves_the_batch_running_and_says_how_to_come_back(self):
        self.engine.script({"action": {"delay_ms": 1000}})
        path = self.write([line(number) for number in range(100)])
        waiting = subprocess.Popen([str(WORKER), "batch", str(path), "--config", str(self.config), "--id", "long"], text=True,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=self.stack.folder,
                                   env={**os.environ, "TEMPORAL_ADDRESS": self.stack.address})
        wait_until(lambda: self.engine.events("received"), "it runs")
        waiting.send_signal(signal.SIGINT)
        out, err = waiting.communicate(timeout=20)
        self.assertEqual((waiting.returncode, out), (130, ""))
        self.assertIn("result long", err)
        self.assertEqual(self.stack.status("long")["state"], "running")

    def test_a_model_that_nobody_has_fails_the_batch_with_the_lines(self):
        path = self.write([line(1, body={"model": "absent", "messages": [{"role": "user", "content": "x"}]})])
        failed = self.batch(path, "-o", "json")
        self.assertEqual(failed.returncode, 1)
        error = json.loads(failed.stdout)["error"]
        self.assertEqual(error["code"], "VALIDATION")
        self.assertIn("line 1", error["message"])


if __name__ == "__main__":
    unittest.main(argv=["batch_command_test.py", "Command"], verbosity=2)
