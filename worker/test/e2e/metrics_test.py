"""The worker's metrics: counted exactly, read by a real Prometheus, and all that dashboard and alert rules are made of."""

import collections
import json
import pathlib
import re
import shutil
import subprocess
import unittest
import urllib.parse

from stack import PATIENCE, Process, Stack, free_port, wait_until
from worker_pages import WorkerPages, fetch, read_page

DEPLOY = pathlib.Path(__file__).resolve().parents[3] / "deploy"
CANARY = "canary-4712"
TYPO = "ecko-4713"
PATHS = ("/v1/chat/completions", "ModelInfer")
TRACE = "0af7651916cd43dd8448eb211c80319c"
CHAT = json.dumps({"messages": [{"role": "user", "content": f"say {CANARY} twice"}]})
TENSOR = json.dumps({"inputs": [{"name": "x", "shape": [1, 4], "datatype": "FP32", "data": [1, 2, 3, 4]}]})


def program(name):
    found = shutil.which(name)
    if found is None:
        raise AssertionError(f"{name} is not on the PATH: tools/setup metrics")
    return found


def expressions():
    """(where, PromQL) of every panel and every alert."""
    dashboard = json.loads((DEPLOY / "grafana/inference-worker.json").read_text())
    for panel in dashboard["panels"]:
        for target in panel.get("targets", []):
            expression = target["expr"].replace("$__rate_interval", "1m").replace("$model", ".*")
            yield f"panel '{panel['title']}'", expression
    rules = (DEPLOY / "prometheus/alerts.yaml").read_text().split("- alert: ")[1:]
    for rule in rules:
        found = re.search(r"expr: (?:\|\n((?: {10}.*\n)+)|(.*))", rule)
        yield f"alert {rule.split()[0]}", found.group(1) or found.group(2)


def names_in(expression):
    """The metrics that a PromQL expression reads."""
    rest = re.sub(r'"[^"]*"', "", expression)
    rest = re.sub(r"\{[^}]*\}|\[[^]]*\]|\b(by|without|on|ignoring) *\([^)]*\)", " ", rest)
    words = re.findall(r"\b([a-z_][a-z0-9_]*)\b(?! *\()", rest)
    return set(words) - {"or", "and", "unless", "sum", "max", "min", "avg", "count"}


class TestCase(unittest.TestCase):
    def setUp(self):
        self.stack = Stack()
        self.addCleanup(self.stack.close)

    def config(self, engine, frail=None):
        """`echo` and `tensor`, and `frail`, whose fallback is echo."""
        config = self.stack.config(engine, model="breaker: {consecutive_failures: 99, minimum_calls: 99}")
        config.write_text(config.read_text() + f"""
  frail: {{engine: vllm, endpoints: [http://127.0.0.1:{frail or engine.http}/v1], engine_model: echo, fallback: echo}}
admin: {{listen: 127.0.0.1:0}}
""")
        return config

    def submit(self, job, *options, model="echo", text=CHAT):
        return self.stack.submit("--model", model, "--input", text, "--id", job, *options)


