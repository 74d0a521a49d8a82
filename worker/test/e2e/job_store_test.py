"""The job store says what Temporal says: at every step of a job's life, and again after whatever was away."""

import asyncio
import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import time
import unittest

from temporalio.client import Client

from stack import Stack, wait_until

sys.path.insert(0, str(pathlib.Path(os.environ["IW_SOURCE_DIR"]) / "tools/lib"))
from postgres_server import PostgresServer  # noqa: E402

CHAT = json.dumps({"messages": [{"role": "user", "content": "the quick brown fox"}]})
STATES = {"RUNNING": {"queued", "running"}, "COMPLETED": {"completed", "completed_with_errors"}, "FAILED": {"failed"},
          "CANCELED": {"canceled"}, "TERMINATED": {"failed"}, "TIMED_OUT": {"failed"}}
# All but who wrote the row last: a worker, or who read Temporal's record.
COLUMNS = ("job_id, run_id, first_run_id, workflow_type, queue, state, stage, progress, items_total, items_succeeded, items_failed, "
           "items_canceled, attempt, retries_transient, retries_timeout, retries_oom, retries_worker_lost, model, priority, created_at, "
           "started_at, updated_at, finished_at, error_class, error_code, error_message, next_attempt_at, run_began_at, sequence")


class SqliteStore:
    def __init__(self, stack):
        self.file = stack.folder / "jobs.db"
        self.name = "sqlite:jobs.db"

    def rows(self, columns=COLUMNS):
        if not self.file.exists():
            return []
        database = sqlite3.connect(self.file, timeout=10)
        try:
            return database.execute(f"SELECT {columns} FROM inference_jobs ORDER BY job_id").fetchall()
        except sqlite3.OperationalError:
            return []  # No tables yet.
        finally:
            database.close()

    def delete(self):
        for file in self.file.parent.glob("jobs.db*"):
            file.unlink()


class PostgresStore:
    def __init__(self, stack):
        stack.folder.chmod(0o755)
        self.server = PostgresServer(stack.folder / "postgres")
        self.name = self.server.url

    def sql(self, statement):
        done = subprocess.run([self.server.bin / "psql", self.name, "-At", "-c", statement], capture_output=True, text=True)
        return done.stdout.splitlines() if done.returncode == 0 else []

    def rows(self, columns=COLUMNS):
        return [tuple(line.split("|")) for line in self.sql(f"SELECT {columns} FROM inference_jobs ORDER BY job_id")]

    def delete(self):
        self.sql("DROP TABLE inference_jobs, inference_job_marks, inference_job_schema")


