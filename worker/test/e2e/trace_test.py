"""Traces: one span for each part of a job, sent to a collector that may be slow, broken or absent, and told to the engine."""

import collections
import contextlib
import http.server
import json
import subprocess
import threading
import unittest

from stack import PATIENCE, Stack, free_port, wait_until
from worker_pages import WorkerPages

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
CANARY = "canary-4714"


class Server(http.server.ThreadingHTTPServer):
    """Answers POSTs as `answer` says: (status, body)."""

    daemon_threads = True

    def __init__(self, answer):
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, text = answer(self.path, self.headers, json.loads(body))
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(text)))
                self.end_headers()
                with contextlib.suppress(ConnectionError):  # Of a client that has given up.
                    self.wfile.write(text.encode())

            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def close(self):
        self.shutdown()
        self.server_close()


class Collector(Server):
    """Takes OTLP over HTTP, as JSON."""

    def __init__(self, status=200):
        self.spans = []
        self.requests = 0
        self.held = threading.Event()
        self.held.set()

        def answer(path, headers, request):
            self.requests += 1
            self.held.wait(PATIENCE)
            assert (path, headers["Content-Type"]) == ("/v1/traces", "application/json"), path
            for resource in request["resourceSpans"]:
                names = {item["key"]: item["value"]["stringValue"] for item in resource["resource"]["attributes"]}
                assert names["service.name"] == "inference-worker" and "@" in names["service.instance.id"], names
                for scope in resource["scopeSpans"]:
                    self.spans += scope["spans"]
            return status, "{}"
        super().__init__(answer)

    def by_name(self):
        named = collections.defaultdict(list)
        for span in sorted(self.spans, key=lambda span: int(span["startTimeUnixNano"])):
            named[span["name"]].append(span)
        return named


class Embedder(Server):
    """An engine for embeddings that keeps the traceparent of each call; the first `failures` of them are refused as by a busy one."""

    def __init__(self, failures=0):
        self.traceparents = []

        def answer(path, headers, request):
            self.traceparents.append(headers["traceparent"])
            if len(self.traceparents) <= failures:
                return 503, "{}"
            data = [{"index": 0, "object": "embedding", "embedding": [0.5, 0.25]}]
            return 200, json.dumps({"object": "list", "model": "embedder", "data": data,
                                    "usage": {"prompt_tokens": 1, "total_tokens": 1}})
        super().__init__(answer)


def attributes(span):
    return {item["key"]: item["value"]["stringValue"] for item in span["attributes"]}


