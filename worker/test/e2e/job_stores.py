"""What tests of the job store share: both stores as seen from outside, and a system beside them."""

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

from stack import Stack

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


class JobStoreCase(unittest.IsolatedAsyncioTestCase):
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

    async def start(self, job, priority="normal", **options):
        return await self.client.start_workflow("InferenceWorkflow", {"model": "echo", "input": json.loads(CHAT)}, id=job,
                                                task_queue=f"inference-{priority}", **options)

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
