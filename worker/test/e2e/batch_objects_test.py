"""Batches and large inputs in an object store: a real S3 server, workers that share nothing but it."""

import contextlib
import json
import os
import random
import re
import shutil
import unittest

from batch_test import BatchTest, chat, line
from stack import ObjectStore, wait_until

ITEMS = 2000
KILLS = 6
DEPTH = 16


class ObjectsTest(BatchTest):
    ENGINE = ["--latency-ms", "30", "--slots", "64"]

    def start_worker(self):
        self.objects = ObjectStore(self.stack)
        self.machines = 0
        self.worker = self.new_machine()

    def new_machine(self):
        """A worker whose folder is its own."""
        self.machines += 1
        folder = self.stack.folder / f"machine-{self.machines}"
        files = f"files: {{roots: [., s3://data/batches], dir: s3://data/jobs, s3: {{endpoint: {self.objects.url}}}}}"
        config = self.stack.config(self.engine, worker=self.WORKER, model=self.MODEL, more=files, folder=folder)
        worker = self.stack.worker(config, **ObjectStore.KEYS)
        worker.folder = folder
        return worker

    def lose_machine(self, running, dice):
        """One that runs is killed, its disk is gone, and another takes its place."""
        place = dice.randrange(len(running))
        running[place].kill()
        shutil.rmtree(running[place].folder)
        running[place] = self.new_machine()

    def put(self, key, text):
        path = self.objects.folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return f"s3://data/{key}"

    def of_objects(self, lines, **more):
        items = self.put("batches/items.jsonl", "".join(json.dumps(each) + "\n" for each in lines))
        self.output, self.errors = (self.objects.folder / "batches" / name for name in ("out.jsonl", "out.errors.jsonl"))
        return {"items_ref": items, "output_ref": "s3://data/batches/out.jsonl", **more}

    def partial_lines(self):
        """Of how many items results can be read while the batch runs."""
        folder = self.objects.folder / "batches/out.jsonl.partial"
        found = set()
        for file in folder.glob("*/*.jsonl") if folder.exists() else ():
            with contextlib.suppress(FileNotFoundError):  # Put together with others meanwhile.
                found.update(re.findall(rb'"custom_id":"([^"]*)"', file.read_bytes()))
        return len(found)

    def left_over(self):
        return sorted(str(path.relative_to(self.objects.folder)) for path in self.objects.folder.rglob("*")
                      if path.is_file() and (".partial" in str(path) or path.suffix == ".lock"))