class Traces(unittest.TestCase):
    def setUp(self):
        self.stack = Stack()
        self.addCleanup(self.stack.close)

    def serve(self, engine, otlp_endpoint, stages="{}"):
        config = self.stack.folder / "traced.yaml"
        config.write_text(f"""
temporal: {{address: {self.stack.address}}}
stages: {stages}
models:
  embedder: {{engine: vllm, endpoints: ["{engine.url}/v1"]}}
admin: {{listen: 127.0.0.1:0}}
telemetry: {{otlp_endpoint: "{otlp_endpoint}"}}
""")
        return WorkerPages(self.stack.worker(config))

    def start(self, server):
        self.addCleanup(server.close)
        return server

    def run_job(self, job, traceparent=None):
        request = {"model": "embedder", "input": {"texts": [CANARY]}}
        if traceparent:
            request["traceparent"] = traceparent
        done = subprocess.run([self.stack.cli, "workflow", "execute", "--address", self.stack.address, "-w", job, "--type",
                               "InferenceWorkflow", "--task-queue", "inference-normal", "-i", json.dumps(request)],
                              capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def check_job(self, stages):
        engine, collector = self.start(Embedder(failures=1)), self.start(Collector())
        pages = self.serve(engine, collector.url, stages)
        self.run_job("traced", f"00-{TRACE}-{PARENT}-01")
        wait_until(lambda: len(collector.spans) >= 7, "all spans have come")

        named = collector.by_name()
        self.assertEqual({name: len(spans) for name, spans in named.items()},
                         {"InferenceWorkflow": 1, "preprocess": 1, "infer": 2, "engine call": 2, "postprocess": 1})
        self.assertEqual({span["traceId"] for span in collector.spans}, {TRACE})
        self.assertEqual(len({span["spanId"] for span in collector.spans}), 7)
        job = named["InferenceWorkflow"][0]
        self.assertEqual(job["parentSpanId"], PARENT)
        for step in (*named["preprocess"], *named["infer"], *named["postprocess"]):
            self.assertEqual(step["parentSpanId"], job["spanId"], step["name"])
            self.assertGreaterEqual(int(step["endTimeUnixNano"]), int(step["startTimeUnixNano"]))
        self.assertEqual([call["parentSpanId"] for call in named["engine call"]], [step["spanId"] for step in named["infer"]])
        # The engine's own spans become children of the call.
        self.assertEqual(engine.traceparents, [f"00-{TRACE}-{call['spanId']}-01" for call in named["engine call"]])

        failed, well = named["infer"]
        self.assertEqual((failed["status"], "status" in well), ({"code": 2}, False))
        self.assertEqual(attributes(failed)["inference.class"], "Transient")
        self.assertIn("inference.code", attributes(failed))
        self.assertEqual([attributes(call)["inference.outcome"] for call in named["engine call"]], ["Transient", "completed"])
        self.assertEqual({call["kind"] for call in named["engine call"]}, {3})
        self.assertEqual((attributes(job)["inference.job_id"], attributes(job)["inference.status"]), ("traced", "completed"))
        self.assertNotIn(CANARY, json.dumps(collector.spans))
        self.assertIn("\ninference_spans_dropped_total 0\n", pages.text())

    def test_a_job_is_a_tree_of_spans_below_the_clients_and_the_engine_is_told_its_place(self):
        self.check_job("{}")

    def test_the_same_where_the_cpu_steps_are_local(self):
        self.check_job("{preprocess: local, postprocess: local}")

    def test_without_a_traceparent_the_trace_has_the_id_of_the_run_and_the_log_says_it(self):
        engine, collector = self.start(Embedder()), self.start(Collector())
        pages = self.serve(engine, collector.url)
        self.run_job("own")
        wait_until(lambda: len(collector.spans) >= 5, "all spans have come")
        described = subprocess.run([self.stack.cli, "workflow", "describe", "--address", self.stack.address, "-w", "own", "-o", "json"],
                                   capture_output=True, text=True, check=True).stdout
        run = json.loads(described)["workflowExecutionInfo"]["execution"]["runId"].replace("-", "")
        self.assertEqual({span["traceId"] for span in collector.spans}, {run})
        self.assertNotIn("parentSpanId", collector.by_name()["InferenceWorkflow"][0])
        self.assertEqual(next(line["trace_id"] for line in pages.log() if line["message"] == "job finished"), run)

    def test_a_trace_that_the_client_does_not_keep_makes_no_span_and_goes_to_the_engine_as_it_came(self):
        engine, collector = self.start(Embedder()), self.start(Collector())
        self.serve(engine, collector.url)
        self.run_job("unsampled", f"00-{TRACE}-{PARENT}-00")
        self.run_job("sampled", f"00-{TRACE[::-1]}-{PARENT}-01")
        wait_until(lambda: len(collector.spans) >= 5, "the spans of the second job have come")
        self.assertEqual({span["traceId"] for span in collector.spans}, {TRACE[::-1]})
        self.assertEqual(engine.traceparents[0], f"00-{TRACE}-{PARENT}-00")

    def test_what_waits_is_sent_when_the_worker_drains(self):
        engine, collector = self.start(Embedder()), self.start(Collector())
        pages = self.serve(engine, collector.url)
        self.run_job("last")
        pages.worker.terminate()
        self.assertEqual(pages.worker.wait(), 0)
        self.assertEqual(len(collector.spans), 5)

    def test_no_job_waits_for_a_collector_that_hangs_refuses_or_is_not_there(self):
        hanging = self.start(Collector())
        hanging.held.clear()
        self.addCleanup(hanging.held.set)
        for name, endpoint in (("hangs", hanging.url), ("refuses", self.start(Collector(status=500)).url),
                               ("absent", f"http://127.0.0.1:{free_port()}")):
            with self.subTest(name):
                engine = self.start(Embedder())
                pages = self.serve(engine, endpoint)
                for number in range(5):
                    self.run_job(f"{name}-{number}")
                # Shorter than the exporter's patience with one request.
                self.assertLess(max(line["latency_ms"] for line in pages.log() if line["message"] == "job finished"), 2000)
                wait_until(lambda: sum(pages.series("inference_spans_dropped_total").values()) > 0, "drops are counted")
                warnings = [line["message"] for line in pages.log() if line["message"].startswith("spans are dropped")]
                self.assertEqual(len(warnings), 1, warnings)
                pages.worker.terminate()
                self.assertEqual(pages.worker.wait(), 0)


if __name__ == "__main__":
    unittest.main()
