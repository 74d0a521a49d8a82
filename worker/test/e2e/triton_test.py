"""The real Triton behind the worker: what it answers, what it refuses, and what becomes of jobs when it fails."""

import base64
import json
import os
import pathlib
import subprocess
import unittest

from stack import BIN, PATIENCE, Process, Stack, wait_until

TRITON = pathlib.Path(os.environ["IW_SOURCE_DIR"]) / "engines" / "triton"
MODELS = ["digits", "echo", "fragile", "narrow", "repeat", "total", "types"]


class Triton(Process):
    def __init__(self, stack, *models, grpc=0):
        options = [word for name in models for word in ("--model", name)]
        super().__init__(stack, "triton", [TRITON / "run", "--grpc-port", grpc, *options], stdout=subprocess.PIPE,
                         text=True)
        with self.child.stdout as ready:
            ports = json.loads(ready.readline())
        self.grpc, self.http = ports["grpc"], ports["http"]

    # It has children of its own, which only it can stop.
    def kill(self):
        self.child.terminate()
        self.child.wait(timeout=PATIENCE)


def tensor(name, shape, datatype, data):
    return {"name": name, "shape": shape, "datatype": datatype, "data": data}


def x(*values):
    return tensor("x", [len(values), 1], "FP32", list(values))


def models_config(stack, models, over_http=(), more="", **triton):
    """A configuration of these models at Triton's gRPC port; those in `over_http` also as NAME-http at its HTTP port. `wide` is
    `fragile` once more, of which the worker remembers nothing; NAME-batch are for batches."""
    lines = [f"  {name}: {{engine: triton, endpoints: [127.0.0.1:{triton['grpc']}], {more}}}" for name in models]
    lines += [f"  wide: {{engine: triton, engine_model: fragile, endpoints: [127.0.0.1:{triton['grpc']}]}}"]
    lines += [f"  {name}-batch: {{engine: triton, engine_model: {name}, endpoints: [127.0.0.1:{triton['grpc']}], max_batch: 32}}"
              for name in ("digits", "fragile")]
    lines += [f"  {name}-http: {{engine: triton, engine_model: {name}, endpoints: [http://127.0.0.1:{triton['http']}]}}"
              for name in over_http]
    file = stack.folder / "triton.yaml"
    file.write_text("\n".join([f"temporal: {{address: {stack.address}}}", "models:", *lines]) + "\n")
    return file


class TritonBehindTheWorker(unittest.TestCase):
    """Helpers only: its classes differ in what they start."""

    def submit(self, model, *tensors, job=None, detach=False, **parameters):
        options = [word for key, value in parameters.items() for word in ("--param", f"{key}={json.dumps(value)}")]
        options += ["--id", job] if job else []
        options += ["--detach"] if detach else ["-o", "json"]
        return self.stack.submit("--model", model, "--input", json.dumps({"inputs": list(tensors)}), *options)

    def outputs(self, model, *tensors, **options):
        done = self.submit(model, *tensors, **options)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return {output["name"]: output for output in json.loads(done.stdout)["output"]["outputs"]}

    def error(self, model, *tensors, **options):
        failed = self.submit(model, *tensors, **options)
        self.assertEqual(failed.returncode, 1, failed.stdout + failed.stderr)
        return json.loads(failed.stdout)["error"]

    def tries(self, job):
        """The errors of the job's infer activities, as the workflow got them."""
        shown = subprocess.run([self.stack.cli, "workflow", "show", "--address", self.stack.address, "-w", job, "-o",
                                "json"], capture_output=True, text=True, check=True)
        failures = [event["activityTaskFailedEventAttributes"]["failure"] for event in json.loads(shown.stdout)["events"]
                    if "activityTaskFailedEventAttributes" in event]
        payloads = [failure["applicationFailureInfo"]["details"]["payloads"][0]["data"] for failure in failures]
        return [json.loads(base64.b64decode(payload)) for payload in payloads]


