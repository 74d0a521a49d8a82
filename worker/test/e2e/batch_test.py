"""Batches on a real server: files, order, failures, crashes."""

import asyncio
import json
import unittest

from temporalio.client import Client, WorkflowFailureError

from stack import Stack, wait_until


def chat(text):
    return {"messages": [{"role": "user", "content": text}], "max_tokens": 4}


def line(number, text=None, **other):
    return {"custom_id": f"item-{number}", "method": "POST", "url": "/v1/chat/completions",
            "body": {"model": "echo", **chat(text or f"text {number}")}, **other}


def read(path):
    return [json.loads(text) for text in path.read_text().splitlines()]


class BatchTest(unittest.TestCase):
    ENGINE = ["--latency-ms", "5", "--slots", "64"]
    WORKER = ""
    MODEL = "max_concurrency: 16, breaker: {recovery_timeout: 1s}"

    def setUp(self):
        self.stack = Stack()
        self.addCleanup(self.stack.close)
        self.engine = self.stack.engine(*self.ENGINE)
        self.start_worker()

    def start_worker(self):
        self.config = self.stack.config(self.engine, worker=self.WORKER, model=self.MODEL)
        self.worker = self.stack.worker(self.config)

    def write(self, lines, name="items.jsonl"):
        path = self.stack.folder / name
        path.write_text("".join((each if isinstance(each, str) else json.dumps(each)) + "\n" for each in lines))
        return path

    def client(self, use):
        async def connected():
            return await use(await Client.connect(self.stack.address))
        return asyncio.run(connected())

    def start(self, request, job="batch"):
        async def start(client):
            await client.start_workflow("BatchWorkflow", request, id=job, task_queue="inference-low")
        self.client(start)
        return job

    def result(self, job="batch"):
        """The response, or the failure's details and its type."""
        async def result(client):
            try:
                return await client.get_workflow_handle(job).result(), None
            except WorkflowFailureError as failure:
                cause = failure.cause
                return (cause.details[0] if cause.details else None), getattr(cause, "type", type(cause).__name__)
        return self.client(result)

    def run_batch(self, request, job="batch"):
        self.start(request, job)
        return self.result(job)

    def of_file(self, lines, **more):
        path = self.write(lines)
        self.output, self.errors = self.stack.folder / "out.jsonl", self.stack.folder / "err.jsonl"
        return {"items_ref": f"file://{path}", "output_ref": f"file://{self.output}",
                "error_ref": f"file://{self.errors}", **more}

    def ids(self, path):
        return [each["custom_id"] for each in read(path)]

    def pending(self, job="batch"):
        """The activities that run or wait."""
        async def described(client):
            return (await client.get_workflow_handle(job).describe()).raw_description.pending_activities
        return self.client(described)

    def signal(self, name, job="batch"):
        async def send(client):
            await client.get_workflow_handle(job).signal(name)
        self.client(send)

    def history(self, job="batch", run=None):
        async def fetch(client):
            return [event async for event in client.get_workflow_handle(job, run_id=run).fetch_history_events()]
        return self.client(fetch)


class Results(BatchTest):
    def test_small_results_come_back_with_the_response_in_the_order_of_the_items(self):
        items = [{"custom_id": f"i{number}", "input": {"messages": chat(f"text {number}")["messages"]}} for number in range(20)]
        response, failure = self.run_batch({"model": "echo", "items": items, "parameters": {"max_tokens": 4}, "chunk_size": 3})
        self.assertIsNone(failure, response)
        self.assertEqual(response["status"], "completed")
        self.assertEqual(response["counts"], {"total": 20, "succeeded": 20, "failed": 0, "canceled": 0})
        self.assertEqual([each["custom_id"] for each in response["results"]], [f"i{number}" for number in range(20)])
        body = response["results"][7]["response"]["body"]
        self.assertEqual(body["object"], "chat.completion")
        self.assertEqual(response["results"][7]["response"]["status_code"], 200)
        self.assertGreater(response["usage"]["total_tokens"], 0)
        self.assertNotIn("output_ref", response)
        self.stack.record("batch", "batch_completed")

    def test_files_are_there_whole_in_order_with_the_failed_lines_apart(self):
        lines = [line(number) for number in range(1000)]
        lines[500] = "{no json"
        lines[700] = line(699)
        del lines[800]["body"]["messages"]
        refused, failure = self.run_batch(self.of_file(lines), "refused")
        self.assertEqual(failure, "Fatal")
        self.assertEqual(refused["code"], "VALIDATION")
        for place in ("line 501", "line 701", "line 801"):
            self.assertIn(place, refused["message"])
        self.assertEqual(self.engine.events("received"), [])

        response, failure = self.run_batch(self.of_file(lines, skip_invalid=True), "skips")
        self.assertIsNone(failure, response)
        self.assertEqual(response["status"], "completed_with_errors")
        self.assertEqual(response["counts"], {"total": 1000, "succeeded": 997, "failed": 3, "canceled": 0})
        self.assertEqual(response["output_ref"], f"file://{self.output}")
        self.assertEqual(self.ids(self.output), [f"item-{number}" for number in range(1000) if number not in (500, 700, 800)])
        self.assertEqual([(each["custom_id"], each["error"]["code"]) for each in read(self.errors)],
                         [("", "VALIDATION"), ("item-699", "VALIDATION"), ("item-800", "VALIDATION")])
        leftovers = [path.name for path in self.stack.folder.glob("*.partial")] + [path.name for path in self.stack.folder.glob("*.lock")]
        self.assertEqual(leftovers, [])


