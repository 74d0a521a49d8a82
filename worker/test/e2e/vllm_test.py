"""The real vLLM behind the worker: what it answers, what it refuses, and what becomes of a job when it dies."""

import json
import os
import pathlib
import runpy
import signal
import subprocess
import sys
import unittest
import urllib.request

from stack import Process, Stack, wait_until

VLLM = pathlib.Path(os.environ["IW_SOURCE_DIR"]) / "engines" / "vllm"
sys.path.insert(0, str(VLLM))
import recording  # noqa: E402

RUN = VLLM / "run"
CONTEXT = 8192
# Running ones count as well; each prompt of a list is one. As `recording` has it.
MOST_REQUESTS = 3
CHAT = json.dumps({"messages": [{"role": "user", "content": "the quick brown fox"}]})
SHORT = ("--param", "max_tokens=20", "--param", "ignore_eos=true")
# About eight seconds' worth.
LONG = ("--param", "max_tokens=8000", "--param", "ignore_eos=true")
NO_RETRY = {"infer": 1, "transient": 0, "timeout": 0, "oom": 0, "worker_lost": 0}


def children(pid):
    try:
        found = [int(word) for word in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []
    return found + [below for child in found for below in children(child)]


class Vllm(Process):
    def __init__(self, stack, *options, http=0):
        # It takes all that the cores give, and what is beside it has to come to its turn.
        super().__init__(stack, "vllm", ["nice", "-n", 10, RUN, "--http-port", http, *options],
                         stdout=subprocess.PIPE, text=True)
        self.http = http

    def wait_until_ready(self):
        with self.child.stdout as ready:
            line = ready.readline()
        if not line:
            raise AssertionError(f"vLLM did not start: {self.text()[-2000:]}")
        self.http = json.loads(line)["http"]

    # It has children of its own, which only it can stop.
    def kill(self):
        self.child.terminate()
        self.child.wait(timeout=60)

    def kill_core(self):
        """As the kernel does when memory is short."""
        def name(pid):
            return pathlib.Path(f"/proc/{pid}/cmdline").read_text()
        core, = (pid for pid in children(self.child.pid) if name(pid).startswith("VLLM::EngineCore"))
        os.kill(core, signal.SIGKILL)

    def metric(self, name):
        """Summed over its labels."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.http}/metrics", timeout=10) as metrics:
            lines = metrics.read().decode().splitlines()
        return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(f"vllm:{name}{{"))

    def running(self):
        return self.metric("num_requests_running")


class RealVllm(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = Stack()
        cls.addClassCleanup(cls.stack.close)
        # Both at once: each takes a minute to start.
        cls.vllm = Vllm(cls.stack, *recording.SERVERS["text"])
        cls.embedder = Vllm(cls.stack, *recording.SERVERS["embedder"])
        cls.vllm.wait_until_ready()
        cls.embedder.wait_until_ready()
        config = cls.stack.folder / "vllm.yaml"
        endpoint = f"endpoints: [http://127.0.0.1:{cls.vllm.http}/v1]"
        config.write_text(f"temporal: {{address: {cls.stack.address}}}\n"
                          f"worker: {{max_concurrent_activities: 40}}\n"
                          f"models:\n"
                          f"  tiny: {{engine: vllm, {endpoint}}}\n"
                          f"  crowded: {{engine: vllm, engine_model: tiny, {endpoint}}}\n"
                          f"  missing: {{engine: vllm, {endpoint}}}\n"
                          f"  embedder: {{engine: vllm, endpoints: [http://127.0.0.1:{cls.embedder.http}/v1]}}\n")
        cls.config = config
        cls.worker = cls.stack.worker(config)

    def setUp(self):
        self.job = self.id().rpartition(".")[2]

    def submit(self, *options, model="tiny", text=CHAT):
        return self.stack.submit("--model", model, "--input", text, "--id", self.job, "-o", "json", *options)

    def completed(self, *options, **arguments):
        done = self.submit(*options, **arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def failed(self, *options, **arguments):
        done = self.submit(*options, **arguments)
        self.assertEqual(done.returncode, 1, done.stderr)
        return self.stack.status(self.job)["error"]

    def begin(self, *options, **arguments):
        """A job that the engine works on by now."""
        started = self.submit("--detach", *options, **arguments)
        self.assertEqual(started.returncode, 0, started.stderr)
        wait_until(lambda: self.vllm.running() >= 1, "the engine works on it")

    def restart(self):
        """Another server in the place of the one that is gone."""
        self.vllm.wait()
        type(self).vllm = Vllm(self.stack, *recording.SERVERS["text"], http=self.vllm.http)
        self.vllm.wait_until_ready()

    def result(self):
        done = self.stack.run("result", self.job, "-o", "json", timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_it_still_answers_as_it_was_recorded(self):
        ports = {"text": self.vllm.http, "embedder": self.embedder.http}
        for entry in recording.load():
            if entry["server"] in ports:
                with self.subTest(entry["name"]):
                    status, body = recording.ask(ports[entry["server"]], entry)
                    self.assertEqual(status, entry["status"])
                    self.assertEqual(recording.lasting(body), recording.lasting(entry["body"]))

    def test_a_chat_is_answered_and_its_usage_counted(self):
        response = self.completed(*SHORT)
        self.assertTrue(response["content"])
        self.assertEqual(response["usage"]["completion_tokens"], 20)
        self.assertEqual(response["attempts"], NO_RETRY)

    def test_a_stream_tells_when_its_first_token_came_and_counts_its_usage(self):
        response = self.completed("--param", "max_tokens=300", "--param", "ignore_eos=true", "--stream")
        self.assertTrue(response["content"])
        self.assertEqual(response["usage"]["completion_tokens"], 300)
        timings = response["timings"]
        self.assertGreater(timings["ttft_ms"], 0)
        self.assertLess(timings["ttft_ms"], timings["infer_ms"])

    def test_a_batch_writes_what_vllm_run_batch_writes_and_openai_s_types_read_it(self):
        folder = pathlib.Path(subprocess.run([VLLM / "setup", "--folder"], check=True, capture_output=True, text=True).stdout.strip())
        items, output, theirs = (self.stack.folder / f"{self.job}-{name}.jsonl" for name in ("in", "out", "theirs"))
        lines = [{"custom_id": f"c{number}", "method": "POST", "url": "/v1/chat/completions",
                  "body": {"model": "tiny", "messages": [{"role": "user", "content": f"number {number}"}], "max_tokens": 8 + number,
                           "temperature": 0, "ignore_eos": True}} for number in range(6)]
        lines[4]["body"]["max_tokens"] = 100_000
        items.write_text("".join(json.dumps(line) + "\n" for line in lines))
        done = self.stack.run("batch", items, "--output", output, "--config", self.config, "--id", self.job, timeout=120)
        self.assertEqual(done.returncode, 1, "one is too long: " + done.stderr)
        run = [folder / "venv/bin/python", "-m", "vllm.entrypoints.openai.run_batch", "-i", items, "-o", theirs, "--model",
               folder / "tiny", "--enforce-eager"]
        module = runpy.run_path(str(RUN), run_name="run")
        run += [word for name, value in module["OPTIONS"].items() for word in (f"--{name}", value)]
        with open(self.stack.folder / "run-batch.log", "w") as log:
            subprocess.run([str(word) for word in run], check=True, env=module["server_environment"](folder), timeout=280,
                           stdout=log, stderr=log)

        def lasting(body):
            return {key: value for key, value in body.items() if key not in ("id", "created")}
        ours = {line["custom_id"]: line for line in map(json.loads, output.read_text().splitlines())}
        for line in map(json.loads, theirs.read_text().splitlines()):
            if line["custom_id"] == "c4":
                self.assertEqual(line["response"]["status_code"], 400)
                continue
            mine = ours[line["custom_id"]]
            self.assertEqual(lasting(mine["response"]["body"]), lasting(line["response"]["body"]))
            self.assertEqual(mine["response"]["status_code"], line["response"]["status_code"])
        self.assertEqual(list(ours), ["c0", "c1", "c2", "c3", "c5"])
        read = ("import json, sys\n"
                "from openai.types.chat import ChatCompletion\n"
                "from openai.types.batch_error import BatchError\n"
                "for line in map(json.loads, open(sys.argv[1])): ChatCompletion.model_validate(line['response']['body'], strict=True)\n"
                "errors = [BatchError.model_validate(line['error'], strict=True) for line in map(json.loads, open(sys.argv[2]))]\n"
                "assert [error.code for error in errors] == ['VALIDATION'], errors\n")
        subprocess.run([folder / "venv/bin/python", "-c", read, output, output.with_suffix(".errors.jsonl")], check=True)

    def test_a_list_of_prompts_gets_an_answer_for_each(self):
        response = self.completed(*SHORT, text=json.dumps({"prompt": ["one", "two", "three"]}))
        self.assertEqual(len(response["output"]["choices"]), 3)
        self.assertEqual(response["usage"]["completion_tokens"], 60)

    def test_texts_are_embedded(self):
        response = self.completed(model="embedder", text=json.dumps({"texts": ["one", "two"]}))
        self.assertEqual([len(vector) for vector in response["output"]["embeddings"]], [64, 64])

    def test_a_full_queue_is_a_transient_failure_that_says_so(self):
        prompts = json.dumps({"prompt": ["one", "two", "three"]})
        self.stack.submit("--model", "tiny", "--input", prompts, "--id", "busy", "--detach", *LONG)
        self.addCleanup(self.stack.run, "cancel", "busy")
        wait_until(lambda: self.vllm.running() == MOST_REQUESTS, "the engine has all that it takes")
        self.submit("--detach", *SHORT, model="crowded")
        error = wait_until(lambda: self.stack.status(self.job).get("error"), "the job is refused")
        self.assertEqual((error["class"], error["code"]), ("Transient", "RATE_LIMITED"))
        self.stack.run("cancel", "busy")
        self.assertGreaterEqual(self.result()["attempts"]["transient"], 1)

    def test_a_prompt_beyond_the_context_fails_at_once(self):
        refused = self.vllm.text().count("400 Bad Request")
        error = self.failed(text=json.dumps({"prompt": "x" * (CONTEXT + 1)}))
        self.assertEqual((error["class"], error["code"]), ("Fatal", "CONTEXT_LENGTH"))
        self.assertEqual(self.vllm.text().count("400 Bad Request"), refused + 1, "one call")

    def test_a_model_that_it_does_not_serve_fails_at_once(self):
        error = self.failed(model="missing")
        self.assertEqual((error["class"], error["code"]), ("Fatal", "MODEL_NOT_FOUND"))

    def test_a_cancel_frees_it_within_a_second_of_the_closed_connection(self):
        self.begin(*LONG)
        self.assertEqual(self.stack.run("cancel", self.job).returncode, 0)
        wait_until(lambda: self.stack.status(self.job)["state"] == "canceled", "the job ends canceled", 5)
        wait_until(lambda: self.vllm.running() == 0, "the request is aborted", 1)

    # The last ones by their names: they take the server with them.

    def test_zz_a_terminated_server_costs_a_try_and_not_the_job(self):
        self.begin(*LONG)
        self.vllm.terminate()
        self.restart()
        response = self.result()
        self.assertEqual(response["usage"]["completion_tokens"], 8000)
        self.assertEqual(response["finish_reason"], "length")
        self.assertGreaterEqual(response["attempts"]["infer"], 2)

    def test_zz_an_engine_that_is_killed_costs_a_try_and_not_the_job(self):
        self.begin(*LONG)
        self.vllm.kill_core()
        self.restart()
        response = self.result()
        self.assertEqual(response["usage"]["completion_tokens"], 8000)
        self.assertEqual(response["attempts"]["transient"], 1, response["attempts"])
        self.assertGreaterEqual(response["attempts"]["infer"], 2)


if __name__ == "__main__":
    unittest.main()
