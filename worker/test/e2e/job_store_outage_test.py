"""The job store says what Temporal says again, after whatever was away; and no job minds."""

import asyncio
import json
import os
import time
import unittest

from job_stores import JobStoreCase
from stack import wait_until


class JobStoreOutage(JobStoreCase):
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


if __name__ == "__main__":
    unittest.main()
