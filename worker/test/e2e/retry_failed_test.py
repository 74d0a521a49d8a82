"""The command `retry-failed`: a new batch of what another left undone."""

import json
import unittest

from batch_test import BatchTest, line, read
from stack import wait_until


class RetryFailed(BatchTest):
    def refuse(self, text="bad apple"):
        self.engine.script({"match": {"text_contains": text}, "action": {"status": 400}})

    def batch(self, path, *options):
        return self.stack.run("batch", path, "--config", self.config, *options)

    def retry(self, job, *options):
        return self.stack.run("retry-failed", job, "--config", self.config, *options)

    def received(self):
        return len(self.engine.events("received"))

    def test_the_failed_lines_are_run_again_and_no_others(self):
        self.refuse()
        path = self.write([line(number, "bad apple" if number in (3, 7) else None) for number in range(20)])
        first = self.batch(path, "--id", "first", "--output", self.stack.folder / "out.jsonl")
        self.assertEqual(first.returncode, 1, first.stderr)
        self.assertIn("retry-failed first", self.stack.run("status", "first").stdout)
        before = self.received()
        self.engine.script()
        again = self.retry("first", "--id", "second", "--output", self.stack.folder / "rest.jsonl", "-o", "json")
        self.assertEqual(again.returncode, 0, again.stderr)
        self.assertIn("2 of 20 items of batch 'first' are run again", again.stderr)
        response = json.loads(again.stdout)
        self.assertEqual((response["job_id"], response["counts"]["succeeded"]), ("second", 2))
        self.assertEqual(self.ids(self.stack.folder / "rest.jsonl"), ["item-3", "item-7"])
        self.assertEqual(self.received() - before, 2)
        nothing = self.retry("second")
        self.assertEqual((nothing.returncode, nothing.stdout), (0, ""), nothing.stderr)
        self.assertIn("all 2 items of batch 'second' succeeded", nothing.stderr)

    def test_inline_items_and_results_of_another_client_do_as_well(self):
        self.refuse()
        items = [{"custom_id": str(number), "input": {"prompt": text}} for number, text in enumerate(("one", "bad apple", "three"))]
        response, failure = self.run_batch({"model": "echo", "items": items, "parameters": {"max_tokens": 3}}, "inline")
        self.assertIsNone(failure, response)
        self.engine.script()
        again = self.retry("inline")
        self.assertEqual(again.returncode, 0, again.stderr)
        self.assertEqual([json.loads(text)["custom_id"] for text in again.stdout.splitlines()], ["1"])

    def test_a_batch_that_failed_or_was_cancelled_is_gone_on_with_from_where_it_stood(self):
        lines = [line(number, "bad apple" if number == 40 else None) for number in range(200)]
        self.refuse()
        details, failure = self.run_batch(self.of_file(lines, failure_policy="fail_fast", chunk_size=20, max_parallel_chunks=1), "failed")
        self.assertEqual(failure, "Fatal")
        counts = details["batch"]["counts"]
        self.assertGreater(counts["canceled"], 0)
        self.engine.script()
        done = set(self.ids(self.output))
        rest = self.retry("failed", "--output", self.stack.folder / "rest.jsonl")
        self.assertEqual(rest.returncode, 0, rest.stderr)
        self.assertEqual(sorted(done | set(self.ids(self.stack.folder / "rest.jsonl"))), sorted(f"item-{number}" for number in range(200)))
        self.assertEqual(done & set(self.ids(self.stack.folder / "rest.jsonl")), set())

        self.engine.script({"action": {"delay_ms": 300}})
        self.start(self.of_file([line(number) for number in range(100)], chunk_size=10), "cancelled")
        wait_until(lambda: (status := self.stack.status("cancelled")).get("counts", {}).get("succeeded", 0) > 0, "some are done")
        self.stack.run("cancel", "cancelled")
        self.stack.run("result", "cancelled")
        self.engine.script()
        done = set(self.ids(self.output))
        self.assertLess(len(done), 100)
        rest = self.retry("cancelled", "--output", self.stack.folder / "rest2.jsonl", "--id", "after")
        self.assertEqual(rest.returncode, 0, rest.stderr)
        self.assertEqual(len(done) + len(read(self.stack.folder / "rest2.jsonl")), 100)

    def test_lines_that_are_no_items_stay_out(self):
        self.refuse()
        path = self.write([line(0), "{", line(0), line(3, "bad apple")])
        self.assertEqual(self.batch(path, "--id", "bad", "--skip-invalid", "--output", self.stack.folder / "out.jsonl").returncode, 1)
        self.engine.script()
        again = self.retry("bad", "--output", self.stack.folder / "rest.jsonl", "--id", "good")
        self.assertEqual(again.returncode, 0, again.stderr)
        self.assertIn("2 lines that are no items stay out", again.stderr)
        self.assertEqual(self.ids(self.stack.folder / "rest.jsonl"), ["item-3"])

        only = self.write([line(0), "{"], "only.jsonl")
        self.batch(only, "--id", "only", "--skip-invalid", "--output", self.stack.folder / "only.out.jsonl")
        refused = self.retry("only")
        self.assertEqual(refused.returncode, 2)
        self.assertIn("1 line that is no item", refused.stderr)

    def test_what_cannot_be_run_again_is_refused_with_the_next_step(self):
        self.refuse()
        path = self.write([line(0), line(1, "bad apple")])
        output = self.stack.folder / "out.jsonl"
        self.batch(path, "--id", "b1", "--output", output)
        self.stack.submit("--model", "echo", "--input", '"x"', "--id", "single")
        self.engine.script({"action": {"delay_ms": 60_000}})
        self.batch(self.write([line(5)], "other.jsonl"), "--id", "running", "--detach")
        absent = self.write([line(1, body={"model": "absent", "messages": [{"role": "user", "content": "x"}]})], "absent.jsonl")
        self.batch(absent, "--id", "refused")
        for job, code, says in (("single", 2, "is no batch"), ("running", 2, "inference-worker watch running"),
                                ("nobody", 3, "nobody"), ("refused", 1, "left no results")):
            done = self.retry(job)
            self.assertEqual((done.returncode, done.stdout), (code, ""), done.stderr)
            self.assertIn(says, done.stderr)
        own = self.retry("b1", "--output", output)
        self.assertEqual(own.returncode, 2)
        self.assertIn("is a file of batch 'b1'", own.stderr)
        self.assertEqual(self.retry("b1", "--id", "b1").returncode, 2)
        output.unlink()
        gone = self.retry("b1")
        self.assertEqual(gone.returncode, 2)
        self.assertIn("out.jsonl", gone.stderr)


if __name__ == "__main__":
    unittest.main(argv=["retry_failed_test.py", "RetryFailed"], verbosity=2)
