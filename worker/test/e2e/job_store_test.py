"""The job store says what Temporal says at every step of a job's life."""

import datetime
import json
import subprocess
import unittest

from job_stores import JobStoreCase
from stack import wait_until


class JobStore(JobStoreCase):
    async def test_a_job_s_life_on_sqlite(self):
        await self.life(self.sqlite())

    async def test_a_job_s_life_on_postgresql(self):
        await self.life(self.postgres())

    async def life(self, store):
        engine = self.stack.engine()
        engine.script({"match": {"request_id": "holds-*"}, "action": {"delay_ms": 10000}},
                      {"match": {"request_id": "steps"}, "action": {"delay_ms": 4000}},
                      {"match": {"request_id": "tried-again"}, "times": 2, "action": {"status": 503}},
                      {"match": {"request_id": "overloaded"}, "action": {"status": 503}},
                      {"match": {"request_id": "ends-*"}, "action": {"delay_ms": 600000}})
        self.stack.worker(self.configure(engine, store, serve="[normal]", slots=1, name="normal.yaml"))
        self.configure(engine, store)
        await self.start("tried-again", priority="low")
        queued = await self.agreed("tried-again", lambda job: job["state"] == "queued", asks=False)
        self.assertEqual((queued["model"], queued["priority"], queued["attempt"]), ("echo", "low", 0))

        # Others hold the slots of the queue, so that each step waits its turn and can be seen.
        for number in range(3):
            await self.start(f"holds-{number}")
        wait_until(lambda: len({event["request_id"] for event in engine.events("received")}) == 2, "the slots are held")
        await self.start("steps")
        await self.agreed("steps", lambda job: (job["state"], job["stage"]) == ("running", "preprocess"))
        for number in range(3, 5):
            await self.start(f"holds-{number}")
        infer = await self.agreed("steps", lambda job: job["stage"] == "infer")
        self.assertEqual((infer["state"], infer["progress"]), ("running", 1 / 3))
        await self.agreed("steps", lambda job: (job["state"], job["stage"]) == ("running", "postprocess"))
        done = await self.agreed("steps", lambda job: job["state"] == "completed")
        self.assertEqual((done["progress"], done["attempt"]), (1, 1))

        self.stack.worker(self.configure(engine, store, serve="[low]", name="low.yaml"))
        self.configure(engine, store)
        tried = await self.agreed("tried-again", lambda job: job["retries"].get("Transient") == 2 and "error" in job)
        self.assertIn("next_attempt_at", tried["error"])

        await self.start("overloaded", priority="low")
        failed = await self.agreed("overloaded", lambda job: job["state"] == "failed")
        self.assertEqual((failed["error"]["code"], failed["error"]["class"]), ("ENGINE_5XX", "Transient"))

        await self.start("ends-canceled", priority="low")
        await self.agreed("ends-canceled", lambda job: job["stage"] == "infer")
        await self.client.get_workflow_handle("ends-canceled").cancel()
        await self.agreed("ends-canceled", lambda job: job["state"] == "canceled")

        await self.start("ends-terminated", priority="low")
        await self.agreed("ends-terminated", lambda job: job["stage"] == "infer")
        await self.client.get_workflow_handle("ends-terminated").terminate()
        await self.agreed("ends-terminated", lambda job: job["state"] == "failed", asks=False)

        await self.start("ends-timed-out", priority="low", run_timeout=datetime.timedelta(seconds=8))
        await self.agreed("ends-timed-out", lambda job: job["stage"] == "infer")
        await self.agreed("ends-timed-out", lambda job: job["state"] == "failed", asks=False)

    async def test_the_run_that_a_reset_makes_is_the_job(self):
        store = self.sqlite()
        engine = self.stack.engine()
        engine.script({"match": {"request_id": "again"}, "times": 1, "action": {"status": 400}})
        self.stack.worker(self.configure(engine, store))
        await self.start("again")
        failed = await self.agreed("again", lambda job: job["state"] == "failed")
        reset = subprocess.run([self.stack.cli, "workflow", "reset", "--address", self.stack.address, "-w", "again", "--type",
                                "FirstWorkflowTask", "--reason", "the engine is well"], capture_output=True, text=True)
        self.assertEqual(reset.returncode, 0, reset.stderr)
        done = await self.agreed("again", lambda job: job["state"] == "completed")
        self.assertGreater(done["updated_at"], failed["updated_at"])
        # The looks see both runs, and which of them is the job.
        self.assertEqual(self.stack.run("jobs", "rebuild").returncode, 0)
        await self.agreed("again", lambda job: job["state"] == "completed")

    async def test_a_batch_has_its_counts_in_the_store_and_after_a_rebuild_as_well(self):
        store = self.sqlite()
        engine = self.stack.engine("--latency-ms", "100")
        engine.script({"match": {"text_contains": "bad"}, "action": {"status": 400}})
        worker = self.stack.worker(self.configure(engine, store))
        lines = [{"custom_id": f"i{number}", "method": "POST", "url": "/v1/chat/completions",
                  "body": {"messages": [{"role": "user", "content": "bad" if number == 7 else f"{number}"}]}} for number in range(40)]
        (self.stack.folder / "items.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
        done = self.stack.run("batch", "items.jsonl", "--model", "echo", "--output", "out.jsonl", "--id", "batch")
        self.assertEqual(done.returncode, 1, done.stderr)
        ended = await self.agreed("batch", lambda job: job["state"] == "completed_with_errors")
        self.assertEqual(ended["counts"], {"total": 40, "succeeded": 39, "failed": 1, "canceled": 0})

        before = store.rows()
        worker.kill()
        store.delete()
        self.assertEqual(self.stack.run("jobs", "rebuild").returncode, 0)
        counts = "state, stage, items_total, items_succeeded, items_failed, model, priority, updated_at"
        self.assertEqual(store.rows(counts), [before[0][5:7] + before[0][8:11] + before[0][17:19] + before[0][21:22]],
                         "also where no worker answers")

    async def test_the_commands_say_what_there_is_and_what_is_not(self):
        store = self.sqlite()
        engine = self.stack.engine()
        self.configure(engine, store)
        absent = self.stack.run("jobs", "show", "nobody")
        self.assertEqual((absent.returncode, absent.stdout), (5, ""))
        self.assertIn("jobs.db", absent.stderr)
        self.assertIn("job store", self.stack.run("doctor").stdout)
        self.assertFalse(store.file.exists(), "looking makes no file")

        self.stack.worker(self.configure(engine, store))
        await self.all_completed(await self.load(1, "job"))
        shown = await self.agreed("job-000", lambda job: job["state"] == "completed")
        self.assertIn(shown["model"], self.stack.run("jobs", "show", "job-000").stdout)
        self.assertEqual(self.stack.run("jobs", "show", "nobody").returncode, 3)
        self.assertEqual(self.stack.run("jobs", "prune", "--older-than", "yesterday").returncode, 2)
        self.assertEqual(self.stack.run("jobs").returncode, 2)
        checks = json.loads(self.stack.run("doctor", "-o", "json").stdout)["checks"]
        self.assertEqual([check["status"] for check in checks if check["check"] == "job store"], ["ok"])

    async def test_a_password_is_in_no_log_and_no_message(self):
        store = self.sqlite()
        store.name = "postgresql://me:s3cr3t@127.0.0.1:1/jobs"
        worker = self.stack.worker(self.configure(self.stack.engine(), store))
        await self.all_completed(await self.load(1, "job"))
        wait_until(lambda: "job store is away" in worker.text(), "the worker says so")
        said = [worker.text()]
        for command in (["jobs", "show", "job"], ["jobs", "rebuild"], ["doctor"], ["doctor", "-o", "json"]):
            done = self.stack.run(*command)
            self.assertNotEqual(done.returncode, 0)
            said += [done.stdout, done.stderr]
        for text in said:
            self.assertNotIn("s3cr3t", text)

    async def test_without_a_store_there_is_none(self):
        store = self.sqlite()
        store.name = "none"
        self.stack.worker(self.configure(self.stack.engine(), store))
        await self.all_completed(await self.load(1, "job"))
        self.assertEqual(self.stack.run("jobs", "show", "job-000").returncode, 78)
        self.assertFalse(store.file.exists())


if __name__ == "__main__":
    unittest.main()