class Counts(TestCase):
    """One run of jobs of every kind, and then everything that can be read of it."""

    def run_jobs(self, engine, pages):
        engine.script(
            {"match": {"request_id": "busy"}, "times": 2, "action": {"status": 503}},
            {"match": {"request_id": "overloaded"}, "action": {"status": 503}},
            {"match": {"request_id": "refused"}, "action": {"status": 400}},
            {"match": {"request_id": "frail"}, "times": 3, "action": {"status": 503}},
            {"match": {"request_id": "endless"}, "action": {"stall": True}},
            {"match": {"text_contains": "wrong"}, "action": {"status": 400}})
        tokens = collections.Counter()

        def completes(job, **options):
            done = self.submit(job, "-o", "json", **options)
            self.assertEqual(done.returncode, 0, done.stderr)
            usage = json.loads(done.stdout)["usage"]
            tokens[options.get("model", "echo"), "input"] += usage["prompt_tokens"]
            tokens[options.get("model", "echo"), "output"] += usage["completion_tokens"]
        completes("first")
        completes("second")
        completes("busy")
        completes("tensor", model="tensor", text=TENSOR)
        completes("frail", model="frail")
        for job, model in (("overloaded", "echo"), ("refused", "echo"), ("unknown", TYPO)):
            self.assertEqual(self.submit(job, model=model).returncode, 1)
        self.submit("endless", "--detach")
        wait_until(lambda: engine.events("received", "endless"), "the engine works on it")
        self.assertEqual(self.stack.run("cancel", "endless").returncode, 0)
        self.assertEqual(self.stack.run("result", "endless").returncode, 1)

        items = self.stack.folder / "items.jsonl"
        items.write_text("".join(json.dumps({
            "custom_id": f"item-{n}", "method": "POST", "url": "/v1/chat/completions",
            "body": {"model": "echo", "messages": [{"role": "user", "content": f"{CANARY} {'wrong' if n == 3 else 'well'} {n}"}]},
        }) + "\n" for n in range(6)))
        output = self.stack.folder / "output.jsonl"
        batch = self.stack.run("batch", items, "--id", "batch", "--output", output)
        self.assertEqual(batch.returncode, 1, batch.stderr)
        for line in output.read_text().splitlines():
            usage = json.loads(line)["response"]["body"]["usage"]
            tokens["echo", "input"] += usage["prompt_tokens"]
            tokens["echo", "output"] += usage["completion_tokens"]
        # A job is logged once it is counted.
        wait_until(lambda: sum(line["message"] == "job finished" for line in pages.log()) == 10, "all jobs are logged")
        return {key: count for key, count in tokens.items() if count}

    def test_the_counts_are_what_was_done_and_a_real_prometheus_reads_them(self):
        engine = self.stack.engine()
        pages = WorkerPages(self.stack.worker(self.config(engine)))
        tokens = self.run_jobs(engine, pages)

        with self.subTest("jobs"):
            self.assertEqual(pages.series("inference_requests_total", "model", "status"), {
                ("echo", "completed"): 3, ("tensor", "completed"): 1, ("frail", "completed"): 1, ("echo", "failed"): 2,
                ("echo", "canceled"): 1, ("echo", "completed_with_errors"): 1, ("unknown", "failed"): 1})
            self.assertEqual(pages.series("inference_errors_total", "model", "class"),
                             {("echo", "Transient"): 1, ("echo", "Fatal"): 1, ("unknown", "Fatal"): 1})
            self.assertEqual(pages.series("inference_retries_total", "model", "class"),
                             {("echo", "Transient"): 4, ("frail", "Transient"): 2})
            self.assertEqual(pages.series("inference_fallback_total", "model"), {("frail",): 1})
            self.assertEqual(pages.series("inference_latency_seconds_count", "model"), {("echo",): 3, ("tensor",): 1, ("frail",): 1})
            latencies = sum(line["latency_ms"] for line in pages.log() if line.get("status") == "completed") / 1000
            self.assertAlmostEqual(sum(pages.series("inference_latency_seconds_sum", "model").values()), latencies, places=4)
        with self.subTest("tokens"):
            self.assertEqual(pages.series("inference_tokens_total", "model", "direction"), tokens)
        with self.subTest("items"):
            self.assertEqual(pages.series("inference_batch_items_total", "model", "status"),
                             {("echo", "succeeded"): 5, ("echo", "failed"): 1})
        with self.subTest("calls"):
            # Of batches: 5 items answered and 1 refused. Of jobs: first, second, busy, and frail by its fallback.
            http, grpc = f"http://127.0.0.1:{engine.http}/v1", f"127.0.0.1:{engine.grpc}"
            labels = ("model", "endpoint", "outcome")
            # A job is cancelled before its call has heard of it.
            wait_until(lambda: ("echo", http, "canceled") in pages.series("inference_engine_calls_total", *labels), "the call is cancelled")
            calls = pages.series("inference_engine_calls_total", *labels)
            self.assertEqual(calls, {
                ("echo", http, "completed"): 9, ("echo", http, "Transient"): 5, ("echo", http, "Fatal"): 2,
                ("echo", http, "canceled"): 1, ("frail", http, "Transient"): 3, ("tensor", grpc, "completed"): 1})
            self.assertEqual(sum(calls.values()), len([event for event in engine.events("received") if event["path"] in PATHS]))
            # Streamed are chats of single jobs.
            self.assertEqual(pages.series("inference_ttft_seconds_count", "model"), {("echo",): 4})
        with self.subTest("state"):
            circuits = {dict(key)["endpoint"]: value for key, value in read_page(pages.text())["circuit_state"].items()}
            self.assertEqual(circuits, {http: 0, grpc: 0})
            idle = {("inference-high", "free"): 5, ("inference-normal", "free"): 3, ("inference-low", "free"): 1}
            wait_until(lambda: pages.series("worker_slots", "queue", "state") == idle, "all slots are free")
            depths = {dict(key)["queue_name"]: value for key, value in read_page(pages.text())["queue_depth"].items()}
            self.assertEqual(depths, {"inference-high": 0, "inference-normal": 0, "inference-low": 0})
        with self.subTest("nothing of a request is in it"):
            self.assertNotIn(CANARY, pages.text())
            self.assertNotIn(CANARY, pages.worker.text())
            self.assertNotIn(TYPO, pages.text())
        with self.subTest("promtool"):
            self.check_with_promtool(pages.text())
        with self.subTest("prometheus"):
            self.scrape_with_prometheus(pages)

    def check_with_promtool(self, text):
        """Core's own names are not ours to choose: some of them promtool finds unusual, which is its exit code 3."""
        own = [block for block in re.split(r"(?=^# HELP )", text, flags=re.M) if not block.startswith("# HELP temporal_")]
        checked = subprocess.run([program("promtool"), "check", "metrics"], input="".join(own), capture_output=True, text=True)
        self.assertEqual((checked.returncode, checked.stderr), (0, ""))
        checked = subprocess.run([program("promtool"), "check", "metrics"], input=text, capture_output=True, text=True)
        self.assertIn(checked.returncode, (0, 3), checked.stderr)

    def scrape_with_prometheus(self, pages):
        port = free_port()
        config = self.stack.folder / "prometheus.yml"
        config.write_text(f"""
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
rule_files: [{DEPLOY}/prometheus/alerts.yaml]
scrape_configs: [{{job_name: inference-worker, static_configs: [{{targets: ["{pages.address}"]}}]}}]
""")
        server = Process(self.stack, "prometheus", [
            program("prometheus"), f"--config.file={config}", f"--storage.tsdb.path={self.stack.folder}/prometheus",
            f"--web.listen-address=127.0.0.1:{port}"])

        def query(text):
            status, answer = fetch(f"http://127.0.0.1:{port}/api/v1/query?" + urllib.parse.urlencode({"query": text}))
            self.assertEqual(status, 200, f"{text}: {answer}")
            return json.loads(answer)["data"]["result"]

        def serves():
            self.assertIsNone(server.child.poll(), server.text())
            try:
                return fetch(f"http://127.0.0.1:{port}/-/ready")[0] == 200 and query("up == 1")
            except OSError:
                return None
        wait_until(serves, "Prometheus has read the page")
        found = query('inference_requests_total{status="completed"}')
        self.assertEqual({series["metric"]["model"]: series["value"][1] for series in found}, {"echo": "3", "tensor": "1", "frail": "1"})
        for where, expression in expressions():
            for name in names_in(expression):
                with self.subTest(where=where, metric=name):
                    self.assertTrue(query(name), "no running worker exports it")
            query(expression)


