"""Jobs through the whole system, as users run them: server, simulated engine, worker, command line."""

import json
import pathlib
import subprocess
import time
import unittest

from stack import Stack, free_port, wait_until

CHAT = json.dumps({"messages": [{"role": "user", "content": "the quick brown fox"}]})


class Jobs(unittest.TestCase):
    def setUp(self):
        self.stack = Stack()
        self.addCleanup(self.stack.close)

    def serve(self, *engine_options, **config):
        engine = self.stack.engine(*engine_options)
        worker = self.stack.worker(self.stack.config(engine, **config))
        return engine, worker

    def test_a_chat_prints_its_text_and_as_json_the_documented_response(self):
        self.serve()
        text = self.stack.submit("--model", "echo", "--input", CHAT)
        self.assertEqual(text.returncode, 0, text.stderr)
        self.assertTrue(text.stdout.strip())

        response = json.loads(self.stack.submit("--model", "echo", "--input", CHAT, "-o", "json", "--id", "j1").stdout)
        self.assertEqual(response["job_id"], "j1")
        self.assertEqual(response["status"], "completed")
        self.assertEqual(response["served_model"], "echo")
        self.assertEqual(response["attempts"],
                         {"infer": 1, "transient": 0, "timeout": 0, "oom": 0, "worker_lost": 0})
        self.assertGreater(response["usage"]["total_tokens"], 0)
        self.stack.record("j1", "completed")

    def test_what_is_too_large_for_a_history_travels_as_a_file(self):
        self.serve()
        tensor = {"name": "x", "shape": [8, 4], "datatype": "FP32", "data": [0.125] * 32}
        folder = self.stack.folder
        (folder / "small.json").write_text(json.dumps({"inputs": [tensor]}))
        done = self.stack.submit("--model", "tensor", "--input", json.dumps({"ref": f"file://{folder}/small.json"}), "-o", "json")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout)["output"]["outputs"][0]["shape"], [8, 4])

        (folder / "large.json").write_text(json.dumps({"prompt": "w" * 3_000_000}))
        large = self.stack.submit("--model", "echo", "--input", json.dumps({"ref": f"file://{folder}/large.json"}), "--id", "large",
                                  "-o", "json")
        self.assertEqual(large.returncode, 0, large.stderr)
        kept = json.loads(large.stdout)["output"]["ref"]
        self.assertEqual(json.loads(pathlib.Path(kept.removeprefix("file://")).read_text())["content"], "w" * 3_000_000)

        prompts = [f"{number} " + "text " * 2000 for number in range(150)]
        (folder / "list.json").write_text(json.dumps({"prompt": prompts}))
        many = self.stack.submit("--model", "echo", "--input", json.dumps({"ref": f"file://{folder}/list.json"}), "--id", "many",
                                 "--param", "max_tokens=2000", "-o", "json")
        self.assertEqual(many.returncode, 0, many.stderr)
        response = json.loads(many.stdout)
        self.assertEqual(list(response["output"]), ["ref"])
        choices = json.loads(pathlib.Path(response["output"]["ref"].removeprefix("file://")).read_text())["choices"]
        self.assertEqual(len(choices), 150)
        self.assertNotIn("content", response)

        for ref, part in ((f"file://{folder}/absent.json", "no file"), ("file:///etc/hostname", "files.roots"), ("http://x/y", "file:///")):
            refused = self.stack.submit("--model", "echo", "--input", json.dumps({"ref": ref}), "-o", "json")
            error = json.loads(refused.stdout)["error"]
            self.assertEqual((refused.returncode, error["code"]), (1, "VALIDATION"))
            self.assertIn(part, error["message"])

    def test_a_busy_engine_is_tried_again_with_a_pause_and_the_third_answer_counts(self):
        engine, _ = self.serve()
        engine.script({"match": {"path": "/v1/chat/completions"}, "times": 2, "action": {"status": 503}})
        done = self.stack.submit("--model", "echo", "--input", CHAT, "-o", "json", "--id", "busy")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout)["attempts"]["transient"], 2)
        times = [event["unix_us"] for event in engine.events("received", "busy")]
        self.assertEqual(len(times), 3)
        self.assertGreater(times[1] - times[0], 800_000)
        self.assertGreater(times[2] - times[1], 1_600_000)
        self.stack.record("busy", "retried_twice")

    def test_an_engine_that_stays_busy_fails_the_job_at_its_third_try(self):
        engine, _ = self.serve()
        engine.script({"match": {"path": "/v1/chat/completions"}, "action": {"status": 503}})
        failed = self.stack.submit("--model", "echo", "--input", CHAT, "--id", "overloaded")
        self.assertEqual(failed.returncode, 1)
        self.assertIn("503", failed.stderr)
        self.assertEqual(len(engine.events("received", "overloaded")), 3)
        self.stack.record("overloaded", "failed_transient")

    def test_a_deadline_ends_the_job_and_frees_the_engine(self):
        engine, _ = self.serve("--latency-ms", "60000")
        start = subprocess.run([self.stack.cli, "workflow", "execute", "--address", self.stack.address, "-w", "late",
                                "--type", "InferenceWorkflow", "--task-queue", "inference-high", "-i",
                                json.dumps({"model": "echo", "input": {"prompt": "x"}, "deadline_ms": 1500})],
                               capture_output=True, text=True, timeout=60)
        self.assertNotEqual(start.returncode, 0)
        wait_until(lambda: engine.events("aborted", "late"), "the engine sees the closed connection", 5)
        self.assertEqual(self.stack.status("late")["error"]["code"], "DEADLINE")
        self.stack.record("late", "deadline")

    def test_the_same_id_twice_is_one_engine_call_and_the_same_result(self):
        engine, _ = self.serve()
        first, second = (self.stack.submit("--model", "echo", "--input", CHAT, "-o", "json", "--id", "once")
                         for _ in range(2))
        self.assertEqual(first.stdout, second.stdout)
        self.assertEqual(len(engine.events("finished", "once")), 1)

    def test_an_unknown_model_fails_after_one_attempt_and_names_the_known_ones(self):
        self.serve()
        failed = self.stack.submit("--model", "ecko", "--input", CHAT, "--id", "unknown")
        self.assertEqual(failed.returncode, 1)
        for part in ("ecko", "echo"):
            self.assertIn(part, failed.stderr)
        self.stack.record("unknown", "failed_in_preprocess")

    def test_a_wrong_shape_fails_at_once_and_names_the_tensor_what_was_expected_and_what_was_given(self):
        engine, _ = self.serve()
        tensors = {"inputs": [{"name": "x", "shape": [1, 3], "datatype": "FP32", "data": [1, 2, 3]}]}
        failed = self.stack.submit("--model", "tensor", "--input", json.dumps(tensors))
        self.assertEqual(failed.returncode, 1)
        for part in ("'x'", "[1,3]", "4]"):
            self.assertIn(part, failed.stderr)

    def test_a_malformed_request_of_a_foreign_client_is_a_failed_job_and_not_a_stuck_one(self):
        self.serve()
        malformed = self.stack.submit("--model", "echo", "--input", json.dumps({"prompt": 17}))
        self.assertEqual(malformed.returncode, 1)
        self.assertIn("prompt", malformed.stderr)

    def test_an_engine_that_is_down_is_waited_for_and_the_status_says_why_and_until_when(self):
        http, grpc = free_port(), free_port()
        self.stack.worker(self.stack.config(http=http, grpc=grpc))
        job = self.stack.submit("--model", "echo", "--input", CHAT, "--id", "patient", "--detach").stdout.strip()

        waiting = wait_until(lambda: (status := self.stack.status(job)).get("error") and status, "the job waits")
        self.assertEqual(waiting["state"], "running")
        self.assertEqual(waiting["error"]["code"], "ENGINE_NOT_READY")
        self.assertIn("until 20", waiting["error"]["message"])
        self.assertIn("next_attempt_at", waiting["error"])
        self.assertEqual(sum(waiting["retries"].values()), 0)

        self.stack.engine(http=http, grpc=grpc)
        done = self.stack.run("result", job, "-o", "json")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout)["attempts"]["transient"], 0)
        self.stack.record(job, "engine_was_down")

    def test_a_killed_worker_is_replaced_within_the_heartbeat_timeout_and_five_seconds(self):
        self.kill_a_worker_in_infer(2)
        self.stack.record("survivor", "worker_lost")

    def test_with_the_default_heartbeat_timeout_a_killed_worker_is_replaced_within_fifteen_seconds(self):
        self.kill_a_worker_in_infer(10)

    def kill_a_worker_in_infer(self, heartbeat_timeout):
        engine, worker = self.serve("--latency-ms", "3000", heartbeat_timeout=f"{heartbeat_timeout}s")
        job = self.stack.submit("--model", "echo", "--input", CHAT, "--id", "survivor", "--detach").stdout.strip()
        wait_until(lambda: engine.events("started", job), "the engine works on it")
        worker.kill()
        killed = time.monotonic()
        self.stack.worker(self.stack.folder / "inference-worker.yaml")
        wait_until(lambda: len(engine.events("started", job)) == 2, "another worker calls the engine again")
        self.assertLess(time.monotonic() - killed, heartbeat_timeout + 5)

        response = json.loads(self.stack.run("result", job, "-o", "json").stdout)
        self.assertEqual(response["attempts"]["worker_lost"], 1)
        self.assertEqual(response["attempts"]["infer"], 2)
        self.assertEqual(len(engine.events("finished", job)), 1, "one result")

    def test_a_server_that_is_killed_and_restarted_on_its_file_loses_no_job_and_the_worker_carries_on(self):
        engine, worker = self.serve("--latency-ms", "1000")
        job = self.stack.submit("--model", "echo", "--input", CHAT, "--id", "kept", "--detach").stdout.strip()
        wait_until(lambda: engine.events("started", job), "the engine works on it")
        self.stack.server.kill()
        self.stack.start_server()

        done = self.stack.run("result", job, "-o", "json")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIsNone(worker.child.poll(), worker.text())

    def test_a_cancel_frees_the_engine_and_the_job_ends_canceled(self):
        engine, _ = self.serve("--latency-ms", "60000")
        job = self.stack.submit("--model", "echo", "--input", CHAT, "--id", "unwanted", "--detach").stdout.strip()
        wait_until(lambda: engine.events("started", job), "the engine works on it")
        self.assertEqual(self.stack.run("cancel", job).returncode, 0)

        wait_until(lambda: engine.events("aborted", job), "the engine sees the closed connection", 5)
        self.assertEqual(self.stack.run("result", job).returncode, 1)
        self.assertEqual(self.stack.status(job)["state"], "canceled")
        self.stack.record(job, "canceled")

    def test_a_worker_whose_engine_hangs_drains_within_its_grace_and_five_seconds_with_exit_code_0(self):
        engine, worker = self.serve("--latency-ms", "600000", worker="drain_grace: 1s")
        self.stack.submit("--model", "echo", "--input", CHAT, "--id", "hung", "--detach")
        wait_until(lambda: engine.events("started", "hung"), "the engine works on it")
        begin = time.monotonic()
        worker.terminate()
        self.assertEqual(worker.wait(), 0, worker.text())
        self.assertLess(time.monotonic() - begin, 1 + 5)

    def test_a_drained_worker_lets_running_jobs_finish(self):
        engine, worker = self.serve("--latency-ms", "1500")
        job = self.stack.submit("--model", "echo", "--input", CHAT, "--id", "last", "--detach").stdout.strip()
        wait_until(lambda: engine.events("started", job), "the engine works on it")
        worker.terminate()
        self.assertEqual(worker.wait(), 0, worker.text())
        self.assertEqual(len(engine.events("finished", job)), 1)

    def test_exit_codes_and_streams_are_those_of_the_contract(self):
        self.serve()
        for expected, arguments in [
            (2, ["submit", "--model", "echo", "--input", "{not json"]),
            (2, ["no-such-command"]),
            (3, ["status", "no-such-job"]),
            (3, ["result", "no-such-job"]),
            (3, ["cancel", "no-such-job"]),
            (5, ["status", "x", "--address", f"127.0.0.1:{free_port()}"]),
        ]:
            with self.subTest(arguments=arguments):
                done = self.stack.run(*arguments)
                self.assertEqual(done.returncode, expected, done.stderr)
                self.assertEqual(done.stdout, "")
                self.assertTrue(done.stderr.strip())

    def test_a_bad_configuration_is_78_and_names_the_line(self):
        bad = self.stack.folder / "bad.yaml"
        bad.write_text("worker: {max_concurrent_activitys: 3}\n")
        done = self.stack.run("validate-config", "--config", bad)
        self.assertEqual(done.returncode, 78)
        self.assertIn("bad.yaml:1", done.stderr)
        self.assertIn("max_concurrent_activities", done.stderr)


if __name__ == "__main__":
    unittest.main()