class Failures(BatchTest):
    def test_one_poison_item_is_found_with_two_deaths_and_the_others_are_done(self):
        lines = [line(number) for number in range(300)]
        lines[77] = line(77, "poison")
        self.engine.script({"match": {"text_contains": "poison"}, "action": {"down_for_ms": 300}})
        response, failure = self.run_batch(self.of_file(lines))
        self.assertIsNone(failure, response)
        self.assertEqual(response["counts"], {"total": 300, "succeeded": 299, "failed": 1, "canceled": 0})
        error = read(self.errors)[0]
        self.assertEqual((error["custom_id"], error["error"]["code"], error["error"]["class"]), ("item-77", "POISON", "Fatal"))
        calls = {}
        for event in self.engine.events("received"):
            calls[event["request_id"]] = calls.get(event["request_id"], 0) + 1
        self.assertEqual(calls[error["id"]], 2, "it was sent twice")

    def test_a_full_engine_holds_the_batch_back_and_costs_no_item(self):
        self.engine.script({"times": 40, "action": {"answer": "queue_full", "headers": {"Retry-After": "1"}}})
        response, failure = self.run_batch(self.of_file([line(number) for number in range(100)]))
        self.assertIsNone(failure, response)
        self.assertEqual(response["counts"]["succeeded"], 100)

    def test_fail_fast_ends_the_batch_at_its_first_failed_item_and_says_which_results_are_there(self):
        lines = [line(number) for number in range(2000)]
        lines[40] = line(40, "bad apple")
        self.engine.script({"match": {"text_contains": "bad apple"}, "action": {"status": 400}})
        details, failure = self.run_batch(self.of_file(lines, failure_policy="fail_fast", chunk_size=50))
        self.assertEqual((failure, details["class"]), ("Fatal", "Fatal"))
        self.assertIn("fail_fast", details["message"])
        batch = details["batch"]
        self.assertEqual(batch["status"], "failed")
        self.assertEqual(batch["counts"]["failed"], 1)
        self.assertGreater(batch["counts"]["canceled"], 1000)
        self.assertEqual(len(self.ids(self.output)), batch["counts"]["succeeded"])
        self.assertEqual(self.ids(self.errors), ["item-40"])
        self.stack.record("batch", "batch_failed_fast")

    def test_more_failed_items_than_the_ratio_allows_end_the_batch(self):
        lines = [line(number, "bad apple" if number % 2 else None) for number in range(400)]
        self.engine.script({"match": {"text_contains": "bad apple"}, "action": {"status": 400}})
        details, failure = self.run_batch(self.of_file(lines, max_failed_ratio=0.2, chunk_size=20))
        self.assertEqual(failure, "Fatal")
        self.assertIn("max_failed_ratio", details["message"])
        allowed, failed = self.run_batch(self.of_file(lines, max_failed_ratio=0.5), "allowed")
        self.assertIsNone(failed, allowed)
        self.assertEqual(allowed["status"], "completed_with_errors")

    def test_a_batch_of_which_nothing_succeeds_fails(self):
        self.engine.script({"action": {"status": 400}})
        details, failure = self.run_batch(self.of_file([line(number) for number in range(5)]))
        self.assertEqual(failure, "Fatal")
        self.assertEqual(details["batch"]["counts"], {"total": 5, "succeeded": 0, "failed": 5, "canceled": 0})

    def test_two_batches_do_not_write_one_output(self):
        self.engine.script({"action": {"delay_ms": 60_000}})
        request = self.of_file([line(number) for number in range(5)])
        self.start(request, "first")
        wait_until(lambda: self.engine.events("received"), "the first is under way")
        details, failure = self.run_batch(request, "second")
        self.assertEqual(failure, "Fatal")
        self.assertIn("'first'", details["message"])

    def test_references_lead_nowhere_else(self):
        outside = self.write([line(0)])
        self.config.write_text(self.config.read_text() + "files: {roots: [inside]}\n")
        (self.stack.folder / "inside").mkdir()
        (self.stack.folder / "inside/link.jsonl").symlink_to(outside)
        self.worker.kill()
        self.stack.worker(self.config)
        for number, ref in enumerate((outside, f"{self.stack.folder}/inside/../items.jsonl", f"{self.stack.folder}/inside/link.jsonl")):
            details, failure = self.run_batch({"items_ref": f"file://{ref}"}, f"outside-{number}")
            self.assertEqual((failure, details["code"]), ("Fatal", "VALIDATION"), ref)
            self.assertIn("files.roots", details["message"])
        details, failure = self.run_batch({"items_ref": "http://127.0.0.1/items"}, "http")
        self.assertEqual((failure, details["code"]), ("Fatal", "VALIDATION"))