class Replays(TestCase):
    def test_a_job_that_moves_to_another_worker_and_one_that_is_looked_at_later_are_counted_once(self):
        engine = self.stack.engine("--latency-ms", 2000)
        engine.script({"match": {"request_id": "moved"}, "times": 1, "action": {"status": 503}})
        config = self.config(engine)
        first = WorkerPages(self.stack.worker(config))
        self.submit("moved", "--detach")
        wait_until(lambda: len(engine.events("received", "moved")) == 2, "the second try is under way")
        self.assertEqual(first.series("inference_requests_total", "model"), {})
        first.worker.kill()

        second = WorkerPages(self.stack.worker(config))
        self.assertEqual(self.stack.run("result", "moved").returncode, 0)
        wait_until(lambda: second.series("inference_requests_total", "model"), "it is counted")
        retries = {("echo", "Transient"): 1, ("echo", "WorkerLost"): 1}
        self.assertEqual(second.series("inference_retries_total", "model", "class"), retries)

        third = WorkerPages(self.stack.worker(config))
        second.worker.terminate()
        second.worker.wait()
        answer = subprocess.run([self.stack.cli, "workflow", "query", "--address", self.stack.address, "-w", "moved", "--type", "status"],
                                capture_output=True, text=True, timeout=PATIENCE)
        self.assertIn('"attempt":3', answer.stdout.replace(" ", ""), "a worker that has only its history answers: " + answer.stderr)
        for name in ("inference_requests_total", "inference_retries_total", "inference_tokens_total"):
            self.assertEqual(third.series(name, "model"), {}, name)