class RealTriton(TritonBehindTheWorker):
    @classmethod
    def setUpClass(cls):
        cls.stack = Stack()
        cls.addClassCleanup(cls.stack.close)
        cls.triton = Triton(cls.stack, *MODELS)
        cls.config = models_config(cls.stack, [*MODELS, "missing"], over_http=["digits", "repeat", "types", "missing"],
                                   grpc=cls.triton.grpc, http=cls.triton.http)
        cls.stack.worker(cls.config)

    def test_at_least_95_of_100_held_out_images_are_right(self):
        folder = subprocess.run([TRITON / "setup", "--folder"], check=True, capture_output=True, text=True).stdout.strip()
        images = self.stack.folder / "images.jsonl"
        with open(pathlib.Path(folder) / "digits-heldout.jsonl") as every:
            images.write_text("".join(next(every) for _ in range(100)))
        done = subprocess.run([BIN / "digits", images, "--address", self.stack.address, "--least-right", "0.95"],
                              capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def batch(self, lines, name):
        """The response, and the outputs by custom_id."""
        items, output = self.stack.folder / f"{name}.jsonl", self.stack.folder / f"{name}-out.jsonl"
        items.write_text("".join(json.dumps(line) + "\n" for line in lines))
        done = self.stack.run("batch", items, "--config", self.config, "--output", output, "-o", "json", "--id", name)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        results = [json.loads(line) for line in output.read_text().splitlines()]
        self.assertEqual([result["custom_id"] for result in results], [line["custom_id"] for line in lines])
        return json.loads(done.stdout), [{each["name"]: each for each in result["response"]["body"]["outputs"]} for result in results]

    def test_a_batch_of_images_goes_to_triton_in_batches_and_each_gets_its_own_answer(self):
        folder = subprocess.run([TRITON / "setup", "--folder"], check=True, capture_output=True, text=True).stdout.strip()
        images = [json.loads(line) for line in (pathlib.Path(folder) / "digits-heldout.jsonl").read_text().splitlines()]
        lines = [{"custom_id": str(image["custom_id"]), "method": "POST", "url": "/v2/models/digits-batch/infer", "body": image["input"]}
                 for image in images]
        response, outputs = self.batch(lines, "images")
        self.assertEqual(response["counts"]["succeeded"], 360)
        right = sum(output["label"]["data"] == [image["label"]] for image, output in zip(images, outputs))
        self.assertGreaterEqual(right, 345)
        self.assertEqual(outputs[0]["probabilities"]["shape"], [1, 10])

    def test_a_batch_that_does_not_fit_the_memory_is_halved_until_it_does(self):
        lines = [{"custom_id": str(number), "method": "POST", "url": "/v2/models/fragile-batch/infer", "body": {"inputs": [x(number)]}}
                 for number in range(32)]
        response, outputs = self.batch(lines, "memory")
        self.assertEqual(response["counts"]["succeeded"], 32)
        self.assertEqual([output["y"]["shape"] for output in outputs], [[1, 1]] * 32)

    def test_a_wrong_shape_is_refused_with_the_tensor_s_name_what_was_expected_and_what_was_given(self):
        for model in ("digits", "digits-http"):
            error = self.error(model, tensor("pixels", [1, 63], "FP32", [0] * 63))
            self.assertEqual((error["class"], error["code"]), ("Fatal", "VALIDATION"))
            for part in ("pixels", "[1,63]", "64]"):
                self.assertIn(part, error["message"])

    def test_a_wrong_datatype_is_refused_with_both_datatypes(self):
        for model in ("digits", "digits-http"):
            error = self.error(model, tensor("pixels", [1, 64], "INT32", [0] * 64))
            for part in ("pixels", "INT32", "FP32"):
                self.assertIn(part, error["message"])

    def test_a_model_that_triton_does_not_have_fails_at_once(self):
        for model in ("missing", "missing-http"):
            error = self.error(model, tensor("pixels", [1, 64], "FP32", [0] * 64), job=f"job-{model}")
            self.assertEqual((error["class"], error["code"]), ("Fatal", "MODEL_NOT_FOUND"))
            self.assertIn(model, error["message"])
            self.assertEqual(len(self.tries(f"job-{model}")), 1)

    def test_inputs_of_different_batch_sizes_are_refused_with_the_tensor_s_name(self):
        error = self.error("echo", tensor("numbers", [2, 2], "FP32", [1, 2, 3, 4]), tensor("words", [1, 1], "BYTES", ["a"]))
        self.assertEqual((error["class"], error["code"]), ("Fatal", "VALIDATION"))
        self.assertIn("another batch size", error["message"])

    def test_models_reports_the_endpoints_health(self):
        listed = self.stack.run("models", "--config", self.config, "-o", "json")
        self.assertEqual(listed.returncode, 0, listed.stderr)
        self.assertIn("digits", listed.stdout)

    def test_http_gives_the_same_answer_as_grpc(self):
        pixels = tensor("pixels", [2, 64], "FP32", [i / 128 for i in range(128)])
        self.assertEqual(self.outputs("digits-http", pixels), self.outputs("digits", pixels))

    def test_every_datatype_goes_there_and_back(self):
        given = {"BOOL": [True, False], "UINT8": [0, 255], "UINT16": [0, 65535], "UINT32": [0, 2**32 - 1],
                 "UINT64": [0, 2**64 - 1], "INT8": [-128, 127], "INT16": [-2**15, 2**15 - 1], "INT32": [-2**31, 2**31 - 1],
                 "INT64": [-2**63, 2**63 - 1], "FP16": [-1.5, 65504.0, "NaN"], "FP32": [0.5, "Infinity"],
                 "FP64": [0.1, "-Infinity"], "BYTES": ["grüße", {"b64": "/wA="}, ""]}
        outputs = self.outputs("types", *(tensor(name, [len(data)], name, data) for name, data in given.items()))
        self.assertEqual({name: outputs[f"{name}_out"]["data"] for name in given}, given)

    def test_what_json_over_http_cannot_say_is_refused_with_the_grpc_port_as_the_next_step(self):
        for model, part in [("types-http", tensor("FP16", [1], "FP16", [1.5])), ("repeat-http", tensor("count", [1], "INT32", [1]))]:
            error = self.error(model, part)
            self.assertEqual((error["class"], error["code"]), ("Fatal", "UNSUPPORTED"))
            self.assertIn("gRPC port", error["message"])

    def test_a_full_queue_is_transient_and_the_job_gets_its_turn_later(self):
        begun = lambda job: f"narrow: request '{job}' has begun" in self.triton.text()
        for number in range(3):
            self.submit("narrow", x(1), job=f"queue-{number}", detach=True, delay_ms=1500)
            wait_until(lambda: begun(f"queue-{number}") if number == 0 else self.stack.status(f"queue-{number}"), "it is there")
        jobs = [f"queue-{number}" for number in range(3)]
        for job in jobs:
            self.assertEqual(self.stack.run("result", job).returncode, 0)
        refused = [error for job in jobs for error in self.tries(job)]
        self.assertGreaterEqual(len(refused), 1)
        self.assertEqual({(error["class"], error["code"]) for error in refused}, {("Transient", "RATE_LIMITED")})

    def test_a_batch_of_8_that_is_out_of_memory_is_done_as_two_of_4_and_the_next_one_from_the_start(self):
        for job, tries in [("eight", 1), ("eight-again", 0)]:
            y = self.outputs("fragile", x(*range(8)), job=job)["y"]
            self.assertEqual((y["shape"], y["data"]), ([8, 1], list(range(8))))
            errors = self.tries(job)
            self.assertEqual([(error["class"], error["code"]) for error in errors], [("OOM", "ENGINE_OOM")] * tries)
            self.assertNotIn("2.00 GiB", str(errors))

    def test_a_batch_above_the_model_s_limit_is_cut_before_it_is_sent(self):
        self.assertEqual(self.outputs("wide", x(*range(17)), job="above")["y"]["data"], list(range(17)))
        errors = self.tries("above")
        self.assertEqual([(error["sent"], error.get("batch_limit")) for error in errors], [(False, 16), (True, None), (True, None)])

    def test_the_answers_of_a_decoupled_model_come_as_one(self):
        value = self.outputs("repeat", tensor("count", [1], "INT32", [5]))["value"]
        self.assertEqual((value["shape"], value["data"]), ([5], [0, 1, 2, 3, 4]))
        self.assertEqual(self.outputs("repeat", tensor("count", [1], "INT32", [1]))["value"]["data"], [0])

    def test_an_error_in_a_stream_is_classified_and_what_came_before_it_is_discarded(self):
        error = self.error("repeat", tensor("count", [1], "INT32", [5]), job="broken-off", fail_at=3)
        self.assertEqual((error["class"], error["code"]), ("OOM", "ENGINE_OOM"))
        self.assertTrue(self.tries("broken-off")[0]["partial"])
        self.assertEqual(self.outputs("repeat", tensor("count", [1], "INT32", [2]))["value"]["data"], [0, 1])

    def test_a_cancel_is_seen_by_the_model_in_a_call_and_in_a_stream(self):
        for model, part in [("echo", tensor("numbers", [1, 2], "FP32", [1, 2])), ("repeat", tensor("count", [1], "INT32", [1000]))]:
            job = f"unwanted-{model}"
            self.submit(model, part, job=job, detach=True, delay_ms=60_000)
            wait_until(lambda: f"{model}: request '{job}' has begun" in self.triton.text(), "the model works on it")
            self.assertEqual(self.stack.run("cancel", job).returncode, 0)
            self.assertEqual(self.stack.run("result", job).returncode, 1)
            wait_until(lambda: f"{model}: request '{job}' was cancelled" in self.triton.text(), "the model sees it", 10)

    def test_a_request_of_a_sequence_model_is_a_whole_sequence_unless_it_names_one(self):
        number = lambda value: tensor("x", [1, 1], "INT32", [value])
        self.assertEqual([self.outputs("total", number(5))["total"]["data"] for _ in range(2)], [[5], [5]])
        totals = [self.outputs("total", number(value), sequence_id=7, sequence_start=value == 1, sequence_end=value == 3)
                  ["total"]["data"] for value in (1, 2, 3)]
        self.assertEqual(totals, [[1], [3], [6]])
        error = self.error("total", number(1), sequence_id=8)
        self.assertEqual((error["class"], error["code"]), ("Fatal", "VALIDATION"))
        self.assertIn("sequence_start", error["message"])


class TritonThatFails(TritonBehindTheWorker):
    def setUp(self):
        self.stack = Stack()
        self.addCleanup(self.stack.close)

    def serve(self, *models, more=""):
        triton = Triton(self.stack, *models)
        self.stack.worker(models_config(self.stack, models, more=more, grpc=triton.grpc))
        return triton

    def test_a_killed_backend_is_transient_and_marks_the_replica_as_bad(self):
        # The replica gets no call for that long after each.
        self.serve("fragile", more="breaker: {recovery_timeout: 1s}")
        error = self.error("fragile", x(-9), job="killed")
        self.assertEqual((error["class"], error["code"]), ("Transient", "ENGINE_5XX"))
        self.assertIn("process 'fragile_0_0' is dead", error["message"])
        self.assertTrue(self.tries("killed")[-1]["replica_bad"])

    def test_a_server_that_is_restarted_under_load_loses_no_job(self):
        triton = self.serve("echo")
        jobs = [f"load-{number}" for number in range(12)]
        for number, job in enumerate(jobs):
            self.submit("echo", tensor("numbers", [1, 2], "FP32", [number, 0]), job=job, detach=True, delay_ms=700)
        wait_until(lambda: "has begun" in triton.text(), "the model works on one of them")
        triton.kill()
        Triton(self.stack, "echo", grpc=triton.grpc)
        for number, job in enumerate(jobs):
            done = self.stack.run("result", job, "-o", "json")
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertEqual(json.loads(done.stdout)["output"]["outputs"][0]["data"], [number, 0])
        self.assertTrue(any(self.tries(job) for job in jobs))  # else the restart met nobody


if __name__ == "__main__":
    unittest.main()