class Tensors(BatchTest):
    def test_items_for_triton_go_as_batches_that_shrink_to_what_fits(self):
        self.config.write_text(self.config.read_text().replace("engine: triton,", "engine: triton, max_batch: 32,"))
        self.worker.kill()
        self.stack.worker(self.config)
        lines = [{"custom_id": str(number), "method": "POST", "url": "/v2/models/tensor/infer",
                  "body": {"inputs": [{"name": "x", "shape": [1, 4], "datatype": "FP32", "data": [number, 0, 0, 1]}]}}
                 for number in range(64)]
        self.engine.script({"match": {"batch_over": 4}, "action": {"answer": "triton_out_of_memory"}})
        response, failure = self.run_batch(self.of_file(lines))
        self.assertIsNone(failure, response)
        self.assertEqual(response["counts"]["succeeded"], 64)
        for number, result in enumerate(read(self.output)):
            output = result["response"]["body"]["outputs"][0]
            self.assertEqual((result["custom_id"], output["shape"], output["data"][0]), (str(number), [1, 4], number))
        self.assertLess(len(self.engine.events("received")), 45, "30 if none is under way when one does not fit")


class Life(BatchTest):
    ENGINE = ["--latency-ms", "20", "--slots", "64"]
    WORKER = "batch_history_events: 60"

    def counts(self, job="batch"):
        return self.stack.status(job).get("counts") or {"succeeded": 0}

    def test_it_continues_as_new_again_and_again_and_nothing_is_lost(self):
        lines = [line(number) for number in range(2000)]
        self.worker.kill()
        self.engine.kill()
        self.engine = self.stack.engine("--latency-ms", "1", "--slots", "64", http=self.engine.http, grpc=self.engine.grpc)
        self.stack.worker(self.config)
        response, failure = self.run_batch(self.of_file(lines, chunk_size=20))
        self.assertIsNone(failure, response)
        self.assertEqual(self.ids(self.output), [each["custom_id"] for each in lines])
        self.assertEqual(response["counts"]["succeeded"], 2000)

        async def runs(client):
            found = 0
            async for _ in client.list_workflows("WorkflowId = 'batch'"):
                found += 1
            return found
        wait_until(lambda: self.client(runs) >= 6, "there were at least six runs")
        self.assertLess(len(self.history()), 200)
        self.stack.record("batch", "batch_continued")

    def test_results_can_be_read_while_it_runs_and_a_cancel_keeps_them_and_frees_the_engine(self):
        lines = [line(number) for number in range(3000)]
        self.start(self.of_file(lines, chunk_size=100))
        partial = self.stack.folder / "out.jsonl.partial"
        wait_until(lambda: partial.exists() and len(partial.read_text().splitlines()) > 300, "results come")
        wait_until(lambda: self.counts()["succeeded"] > 0, "they are counted")
        self.assertEqual(self.stack.run("cancel", "batch").returncode, 0)
        wait_until(lambda: self.engine.counts()["live"] == 0, "the engine is idle", 2)

        async def canceled(client):
            handle = client.get_workflow_handle("batch")
            try:
                await handle.result()
            except WorkflowFailureError as failure:
                return failure.cause.details[0]
        batch = self.client(canceled)
        self.assertEqual(batch["status"], "canceled")
        counts = batch["counts"]
        self.assertEqual(counts["succeeded"] + counts["failed"] + counts["canceled"], 3000)
        ids = self.ids(self.output)
        self.assertEqual(len(ids), counts["succeeded"])
        self.assertEqual(ids, sorted(set(ids), key=lambda name: int(name[5:])))
        self.assertEqual(self.stack.status("batch")["state"], "canceled")
        self.stack.record("batch", "batch_canceled")

    def test_a_pause_stops_new_work_and_resume_goes_on(self):
        lines = [line(number) for number in range(1500)]
        self.start(self.of_file(lines, chunk_size=50))
        wait_until(lambda: self.counts()["succeeded"] > 0, "it runs")
        self.signal("pause")
        # Not the engine's calls: between two items of a chunk there may be none.
        wait_until(lambda: not self.pending(), "the chunks that ran have ended")
        paused = len(self.engine.events("received"))
        status = self.stack.status("batch")
        self.assertEqual(status["state"], "running")
        self.assertLess(status["counts"]["succeeded"], 1500)
        self.assertEqual(len(self.engine.events("received")), paused)
        self.signal("resume")
        response, failure = self.result()
        self.assertIsNone(failure, response)
        self.assertEqual(response["counts"]["succeeded"], 1500)
        self.stack.record("batch", "batch_paused")

    def test_killed_workers_cost_at_most_what_was_under_way(self):
        lines = [line(number) for number in range(2000)]
        self.start(self.of_file(lines, chunk_size=200))
        partial = self.stack.folder / "out.jsonl.partial"
        for kills in range(3):
            goal = (kills + 1) * 400
            wait_until(lambda: partial.exists() and len(partial.read_text().splitlines()) >= goal, "results come")
            self.worker.kill()
            self.worker = self.stack.worker(self.config)
        response, failure = self.result()
        self.assertIsNone(failure, response)
        self.assertEqual(self.ids(self.output), [each["custom_id"] for each in lines])
        self.assertEqual(response["counts"], {"total": 2000, "succeeded": 2000, "failed": 0, "canceled": 0})
        self.assertLessEqual(len(self.engine.events("received")), 2000 + 3 * 16)
        self.assertGreater(response["usage"]["total_tokens"], 0)

    def test_a_worker_that_drains_hands_its_chunks_over(self):
        lines = [line(number) for number in range(1000)]
        self.start(self.of_file(lines, chunk_size=500))
        wait_until(lambda: len(self.engine.events("finished")) > 100, "it runs")
        self.worker.terminate()
        self.assertEqual(self.worker.wait(20), 0)
        self.stack.worker(self.config)
        response, failure = self.result()
        self.assertIsNone(failure, response)
        self.assertEqual(self.ids(self.output), [each["custom_id"] for each in lines])
        self.assertEqual(len(self.engine.events("received")), 1000, "nothing was sent twice")
        self.stack.record("batch", "batch_handed_over")