class Results(ObjectsTest):
    def test_a_batch_goes_from_object_to_object_in_order_and_leaves_nothing_beside(self):
        lines = [line(number) for number in range(600)]
        lines[30]["body"]["messages"] = "none"
        lines[31] = {"custom_id": "bad"}
        response, failure = self.run_batch(self.of_objects(lines, skip_invalid=True))
        self.assertIsNone(failure, response)
        self.assertEqual(response["counts"], {"total": 600, "succeeded": 598, "failed": 2, "canceled": 0})
        self.assertEqual(response["output_ref"], "s3://data/batches/out.jsonl")
        self.assertEqual(response["error_ref"], "s3://data/batches/out.errors.jsonl")
        self.assertEqual(self.ids(self.output), [f"item-{number}" for number in range(600) if number not in (30, 31)])
        self.assertEqual(self.ids(self.errors), ["item-30", "bad"])
        self.assertEqual(self.left_over(), [])

    def test_results_can_be_read_while_the_batch_runs_and_a_cancel_keeps_them(self):
        self.engine.script({"action": {"delay_ms": 200}})
        self.start(self.of_objects([line(number) for number in range(2000)]))
        wait_until(lambda: self.partial_lines() > 100, "results in parts")
        self.assertFalse(self.output.exists())

        async def cancel(client):
            await client.get_workflow_handle("batch").cancel()
        self.client(cancel)
        response, _ = self.result()
        self.assertEqual(response["status"], "canceled")
        succeeded = response["counts"]["succeeded"]
        self.assertGreater(succeeded, 100)
        self.assertEqual(len(self.ids(self.output)), succeeded)
        self.assertEqual(self.left_over(), [])

    def test_what_nobody_named_a_place_for_goes_to_the_store_too(self):
        items = [{"custom_id": f"i{number}", "input": {"messages": chat("x" * 3000)["messages"]}} for number in range(500)]
        response, failure = self.run_batch({"model": "echo", "items": items, "parameters": {"max_tokens": 4000}})
        self.assertIsNone(failure, response)
        self.assertEqual(response["output_ref"], "s3://data/jobs/batch/output.jsonl")
        self.assertEqual(self.ids(self.objects.folder / "jobs/batch/output.jsonl"), [f"i{number}" for number in range(500)])
        small, failure = self.run_batch({"model": "echo", "items": items[:3]}, "small")
        self.assertIsNone(failure, small)
        self.assertEqual([each["custom_id"] for each in small["results"]], ["i0", "i1", "i2"])

    def test_a_second_batch_for_the_same_output_is_told_whose_it_is(self):
        self.engine.script({"action": {"delay_ms": 300}})
        self.start(self.of_objects([line(number) for number in range(400)]), "first")
        wait_until(lambda: self.partial_lines() > 0, "the first one runs")
        refused, failure = self.run_batch(self.of_objects([line(1)]), "second")
        self.assertEqual((failure, refused["code"]), ("Fatal", "VALIDATION"))
        self.assertIn("'first'", refused["message"])
        self.assertIn("s3://data/batches/out.jsonl", refused["message"])

    def test_references_lead_nowhere_else(self):
        self.put("elsewhere/items.jsonl", json.dumps(line(1)) + "\n")
        for ref, said in (("s3://data/elsewhere/items.jsonl", "s3://data/batches"), ("s3://data/batches/absent.jsonl", "no object"),
                          ("s3://data/batches/../elsewhere/items.jsonl", "it takes s3://BUCKET/KEY"), ("s3://data", "it takes s3://BUCKET/KEY")):
            refused, failure = self.run_batch({"items_ref": ref, "output_ref": "s3://data/batches/x.jsonl"}, f"to {ref}")
            self.assertEqual((failure, refused["code"]), ("Fatal", "VALIDATION"), ref)
            self.assertIn(said, refused["message"], ref)
        refused, _ = self.run_batch(self.of_objects([line(1)], error_ref=f"file://{self.stack.folder}/machine-1/e.jsonl"), "mixed")
        self.assertIn("choose files for both, or objects", refused["message"])

    def test_a_single_job_takes_its_input_from_the_store_and_puts_a_large_output_there(self):
        texts = ["y" * 3000] * 500
        ref = self.put("batches/input.json", json.dumps({"prompt": texts}))

        async def ask(client):
            return await client.execute_workflow("InferenceWorkflow", {"model": "echo", "input": {"ref": ref},
                                                                       "parameters": {"max_tokens": 4000}},
                                                 id="large", task_queue="inference-normal")
        response = self.client(ask)
        self.assertTrue(response["output"]["ref"].startswith("s3://data/jobs/large/"), response["output"])
        kept = json.loads((self.objects.folder / response["output"]["ref"].removeprefix("s3://data/")).read_text())
        self.assertEqual(len(kept["choices"]), 500)

    def test_a_store_that_is_away_for_a_while_is_waited_for(self):
        self.engine.script({"action": {"delay_ms": 100}})
        lines = [line(number) for number in range(1000)]
        self.start(self.of_objects(lines))
        wait_until(lambda: self.partial_lines() > 100, "results come")
        port = self.objects.port
        self.objects.kill()
        # Calls end, and their results cannot be written: no more are sent.
        received = len(self.engine.events("received"))
        wait_until(lambda: len(self.engine.events("finished")) >= received, "what was under way has ended")
        self.objects = ObjectStore(self.stack, port)
        response, failure = self.result()
        self.assertIsNone(failure, response)
        self.assertEqual(self.ids(self.output), [each["custom_id"] for each in lines])


