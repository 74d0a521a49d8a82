"""A word that stands in prompts, answers and the engine's error bodies, and that must be found nowhere else."""

import base64
import concurrent.futures
import json
import subprocess
import unittest
import urllib.request

from stack import PATIENCE, Stack, wait_until

CANARY = "canary-4711"
TEXTS = {"messages": [{"role": "user", "content": f"say {CANARY} twice"}]}
LIST = {"prompt": [f"{CANARY} one", f"{CANARY} two"]}
TENSOR = {"inputs": [{"name": "x", "shape": [1, 4], "datatype": "FP32", "data": [CANARY, 2, 3, 4]}]}
BODY = {"error": {"message": f"invalid input: {CANARY}", "type": "BadRequestError", "param": CANARY, "code": 400}}


def opaque(value):
    """What a payload of the history holds, as text."""
    if isinstance(value, dict) and isinstance(value.get("data"), str) and "metadata" in value:
        return base64.b64decode(value["data"]).decode(errors="replace")
    return json.dumps(value)


def told(node):
    """The parts of a history that people and lists see: failures with their details, memos, summaries, attributes."""
    if isinstance(node, list):
        return [text for item in node for text in told(item)]
    if not isinstance(node, dict):
        return []
    texts = []
    for key, value in node.items():
        if key in ("failure", "memo", "searchAttributes", "userMetadata", "lastFailure"):
            texts.append(json.dumps(value))
            texts += [opaque(item) for item in payloads(value)]
        else:
            texts += told(value)
    return texts


def payloads(node):
    if isinstance(node, list):
        return [found for item in node for found in payloads(item)]
    if not isinstance(node, dict):
        return []
    if "data" in node and "metadata" in node:
        return [node]
    return [found for value in node.values() for found in payloads(value)]


class Canary(unittest.TestCase):
    def test_prompts_answers_and_error_bodies_are_in_no_log_metric_failure_status_or_memo(self):
        stack = Stack()
        self.addCleanup(stack.close)
        engine = stack.engine()
        config = stack.config(engine, model="ready_timeout: 0s, timeout: 2s, breaker: {consecutive_failures: 99, minimum_calls: 99}")
        config.write_text(config.read_text() + "admin: {listen: 127.0.0.1:0}\n")
        worker = stack.worker(config)
        wait_until(lambda: "admin pages" in worker.text(), "the worker is up")
        jobs = {"well": (TEXTS, None), "list": (LIST, None), "tensor": (TENSOR, None), "shape": ({"prompt": {CANARY: 1}}, None)}
        for status in (400, 404, 413, 422, 429, 500, 503):
            jobs[f"status-{status}"] = (TEXTS, {"status": status, "body": json.dumps(BODY)})
        jobs["plain"] = (TEXTS, {"status": 500, "body": f"<html>{CANARY}</html>"})
        jobs["memory"] = (TEXTS, {"status": 500, "body": json.dumps({"error": f"CUDA out of memory at {CANARY}"})})
        jobs["in-band"] = (TEXTS, {"in_band_error": f"failed on {CANARY}"})
        jobs["in-stream"] = (TEXTS, {"in_band_error": f"failed on {CANARY}", "after_events": 2})
        jobs["garbled"] = (TEXTS, {"garble": True})
        jobs["page"] = (TEXTS, {"wrong_content_type": True})
        jobs["aborted"] = (TEXTS, {"finish_reason": "abort"})
        engine.script(*({"match": {"request_id": job}, "action": action} for job, (_, action) in jobs.items() if action))

        seen = {}
        def submit(job):
            text = jobs[job][0]
            return stack.submit("--id", job, "-o", "json", "--model", "tensor" if "inputs" in text else "echo",
                                "--input", json.dumps(text))
        with concurrent.futures.ThreadPoolExecutor(len(jobs)) as pool:  # For most of them wait for their retries.
            done = dict(zip(jobs, pool.map(submit, jobs)))
        for job, answer in done.items():
            seen[f"stderr of {job}"] = answer.stderr
            self.assertEqual(CANARY in answer.stdout, job in ("well", "list"), f"the answer of {job}")
            shown = stack.run("status", job, "-o", "json")
            seen[f"status of {job}"] = shown.stdout + shown.stderr
            history = subprocess.run([stack.cli, "workflow", "show", "--address", stack.address, "-w", job, "-o", "json"],
                                     capture_output=True, text=True, check=True).stdout
            self.assertIn(CANARY if job != "tensor" else "FP32",
                          "".join(opaque(item) for item in payloads(json.loads(history))), "the test looks into payloads")
            seen[f"history of {job}"] = "\n".join(told(json.loads(history)))
            described = subprocess.run([stack.cli, "workflow", "describe", "--address", stack.address, "-w", job, "-o", "json"],
                                       capture_output=True, text=True, check=True).stdout
            seen[f"memo of {job}"] = "\n".join(told(json.loads(described)))
        seen["the worker's log"] = worker.text()
        page = next(json.loads(line)["address"] for line in worker.text().splitlines() if "admin pages" in line)
        seen["metrics"] = urllib.request.urlopen(f"http://{page}/metrics", timeout=PATIENCE).read().decode()
        seen["the engine's log"] = engine.calls.read_text()

        self.assertEqual([where for where, text in seen.items() if CANARY in text], [])


if __name__ == "__main__":
    unittest.main()
