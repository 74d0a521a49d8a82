"""Batches that a Temporal schedule starts."""

import json
import pathlib
import time
import unittest
import urllib.parse

from temporalio.client import Schedule, ScheduleActionStartWorkflow, ScheduleOverlapPolicy, SchedulePolicy, ScheduleSpec

from batch_test import BatchTest, line, read
from stack import wait_until


def path_of(ref):
    return pathlib.Path(urllib.parse.unquote(ref.removeprefix("file://")))


class Scheduled(BatchTest):
    def fire_twice(self, request):
        """The ids of both batches: that of the action, and the second in which it fired."""
        async def create(client):
            action = ScheduleActionStartWorkflow("BatchWorkflow", request, id="nightly", task_queue="inference-low")
            policy = SchedulePolicy(overlap=ScheduleOverlapPolicy.ALLOW_ALL)
            await client.create_schedule("nightly", Schedule(action=action, spec=ScheduleSpec(), policy=policy))
        async def trigger(client):
            await client.get_schedule_handle("nightly").trigger()
        async def started(client):
            description = await client.get_schedule_handle("nightly").describe()
            return [each.action.workflow_id for each in description.info.recent_actions]
        self.client(create)
        ids = []
        for times in (1, 2):
            second = int(time.time())
            wait_until(lambda: int(time.time()) > second, "the next second")
            self.client(trigger)
            ids = wait_until(lambda: len(found := self.client(started)) == times and found, f"it has fired {times} times")
        return ids

    def test_one_that_fires_twice_leaves_two_batches_with_ids_and_folders_of_their_own(self):
        lines = [line(number, "long text " * 500) for number in range(300)]
        for each in lines:
            each["body"]["max_tokens"] = 2000
        path = self.write(lines)
        ids = self.fire_twice({"items_ref": f"file://{path}"})
        self.assertEqual(len(set(ids)), 2, ids)
        folders = set()
        for job in ids:
            self.assertRegex(job, r"nightly-.*T\d\d:\d\d:\d\dZ")
            response, failure = self.result(job)
            self.assertIsNone(failure, response)
            self.assertEqual((response["job_id"], response["status"], response["counts"]["succeeded"]), (job, "completed", 300))
            output, errors = path_of(response["output_ref"]), path_of(response["error_ref"])
            self.assertEqual([each["custom_id"] for each in read(output)], [f"item-{number}" for number in range(300)])
            self.assertEqual((errors.parent, errors.read_text()), (output.parent, ""))
            folders.add(output.parent)
            self.assertEqual(self.stack.run("watch", job).returncode, 0)
            nothing = self.stack.run("retry-failed", job, "--config", self.config)
            self.assertEqual(nothing.returncode, 0, nothing.stderr)
            self.assertIn("nothing to run again", nothing.stderr)
        self.assertEqual(len(folders), 2, folders)
        def listed():
            return {job["job_id"] for job in json.loads(self.stack.run("list", "-o", "json").stdout)}
        wait_until(lambda: set(ids) <= listed(), "both are listed")


if __name__ == "__main__":
    unittest.main(argv=["schedule_test.py", "Scheduled"], verbosity=2)