class Shared(BatchTest):
    ENGINE = ["--latency-ms", "50", "--slots", "64"]
    WORKER = "max_concurrent_activities: 3"

    def test_chunks_hand_their_slots_over_while_another_queue_is_below_its_floor(self):
        lines = [line(number) for number in range(8000)]
        self.start(self.of_file(lines, chunk_size=2667, max_parallel_chunks=3))
        wait_until(lambda: len(self.engine.events("finished")) > 100, "all slots are the batch's")
        for number in range(6):
            queue = ("high", "normal")[number % 2]
            self.stack.submit("--model", "echo", "--input", '"hello"', "--priority", queue, "--id", f"job-{number}", "--detach")
        for number in range(6):
            done = self.stack.run("result", f"job-{number}", timeout=30)
            self.assertEqual(done.returncode, 0, done.stderr)
        status = self.stack.status("batch")
        self.assertEqual(status["state"], "running", "it was still under way")
        response, failure = self.result()
        self.assertIsNone(failure, response)
        self.assertEqual(self.ids(self.output), [each["custom_id"] for each in lines])
        self.assertEqual(len([event for event in self.engine.events("received") if event["request_id"].startswith("batch_req")]),
                         8000, "nothing was sent twice")
        self.assertGreater(self.stack.status("batch")["attempt"], 3, "chunks were handed over")


if __name__ == "__main__":
    unittest.main(verbosity=2)