class Command(ObjectsTest):
    def batch(self, *arguments, command="batch"):
        return self.stack.run(command, *arguments, "--config", self.stack.folder / "machine-1/inference-worker.yaml", "-o", "json",
                              **ObjectStore.KEYS)

    def test_a_batch_command_names_objects_and_brings_results_to_a_file(self):
        ref = self.put("batches/items.jsonl", "".join(json.dumps(line(number)) + "\n" for number in range(40)))
        done = self.batch(ref, "--output", "s3://data/batches/here.jsonl")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout)["output_ref"], "s3://data/batches/here.jsonl")
        self.assertEqual(len(self.ids(self.objects.folder / "batches/here.jsonl")), 40)

        target = self.stack.folder / "brought.jsonl"
        done = self.batch(ref, "--output", target)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(len(self.ids(target)), 40)

    def test_a_local_file_is_uploaded_for_workers_that_are_elsewhere_and_what_failed_is_retried_from_there(self):
        lines = [line(number) for number in range(30)]
        lines[7]["body"]["model"] = "no-such-model"
        path = self.write(lines)
        done = self.batch(path, "--id", "up", "--skip-invalid")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual(json.loads(done.stdout)["counts"]["failed"], 1)
        self.assertTrue((self.objects.folder / "jobs/uploads/up.jsonl").exists())
        self.engine.script({"action": {"status": 400}, "times": 3})
        path = self.write([line(number) for number in range(30)])
        self.assertEqual(self.batch(path, "--id", "some", "--output", "s3://data/batches/some.jsonl").returncode, 1)
        again = self.batch("some", "--id", "again", command="retry-failed")
        self.assertEqual(json.loads(again.stdout)["counts"]["succeeded"], 3, again.stderr)
        self.assertTrue((self.objects.folder / "jobs/uploads/again.jsonl").exists())

    def test_objects_that_cannot_be_are_refused_before_anything_is_started(self):
        for arguments, said in ((("s3://data/batches/absent.jsonl",), "no object s3://data/batches/absent.jsonl"),
                                (("s3://data/elsewhere/x.jsonl",), "files.roots"),
                                ((self.write([line(1)]), "--output", "s3://data/elsewhere/o.jsonl"), "files.roots")):
            done = self.batch(*arguments)
            self.assertEqual((done.returncode, done.stdout), (2, ""), arguments)
            self.assertIn(said, done.stderr)
        config = self.stack.folder / "machine-1/inference-worker.yaml"
        keyless = self.stack.run("batch", self.write([line(1)]), "--config", config)
        self.assertEqual(keyless.returncode, 78, keyless.stderr)
        self.assertIn("AWS_ACCESS_KEY_ID", keyless.stderr)


class LostMachines(ObjectsTest):
    def test_a_machine_that_is_lost_with_its_disk_loses_nothing(self):
        seed = int(os.environ.get("IW_SEED", random.randrange(2**32)))
        print(f"IW_SEED={seed}", flush=True)
        dice = random.Random(seed)
        lines = [line(number) for number in range(ITEMS)]
        running = [self.worker, self.new_machine()]
        self.start(self.of_objects(lines))
        reported = 0
        for kill in range(1, KILLS + 1):
            goal = ITEMS * kill // (KILLS + 2)
            wait_until(lambda: self.partial_lines() >= goal or self.output.exists(), f"{goal} items", 120)
            before = self.partial_lines()
            self.assertGreaterEqual(before, reported, "what was there is gone")
            self.lose_machine(running, dice)
            reported = before
        wait_until(lambda: self.output.exists(), "the end", 300)
        response, failure = self.result()
        self.assertIsNone(failure, response)
        self.assertEqual(response["counts"], {"total": ITEMS, "succeeded": ITEMS, "failed": 0, "canceled": 0})
        self.assertEqual(self.ids(self.output), [each["custom_id"] for each in lines])
        received = len(self.engine.events("received"))
        print(f"{received} calls for {ITEMS} items", flush=True)
        self.assertLessEqual(received, ITEMS + KILLS * DEPTH, "again at most what was under way at a kill")


if __name__ == "__main__":
    unittest.main(argv=["batch_objects_test.py", "Results", "Command", "LostMachines"], verbosity=2)