class Readiness(TestCase):
    def test_a_worker_is_ready_with_its_engine_down_and_not_while_it_drains(self):
        engine = self.stack.engine()
        engine.script({"match": {"request_id": "endless"}, "action": {"stall": True}})
        pages = WorkerPages(self.stack.worker(self.config(engine)))
        self.submit("endless", "--detach")
        wait_until(lambda: engine.events("received", "endless"), "the engine works on it")
        pages.worker.terminate()
        wait_until(lambda: fetch(f"http://{pages.address}/readyz") == (503, "draining\n"), "it drains")
        self.assertEqual(fetch(f"http://{pages.address}/healthz")[0], 200)
        self.assertEqual(fetch(f"http://{pages.address}/metrics")[0], 200)
        pages.worker.kill()

        engine.kill()
        pages = WorkerPages(self.stack.worker(self.config(engine)))
        self.submit("waiting", "--detach")
        wait_until(lambda: pages.series("inference_engine_calls_total", "outcome").get(("not_sent",)), "the engine is found down")
        self.assertEqual(fetch(f"http://{pages.address}/readyz")[0], 200)


class Lines(TestCase):
    def test_the_line_of_a_finished_job_has_its_fields_and_is_json_whatever_it_says(self):
        engine = self.stack.engine()
        pages = WorkerPages(self.stack.worker(self.config(engine)))
        hostile = 'a"}\n{"status":"completed"\u2028\\'
        request = {"model": "echo", "input": {"prompt": "x"}, "traceparent": f"00-{TRACE}-b7ad6b7169203331-01"}
        for job, content in (("traced", request), ("hostile", {**request, "model": hostile, "traceparent": hostile})):
            subprocess.run([self.stack.cli, "workflow", "execute", "--address", self.stack.address, "-w", job, "--type",
                            "InferenceWorkflow", "--task-queue", "inference-high", "-i", json.dumps(content)],
                           capture_output=True, timeout=PATIENCE)

        def lines():
            return {line["job_id"]: line for line in pages.log() if line["message"] == "job finished"}
        wait_until(lambda: len(lines()) == 2, "both are logged")
        traced = lines()["traced"]
        self.assertEqual({key: type(value) for key, value in traced.items()}, {
            "timestamp": str, "level": str, "message": str, "job_id": str, "model": str, "input_tokens": int, "output_tokens": int,
            "latency_ms": int, "status": str, "trace_id": str})
        self.assertEqual((traced["trace_id"], traced["status"], traced["model"]), (TRACE, "completed", "echo"))
        self.assertRegex(traced["timestamp"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")
        self.assertEqual((lines()["hostile"]["model"], lines()["hostile"]["status"]), (hostile, "failed"))
        self.assertNotIn("trace_id", lines()["hostile"])


class AlertRules(unittest.TestCase):
    def test_each_fires_when_it_should_and_not_before(self):
        tested = subprocess.run([program("promtool"), "test", "rules", "alerts_test.yaml"], cwd=DEPLOY / "prometheus",
                                capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(tested.returncode, 0, tested.stdout + tested.stderr)
        rules = (DEPLOY / "prometheus/alerts.yaml").read_text()
        cases = (DEPLOY / "prometheus/alerts_test.yaml").read_text()
        for alert in re.findall(r"- alert: (\w+)", rules):
            self.assertRegex(cases, rf"alertname: {alert}\n +exp_alerts:", f"no case in which {alert} fires")


if __name__ == "__main__":
    unittest.main()
