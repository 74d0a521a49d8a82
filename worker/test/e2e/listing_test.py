"""Jobs as people find and read them in Temporal: search attributes, details, summaries."""

import asyncio
import json
import subprocess
import unittest

from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import Client

from stack import Stack, wait_until

CHAT = json.dumps({"messages": [{"role": "user", "content": "a secret"}]})
NAMES = ["ErrorClass", "ItemsDone", "ItemsTotal", "JobPriority", "ModelName"]


class Listing(unittest.TestCase):
    def setUp(self):
        self.stack = Stack()
        self.addCleanup(self.stack.close)
        self.engine = self.stack.engine()
        self.config = self.stack.config(self.engine, worker="batch_history_events: 50")
        self.config.write_text(self.config.read_text().replace("jobs: {", "jobs: {search_attributes: true, "))

    def serve(self):
        return self.stack.worker(self.config)

    def attributes(self, *options):
        done = self.stack.run("search-attributes", *options, "-o", "json")
        self.assertEqual(done.returncode, 0, done.stderr)
        return {row["name"]: row["registered"] for row in json.loads(done.stdout)}

    def temporal(self, *arguments):
        done = subprocess.run([self.stack.cli, *arguments, "--address", self.stack.address, "-o", "json"],
                              capture_output=True, text=True, timeout=60)
        return json.loads(done.stdout) if done.returncode == 0 and done.stdout.strip() else []

    def found(self, query):
        return [each["execution"]["workflowId"] for each in self.temporal("workflow", "list", "--query", query)]

    def finds(self, query, job):
        wait_until(lambda: self.found(query) == [job], f"{query} finds {job} alone")

    def ask(self, use):
        async def asked():
            return await use(await Client.connect(self.stack.address))
        return asyncio.run(asked())

    def metadata(self, job):
        return self.ask(lambda client: client.get_workflow_handle(job).query(
            "__temporal_workflow_metadata", result_type=WorkflowMetadata))

    def summaries(self, job):
        """Those of its activities and timers, in their order."""
        async def fetched(client):
            history = await client.get_workflow_handle(job).fetch_history()
            return [json.loads(event.user_metadata.summary.data) for event in history.events
                    if event.HasField("user_metadata") and not event.HasField("workflow_execution_started_event_attributes")]
        return self.ask(fetched)

    def test_registered_attributes_find_jobs_and_batches(self):
        self.assertEqual(self.attributes(), dict.fromkeys(NAMES, False))
        shown = self.stack.run("search-attributes")
        self.assertIn("--register", shown.stderr)
        self.assertEqual(self.attributes("--register"), dict.fromkeys(NAMES, True))
        wait_until(lambda: all(self.attributes().values()), "the server knows them")
        self.assertEqual(self.attributes("--register"), dict.fromkeys(NAMES, True), "a second time is no error")
        worker = self.serve()

        for priority in ("high", "low"):
            done = self.stack.submit("--model", "echo", "--input", CHAT, "--priority", priority, "--id", f"job-{priority}")
            self.assertEqual(done.returncode, 0, done.stderr)
        self.finds("ModelName = 'echo' AND JobPriority = 'high'", "job-high")
        self.stack.record("job-high", "listed")

        self.engine.script({"match": {"path": "/v1/chat/completions"}, "times": 1, "action": {"status": 401}})
        self.assertEqual(self.stack.submit("--model", "echo", "--input", CHAT, "--id", "refused").returncode, 1)
        self.finds("ErrorClass = 'Fatal'", "refused")
        self.stack.record("refused", "listed_failed")

        lines = [{"custom_id": f"{number}", "method": "POST", "url": "/v1/chat/completions",
                  "body": {"model": "echo", **json.loads(CHAT), "max_tokens": 2}} for number in range(60)]
        # Small chunks, so that the workflow continues as new on the way.
        request = {"items": lines, "chunk_size": 2, "max_parallel_chunks": 2}
        response = self.ask(lambda client: client.execute_workflow("BatchWorkflow", request, id="batch", task_queue="inference-low"))
        self.assertEqual(response["counts"]["succeeded"], 60)
        self.finds("ItemsTotal = 60 AND ItemsDone = 60 AND ModelName = 'echo' AND ExecutionStatus = 'Completed'", "batch")
        runs = self.temporal("workflow", "list", "--query", "WorkflowId = 'batch'")
        self.assertGreater(len(runs), 1)
        self.stack.record("batch", "batch_listed")
        self.assertNotIn("search attributes", worker.text())

    def test_what_is_not_registered_is_warned_of_once_and_stops_nothing(self):
        worker = self.serve()
        for number in range(3):
            done = self.stack.submit("--model", "echo", "--input", CHAT, "--id", f"job-{number}")
            self.assertEqual(done.returncode, 0, done.stderr)
        warnings = [line for line in worker.text().splitlines() if "search attributes are not registered" in line]
        self.assertEqual(len(warnings), 1)
        for part in [*NAMES, "inference-worker search-attributes --register"]:
            self.assertIn(part, warnings[0])

    def test_one_of_another_type_is_named_and_left_out(self):
        subprocess.run([self.stack.cli, "operator", "search-attribute", "create", "--address", self.stack.address,
                        "--name", "ModelName", "--type", "Int"], check=True, capture_output=True, timeout=60)
        wait_until(lambda: "'ModelName' is Int and not Keyword" in self.stack.run("search-attributes", "--register").stderr,
                   "the conflict is named")
        done = self.stack.run("search-attributes", "-o", "json")
        self.assertEqual(done.returncode, 1)
        rows = {row["name"]: row for row in json.loads(done.stdout)}
        self.assertEqual(rows["ModelName"]["registered_type"], "Int")
        wait_until(lambda: json.loads(self.stack.run("search-attributes", "-o", "json").stdout)[3]["registered"], "the rest is there")
        self.serve()
        self.assertEqual(self.stack.submit("--model", "echo", "--input", CHAT, "--priority", "high", "--id", "job").returncode, 0)
        self.finds("JobPriority = 'high'", "job")

    def test_a_job_s_details_and_summaries_say_what_it_does_and_nothing_of_its_text(self):
        self.serve()
        self.engine.script({"match": {"path": "/v1/chat/completions"}, "times": 1, "action": {"status": 503}})
        self.assertEqual(self.stack.submit("--model", "echo", "--input", CHAT, "--id", "job").returncode, 0)

        metadata = self.metadata("job")
        self.assertEqual(metadata.definition.type, "InferenceWorkflow")
        queries = {query.name: query.description for query in metadata.definition.query_definitions}
        self.assertEqual(queries["status"], "Where the job stands, as JSON.")
        for row in ("| state | completed |", "| stage | postprocess |", "| progress | 100 % |", "| tries | 2 |",
                    "| retries | Transient 1 |", "| model | echo |", "| priority | normal |"):
            self.assertIn(row, metadata.current_details)
        self.assertEqual(self.summaries("job"), ["for echo", "infer, try 1 of echo", "next try of infer", "infer, try 2 of echo",
                                                 "answer of echo"])

        async def described(client):
            description = await client.get_workflow_handle("job").describe()
            return await description.static_summary(), await description.static_details()
        summary, details = self.ask(described)
        self.assertEqual(summary, "echo, normal")
        self.assertIn("| model | echo |", details)
        for text in (metadata.current_details, details, *self.summaries("job")):
            self.assertNotIn("secret", text)

        shown = self.temporal("workflow", "metadata", "-w", "job")
        self.assertIn("| state | completed |", json.dumps(shown))


if __name__ == "__main__":
    unittest.main()
