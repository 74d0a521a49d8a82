"""The engines that are measured: what they are asked, how the worker reaches them, and what they did at which time."""

import json
import pathlib
import random
import subprocess

from load import request

ROOT = pathlib.Path(__file__).resolve().parents[2]


def middle(begin, end):
    """Without the tenths in which it fills and empties."""
    return begin + (end - begin) / 10, end - (end - begin) / 10


class Sim:
    """engine-sim with texts of many lengths, so that calls end one by one; its log has the times."""

    name, default_items, default_at_once, passes, sample_seconds = "engine-sim", 4000, 64, 1, 0.05

    def __init__(self, bench, items, at_once):
        self.options, self.at_once, self.log = bench.options, at_once, bench.folder / "calls.jsonl"
        ports = bench.start_engine(
            bench.options.bin / "engine-sim", "--model", "echo", "--http-port", 0, "--control-port", 0, "--log", self.log,
            "--slots", at_once, "--latency-ms", bench.options.latency_ms, "--prefill-us-per-token",
            bench.options.prefill_us, "--decode-us-per-token", bench.options.decode_us)
        self.port, self.watched, self.look_at = ports["http"], ports["control"], request("GET", "/sim/counts")
        chance = random.Random(1)
        self.asked = [(chance.randint(20, 60), chance.randint(8, 40)) for _ in range(items)]
        words = [f"word{number}" for number in range(1000)]
        self.bodies = [{"model": "echo", "messages": [{"role": "user", "content": " ".join(chance.choices(words, k=length))}],
                        "max_tokens": tokens} for length, tokens in self.asked]

    def lines(self):
        return [{"custom_id": f"item-{number}", "method": "POST", "url": "/v1/chat/completions", "body": body}
                for number, body in enumerate(self.bodies)]

    def requests(self, items):
        return [request("POST", "/v1/chat/completions", json.dumps(body).encode()) for body in self.bodies[:items]]

    def model(self):
        return f"echo: {{engine: vllm, endpoints: [http://127.0.0.1:{self.port}/v1], max_concurrency: {self.at_once}}}"

    def capacity(self, _):
        """Items a second, if no slot were ever free."""
        taken = sum(self.options.latency_ms * 1000 + length * self.options.prefill_us +
                    min(length, tokens) * self.options.decode_us for length, tokens in self.asked)
        return len(self.asked) / taken * 1_000_000 * self.at_once

    def mark(self):
        return self.log.stat().st_size

    def seen(self, answer):
        return json.loads(answer)["running"]

    def report(self, mark, samples, items):
        with open(self.log) as log:
            log.seek(mark)
            events = [json.loads(line) for line in log]
        times = {name: [event["unix_us"] / 1_000_000 for event in events if event["event"] == name]
                 for name in ("received", "finished")}
        if len(times["received"]) != items or len(times["finished"]) != items:
            raise SystemExit(f"of {items} items {len(times['received'])} calls were made, {len(times['finished'])} answered")
        begin, end = times["received"][0], times["finished"][-1]
        first, last = middle(begin, end)
        free = [self.at_once - running for when, running in samples if first < when < last]
        return {"begin": begin, "end": end,
                "samples with free slots in the middle of the run, %": sum(map(bool, free)) / max(len(free), 1) * 100,
                "slots free there on average, %": sum(free) / max(len(free), 1) / self.at_once * 100}


class Triton:
    """The real Triton with the digit model; its own statistics have the times."""

    name, default_items, default_at_once, passes, sample_seconds = "Triton", 20_000, 8, 10, 0.02
    ROWS = 32  # Of one call, on both sides.

    def __init__(self, bench, items, at_once):
        self.at_once = at_once
        ports = bench.start_engine(ROOT / "engines/triton/run", "--model", "digits")
        self.port = self.watched = ports["http"]
        self.endpoint = f"127.0.0.1:{ports['grpc']}" if bench.options.grpc else f"http://127.0.0.1:{self.port}"
        self.look_at = request("GET", "/v2/models/digits/stats")
        folder = subprocess.run([ROOT / "engines/triton/setup", "--folder"], check=True, capture_output=True, text=True).stdout
        with open(f"{folder.strip()}/digits-heldout.jsonl") as heldout:
            images = [json.loads(line)["input"]["inputs"][0] for line in heldout]
        self.images = [images[number % len(images)] for number in range(items)]

    def lines(self):
        return [{"custom_id": f"item-{number}", "method": "POST", "url": "/v2/models/digits/infer", "body": {"inputs": [image]}}
                for number, image in enumerate(self.images)]

    def requests(self, items):
        made = []
        for start in range(0, items, self.ROWS):
            rows = self.images[start:min(start + self.ROWS, items)]
            tensor = {**rows[0], "shape": [len(rows), 64], "data": [pixel for row in rows for pixel in row["data"]]}
            made.append(request("POST", "/v2/models/digits/infer", json.dumps({"inputs": [tensor]}).encode()))
        return made

    def model(self):
        return (f"digits: {{engine: triton, endpoints: [{self.endpoint}], max_batch: {self.ROWS}, "
                f"max_concurrency: {self.at_once}}}")

    def capacity(self, samples):
        """Items a second while the model works; calls that it runs together count together."""
        first, last = samples[0][1], samples[-1][1]
        return (last["rows"] - first["rows"]) / (last["busy"] - first["busy"])

    def mark(self):
        return None

    def seen(self, answer):
        stats = json.loads(answer)["model_stats"][0]
        nanoseconds = sum(batch[step]["ns"] for batch in stats["batch_stats"] for step in batch if step.startswith("compute_"))
        return {"rows": stats["inference_count"], "runs": stats["execution_count"], "busy": nanoseconds / 1_000_000_000}

    def report(self, _, samples, items):
        before, after = samples[0][1], samples[-1][1]
        if after["rows"] - before["rows"] != items:
            raise SystemExit(f"of {items} items {after['rows'] - before['rows']} were answered")
        begin = max(when for when, seen in samples if seen["rows"] == before["rows"])
        end = min(when for when, seen in samples if seen["rows"] == after["rows"])
        first, last = middle(begin, end)
        within = [(when, seen["busy"]) for when, seen in samples if first <= when <= last]
        idle = 1 - (within[-1][1] - within[0][1]) / (within[-1][0] - within[0][0]) if len(within) > 1 else float("nan")
        return {"begin": begin, "end": end, "model idle in the middle of the run, %": idle * 100,
                "rows in one run of the model": items / (after["runs"] - before["runs"])}