class JobStore(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        # Each step waits in the queue, and first come is first served, so that it can be seen there.
        self.stack = Stack(["system.enableActivityEagerExecution=false", "matching.numTaskqueueReadPartitions=1",
                            "matching.numTaskqueueWritePartitions=1"])
        self.addCleanup(self.stack.close)
        self.client = await Client.connect(self.stack.address)

    def sqlite(self):
        return SqliteStore(self.stack)

    def postgres(self):
        store = PostgresStore(self.stack)
        self.addCleanup(store.server.stop, "immediate")
        return store

    def configure(self, engine, store, serve="[high, normal, low]", slots=10, **options):
        return self.stack.config(engine, store=store.name, **options,
                                 worker=f"serve: {serve}, max_concurrent_activities: {slots}")

    async def start(self, job, priority="normal"):
        return await self.client.start_workflow("InferenceWorkflow", {"model": "echo", "input": json.loads(CHAT)}, id=job,
                                                task_queue=f"inference-{priority}")

    def shown(self, job):
        """What the store says, or nothing."""
        done = self.stack.run("jobs", "show", job, "-o", "json")
        return json.loads(done.stdout) if done.returncode == 0 else {}

    async def agreed(self, job, holds, asks=True, seconds=30):
        """Waits until the store, the command, Temporal and, with `asks`, the workflow say the same, for which `holds`."""
        deadline = time.monotonic() + seconds
        seen = {}
        while time.monotonic() < deadline:
            shown = await asyncio.to_thread(self.shown, job)
            if not shown or not holds(shown):
                seen = {"store": shown}
                continue
            handle = self.client.get_workflow_handle(job)
            seen = {"store": shown, "status": await asyncio.to_thread(self.stack.status, job)}
            if asks:
                seen["query"] = await handle.query("status")
            described = (await handle.describe()).status.name
            if all(said == shown for said in seen.values()) and shown["state"] in STATES[described]:
                return shown
        self.fail(f"not within {seconds} s: {json.dumps(seen, indent=1)}")

    async def load(self, count, prefix, pause=0.02):
        """Starts so many jobs, some time apart; gives their handles."""
        handles = []
        for number in range(count):
            handles.append(await self.start(f"{prefix}-{number:03}"))
            await asyncio.sleep(pause)
        return handles

    async def all_completed(self, handles):
        for response in await asyncio.gather(*(handle.result() for handle in handles)):
            self.assertEqual(response["status"], "completed")

    def completed_in(self, store):
        return sum(row[0] == "completed" for row in store.rows("state, job_id"))

    # A life.

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

    # What was away.

    async def test_a_store_that_was_deleted_is_rebuilt_row_by_row_on_sqlite(self):
        await self.rebuild(self.sqlite())

    async def test_a_store_that_was_deleted_is_rebuilt_row_by_row_on_postgresql(self):
        await self.rebuild(self.postgres())

    async def rebuild(self, store):
        engine = self.stack.engine()
        config = self.configure(engine, store)
        worker = self.stack.worker(config)
        engine.script({"match": {"request_id": "slow*"}, "action": {"delay_ms": 600000}},
                      {"match": {"request_id": "once-more"}, "times": 1, "action": {"status": 503}},
                      {"match": {"request_id": "fails"}, "action": {"status": 400}})
        await self.all_completed(await self.load(20, "done"))
        for job in ("slow", "once-more", "fails", "ended"):
            await self.start(job)
        await self.agreed("slow", lambda job: job["stage"] == "infer")
        await self.agreed("once-more", lambda job: job["state"] == "completed")
        await self.agreed("fails", lambda job: job["state"] == "failed")
        await self.start("slow-2")
        await self.agreed("slow-2", lambda job: job["stage"] == "infer")
        await self.client.get_workflow_handle("slow-2").terminate()
        await self.agreed("slow-2", lambda job: job["state"] == "failed", asks=False)
        # An id that is used again: its latest run stands.
        await self.all_completed(await self.load(1, "done"))
        wait_until(lambda: self.completed_in(store) == 22, "the store has what the workers told")
        before = store.rows()
        self.assertEqual(len(before), 25)

        # Stopped as it is, so that it tells nothing meanwhile but answers queries after that.
        store.delete()
        done = self.stack.run("jobs", "rebuild", "-o", "json")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(store.rows(), before)
        self.assertIsNone(worker.child.poll(), worker.text())
        again = json.loads(self.stack.run("jobs", "rebuild", "-o", "json").stdout)
        self.assertEqual((again["ended"], again["open"]), (24, 1))
        self.assertEqual(store.rows(), before, "also into a store that has them")

        self.assertEqual(self.stack.run("jobs", "prune", "--older-than", "1d").returncode, 0)
        self.assertEqual(store.rows(), before)
        pruned = json.loads(self.stack.run("jobs", "prune", "--older-than", "0s", "-o", "json").stdout)
        self.assertEqual(pruned["pruned"], 24)
        self.assertEqual([row[0] for row in store.rows()], ["slow"])

    async def test_a_postgresql_that_is_away_for_20_seconds_in_mid_load_fails_no_job_and_is_complete_10_seconds_after(self):
        store = self.postgres()
        worker = self.stack.worker(self.configure(self.stack.engine("--latency-ms", "50"), store))
        loading = asyncio.create_task(self.load(300, "job", pause=0.1))
        while self.completed_in(store) < 20:
            await asyncio.sleep(0.05)
        await asyncio.to_thread(store.server.stop, "immediate")
        gone = time.monotonic()
        while time.monotonic() < gone + 20:
            await asyncio.sleep(0.2)  # The length of the outage itself.
        await asyncio.to_thread(store.server.start)
        back = time.monotonic()
        handles = await loading
        await self.all_completed(handles)
        ended = time.monotonic()
        while self.completed_in(store) < 300:
            self.assertLess(time.monotonic() - max(back, ended), 10, f"{self.completed_in(store)} of 300")
            await asyncio.sleep(0.1)
        lines = [json.loads(line)["message"] for line in worker.text().splitlines()]
        self.assertEqual(sum("job store is away" in line for line in lines), 1)
        self.assertEqual(sum("job store is back" in line for line in lines), 1)

    async def test_a_job_that_ended_while_the_store_was_away_and_its_worker_died_is_found(self):
        store = self.postgres()
        config = self.configure(self.stack.engine(), store)
        worker = self.stack.worker(config)
        await self.all_completed(await self.load(1, "before"))
        wait_until(lambda: self.completed_in(store) == 1, "the store works")
        await asyncio.to_thread(store.server.stop, "immediate")
        await self.all_completed(await self.load(5, "unseen"))
        worker.kill()
        await asyncio.to_thread(store.server.start)
        self.stack.worker(config)
        wait_until(lambda: self.completed_in(store) == 6, "the other worker finds them", 20)

    async def test_a_worker_that_is_killed_in_mid_load_leaves_a_store_that_converges(self):
        store = self.sqlite()
        config = self.configure(self.stack.engine("--latency-ms", "200"), store)
        worker = self.stack.worker(config)
        loading = asyncio.create_task(self.load(100, "job"))
        while self.completed_in(store) < 10:
            await asyncio.sleep(0.02)
        worker.kill()
        self.stack.worker(config)
        await self.all_completed(await loading)
        wait_until(lambda: self.completed_in(store) == 100, "the store has them all", 15)
        for job in ("job-000", "job-050", "job-099"):
            await self.agreed(job, lambda shown: shown["state"] == "completed")

    async def test_a_store_that_cannot_be_written_fails_no_job_and_is_told_of_once(self):
        store = self.sqlite()
        store.file.write_bytes(b"")
        store.file.chmod(0o444)
        # The rights of a file are for root, too, that lacks this one.
        as_others = ["setpriv", "--bounding-set=-dac_override"] if os.geteuid() == 0 else []
        worker = self.stack.worker(self.configure(self.stack.engine(), store), before=as_others)
        await self.all_completed(await self.load(20, "job"))
        lines = [json.loads(line) for line in worker.text().splitlines()]
        away = [line for line in lines if "job store is away" in line["message"]]
        self.assertEqual(len(away), 1)
        self.assertIn("read", away[0]["error"])
        worker.terminate()
        self.assertEqual(worker.wait(), 0)

    async def test_a_disk_without_room_fails_no_job_and_the_store_goes_on_once_there_is_some(self):
        store = self.sqlite()
        config = self.configure(self.stack.engine(), store)
        # No file of this worker grows beyond 96 KB.
        worker = self.stack.worker(config, before=["bash", "-c", 'trap "" XFSZ; ulimit -f 96; exec "$@"', "bash"])
        handles = await self.load(150, "job", pause=0.01)
        await self.all_completed(handles)
        wait_until(lambda: "job store is away" in worker.text(), "the store is full")
        worker.terminate()
        self.assertEqual(worker.wait(), 0, worker.text()[-2000:])
        self.stack.worker(config)
        wait_until(lambda: self.completed_in(store) == 150, "another worker finds what was not told", 20)

    # The commands.

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
