"""Every row of the retry table through Temporal, with the engine's own log as the witness of what was called."""

import json
import unittest

from stack import Stack, wait_until

CHAT = json.dumps({"messages": [{"role": "user", "content": "the quick brown fox"}]})
PROMPTS = json.dumps({"prompt": [f"item {i}" for i in range(8)]})
TENSOR = json.dumps({"inputs": [{"name": "x", "shape": [8, 4], "datatype": "FP32", "data": list(range(32))}]})
NO_RETRY = {"transient": 0, "timeout": 0, "oom": 0, "worker_lost": 0}


class RetryTable(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = Stack()
        cls.addClassCleanup(cls.stack.close)
        cls.engine = cls.stack.engine()
        config = cls.stack.config(cls.engine)
        # Each test has a model of its own, so that no breaker and no memory of batch sizes outlives it.
        cls.models = iter(range(1000))
        with open(config, "a") as file:
            for number in range(40):
                file.write(f"  m{number}: {{engine: vllm, engine_model: echo, timeout: 2s, ready_timeout: 20s, "
                           f"endpoints: [http://127.0.0.1:{cls.engine.http}/v1]}}\n")
            file.write(f"  spare: {{engine: vllm, engine_model: echo, endpoints: [http://127.0.0.1:{cls.engine.http}/v1]}}\n"
                       f"  guarded: {{engine: vllm, engine_model: echo, fallback: spare, ready_timeout: 20s, "
                       f"endpoints: [http://127.0.0.1:{cls.engine.http}/v1]}}\n")
        cls.worker = cls.stack.worker(config)

    def setUp(self):
        self.job = self.id().rpartition(".")[2]
        self.model = f"m{next(self.models)}"

    def tearDown(self):
        self.engine.script()

    def run_job(self, text=CHAT, model=None, *more):
        return self.stack.submit("--model", model or self.model, "--input", text, "--id", self.job, "-o", "json", *more)

    def completed(self, *arguments):
        done = self.run_job(*arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def failed(self, *arguments):
        done = self.run_job(*arguments)
        self.assertEqual(done.returncode, 1, done.stderr)
        status = self.stack.status(self.job)
        self.assertEqual(status["state"], "failed")
        return status

    def fault(self, action, times=None, **match):
        rule = {"match": {"request_id": self.job, **match}, "action": action}
        if times is not None:
            rule["times"] = times
        self.engine.script(rule)

    def calls(self):
        return len(self.engine.events("received", self.job))

    def error(self, status):
        return status["error"]["class"], status["error"]["code"]

    # Transient

    def test_a_transient_failure_is_tried_three_times_in_all(self):
        self.fault({"status": 500})
        self.assertEqual(self.error(self.failed()), ("Transient", "ENGINE_5XX"))
        self.assertEqual(self.calls(), 3)

    def test_two_transient_failures_are_survived_and_counted(self):
        self.fault({"status": 502}, times=2)
        self.assertEqual(self.completed()["attempts"], {**NO_RETRY, "infer": 3, "transient": 2})
        self.assertEqual(self.calls(), 3)

    def test_a_stream_that_breaks_off_is_tried_again_and_its_part_is_never_the_answer(self):
        self.fault({"reset": True, "after_events": 3}, times=1)
        response = self.completed()
        self.assertEqual(response["content"], "fox brown quick the")
        self.assertEqual(response["attempts"]["transient"], 1)

    def test_a_stream_without_its_end_is_tried_again(self):
        self.fault({"no_done": True}, times=1)
        self.assertEqual(self.completed()["attempts"]["transient"], 1)

    def test_an_aborted_answer_is_tried_again(self):
        self.fault({"finish_reason": "abort"}, times=1)
        self.assertEqual(self.completed()["attempts"]["transient"], 1)

    def test_an_error_inside_a_successful_answer_is_one(self):
        self.fault({"in_band_error": "queue_full", "after_events": 2}, times=1)
        self.assertEqual(self.completed()["attempts"]["transient"], 1)

    def test_a_retry_after_is_kept_to(self):
        self.fault({"answer": "queue_full", "headers": {"Retry-After": "3"}}, times=1)
        self.completed()
        times = [event["unix_us"] for event in self.engine.events("received", self.job)]
        self.assertGreater(times[1] - times[0], 2_900_000)

    # Timeout

    def test_a_timeout_is_tried_twice_and_the_engine_is_freed_each_time(self):
        self.fault({"stall": True})
        self.assertEqual(self.error(self.failed()), ("Timeout", "ENGINE_TIMEOUT"))
        self.assertEqual(self.calls(), 2)
        self.assertEqual(len(self.engine.events("aborted", self.job)), 2)

    def test_mixed_failures_keep_budgets_of_their_own(self):
        self.engine.script(
            {"match": {"request_id": self.job, "nth": [1, 3]}, "action": {"status": 503}},
            {"match": {"request_id": self.job, "nth": [2]}, "action": {"stall": True}})
        self.assertEqual(self.completed()["attempts"], {**NO_RETRY, "infer": 4, "transient": 2, "timeout": 1})

    # Out of memory

    def test_a_list_that_is_too_much_is_halved_and_its_answers_keep_their_order(self):
        self.fault({"answer": "out_of_memory"}, batch_over=2)
        response = self.completed(PROMPTS)
        self.assertEqual([choice["content"] for choice in response["output"]["choices"]],
                         [f"{i} item" for i in range(8)])
        self.assertEqual(response["attempts"], {**NO_RETRY, "infer": 6, "oom": 2})
        self.assertEqual(self.calls(), 6)

    def test_a_size_that_worked_is_remembered(self):
        self.fault({"answer": "out_of_memory"}, batch_over=4)
        self.assertEqual(self.completed(PROMPTS)["attempts"]["oom"], 1)
        self.job += "-again"
        self.fault({"answer": "out_of_memory"}, batch_over=4)
        self.assertEqual(self.completed(PROMPTS)["attempts"], {**NO_RETRY, "infer": 2})

    def test_out_of_memory_with_a_single_item_is_tried_once_more(self):
        self.fault({"answer": "out_of_memory"})
        self.assertEqual(self.error(self.failed()), ("OOM", "ENGINE_OOM"))
        self.assertEqual(self.calls(), 2)

    def test_tensors_are_halved_along_their_first_dimension(self):
        self.engine.script({"match": {"path": "ModelInfer", "batch_over": 4},
                            "action": {"answer": "triton_out_of_memory"}})
        response = self.completed(TENSOR, "tensor")
        self.assertEqual(response["output"]["outputs"][0]["shape"], [8, 4])
        self.assertEqual(response["output"]["outputs"][0]["data"], list(range(32)))
        self.assertEqual(response["attempts"]["oom"], 1)

    # Engine death

    def test_the_prompt_under_which_the_engine_dies_is_found_and_named_poison(self):
        self.engine.script({"match": {"text_contains": "item 5"}, "action": {"answer": "engine_dead"}})
        self.assertEqual(self.error(self.failed(PROMPTS)), ("Fatal", "POISON"))

    def test_an_engine_that_dies_and_comes_back_costs_one_try(self):
        self.fault({"down_for_ms": 3000}, times=1)
        attempts = self.completed()["attempts"]
        self.assertEqual((attempts["transient"], attempts["timeout"]), (1, 0))

    # Fatal

    def test_a_fatal_answer_ends_the_job_at_its_first(self):
        for answer in ("model_not_found", "context_length", "bad_request"):
            with self.subTest(answer):
                self.job = f"{self.id().rpartition('.')[2]}-{answer}"
                self.fault({"answer": answer})
                self.assertEqual(self.error(self.failed())[0], "Fatal")
                self.assertEqual(self.calls(), 1)

    # Endpoints

    def test_a_broken_engine_is_left_alone_after_five_failures_and_the_job_says_so(self):
        self.engine.script({"match": {"request_id": "broken-*"}, "action": {"status": 500}})
        for number in (1, 2):
            self.stack.submit("--model", self.model, "--input", CHAT, "--id", f"broken-{number}")
        self.stack.submit("--model", self.model, "--input", CHAT, "--id", self.job, "--detach")
        waiting = wait_until(lambda: self.stack.status(self.job).get("error"), "the job waits")
        self.assertEqual((waiting["class"], waiting["code"]), ("Transient", "CIRCUIT_OPEN"))
        self.assertIn("until 20", waiting["message"])
        self.assertEqual(self.calls(), 0)
        self.stack.run("cancel", self.job)

    def test_a_fallback_answers_for_a_model_that_does_not_and_the_response_shows_it(self):
        self.fault({"status": 500}, times=3)
        response = self.completed(CHAT, "guarded")
        self.assertEqual((response["model"], response["served_model"], response["fallback"]), ("guarded", "spare", True))
        self.assertEqual(response["attempts"]["infer"], 4)


if __name__ == "__main__":
    unittest.main()
