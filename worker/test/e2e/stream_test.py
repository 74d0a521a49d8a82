"""Text that is shown while it is made, by `submit --stream`, through either channel, whatever happens to worker and channel."""

import json
import os
import pathlib
import pty
import signal
import socket
import statistics
import subprocess
import time
import unittest
import urllib.request

from stack import PATIENCE, WORKER, Process, Stack, free_port, wait_until

# Debian's redis-tools has the server as this program, which goes by its name.
REDIS = "/usr/bin/redis-check-rdb"
WORDS = [f"word{number}" for number in range(60)]
# The engine answers the last word first.
TEXT = " ".join(reversed(WORDS))
CHAT = json.dumps({"messages": [{"role": "user", "content": " ".join(WORDS)}]})
CANARY = "canary-4712"
# A promise of 20 ms, measured and printed; a machine that is busy with other things may miss it.
LATE_MS = 150


def now_us():
    return time.time_ns() // 1000


class Redis(Process):
    def __init__(self, stack, port):
        super().__init__(stack, "redis", ["redis-server", "--port", port, "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
                         executable=REDIS)
        self.port = port

        def serves():
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", port)) == 0
        wait_until(serves, "Redis serves")


class Reader:
    """`submit --stream` under way, and when each part of its output came."""

    def __init__(self, stack, *arguments, terminal=False):
        self.read_end, out = pty.openpty() if terminal else os.pipe()
        self.process = Process(stack, "submit", [WORKER, "submit", "--stream", "--model", "echo", *arguments], stdout=out,
                               cwd=stack.folder, env={**os.environ, "TEMPORAL_ADDRESS": stack.address})
        os.close(out)
        self.parts = []

    def next(self):
        """Waits for more; None at the end."""
        try:
            part = os.read(self.read_end, 65536)
        except OSError:  # Of a terminal that is closed.
            part = b""
        self.parts.append((now_us(), part.decode()))
        return part.decode() or None

    def until(self, text):
        while text not in self.text():
            assert self.next(), self.text() + self.process.text()

    def rest(self):
        while self.next():
            pass
        code = self.process.wait()
        os.close(self.read_end)
        return code

    def text(self):
        return "".join(text for _, text in self.parts)


class Channel:
    """The same for each channel; SETTING is what the configuration says of it."""

    SETTING = ""

    def setUp(self):
        self.stack = Stack()
        self.addCleanup(self.stack.close)

    def serve(self, *engine_options, channel=None, more="", **config):
        self.engine = self.stack.engine(*engine_options)
        self.config = self.stack.config(self.engine, **config)
        setting = f"events: {{channel: \"{channel}\"}}\n" if channel else self.SETTING
        self.config.write_text(self.config.read_text() + setting + more)
        worker = self.stack.worker(self.config)
        wait_until(lambda: "serving" in worker.text(), "the worker is up")
        return worker

    def told(self, job):
        """All events of a job that has ended."""
        return wait_until(lambda: (found := self.events(job))[-1]["type"] == "end" and found, "the end is told")

    def log(self, worker, part):
        return [json.loads(line) for line in worker.text().splitlines() if part in line]

    def test_the_text_comes_in_order_and_whole_and_is_printed_once(self):
        self.serve("--decode-us-per-token", 10_000)
        reader = Reader(self.stack, "--input", CHAT)
        self.assertEqual(reader.rest(), 0, reader.process.text())
        self.assertEqual(reader.text(), TEXT + "\n")
        self.assertGreater(len(reader.parts), 5, "it came in pieces")
        self.assertEqual(reader.process.text(), "")

    def test_the_first_token_is_shown_as_soon_as_the_engine_has_sent_it(self):
        self.serve("--latency-ms", 300, "--decode-us-per-token", 20_000)
        delays = []
        for number in range(9):
            job = f"first-{number}"
            reader = Reader(self.stack, "--input", CHAT, "--id", job, terminal=True)
            reader.next()
            shown = reader.parts[0][0]
            self.assertTrue(reader.parts[0][1].startswith("word59"), reader.parts[0])
            reader.rest()
            sent = self.engine.events("finished", job)[0]["first_token_unix_us"]
            delays.append((shown - sent) / 1000)
        print(f"{type(self).__name__}: first token shown after {statistics.median(delays):.1f} ms (median), "
              f"{min(delays):.1f} to {max(delays):.1f}", flush=True)
        self.assertLessEqual(statistics.median(delays), LATE_MS, delays)

    def test_as_json_every_event_is_a_line_and_the_response_is_the_last(self):
        self.serve()
        done = self.stack.submit("--stream", "--model", "echo", "--input", CHAT, "--id", "j", "-o", "json")
        self.assertEqual(done.returncode, 0, done.stderr)
        *events, response = map(json.loads, done.stdout.splitlines())
        self.assertEqual((response["content"], response["status"]), (TEXT, "completed"))
        types = [event["type"] for event in events]
        self.assertEqual([kind for kind in types if kind != "token"], ["stage", "stage", "progress", "stage", "end"])
        self.assertEqual([event["data"]["stage"] for event in events if event["type"] == "stage"],
                         ["preprocess", "infer", "postprocess"])
        tokens = [event for event in events if event["type"] == "token"]
        self.assertEqual("".join(event["data"]["text"] for event in tokens), TEXT)
        self.assertEqual({(event["job_id"], event["epoch"]) for event in tokens}, {("j", 1)})
        self.assertEqual([event["seq"] for event in tokens], list(range(2, 2 + len(tokens))))
        self.assertEqual(len({event["id"] for event in events}), len(events))
        self.assertEqual(events[-1]["data"]["state"], "completed")
        self.assertEqual(events[-1]["data"]["usage"]["completion_tokens"], 60)

    def test_a_worker_that_is_killed_in_the_middle_leaves_one_clean_whole_text(self):
        worker = self.serve("--decode-us-per-token", 20_000)
        reader = Reader(self.stack, "--input", CHAT, "--id", "killed")
        reader.until("word50")
        worker.kill()
        self.stack.worker(self.config)
        self.assertEqual(reader.rest(), 0, reader.process.text())
        self.assertEqual(reader.text(), TEXT + "\n")
        self.assertEqual(reader.process.text(), "")
        self.assertGreaterEqual(len(self.engine.events("received", "killed")), 2)

        again = self.stack.submit("--stream", "--model", "echo", "--input", CHAT, "--id", "killed", "-o", "json")
        *events, response = map(json.loads, again.stdout.splitlines())
        self.assertEqual(response["attempts"]["worker_lost"], 1)
        epochs = [event["epoch"] for event in events if event["type"] in ("token", "reset")]
        self.assertEqual(epochs, sorted(epochs))
        resets = [event["epoch"] for event in events if event["type"] == "reset"]
        self.assertEqual(resets, [2], "the second try says that the first is void")
        self.assertEqual("".join(event["data"]["text"] for event in events if event["type"] == "token" and event["epoch"] == 2), TEXT)

    def test_a_text_that_broke_off_goes_on_without_a_seam_and_one_that_is_another_begins_on_its_own_line(self):
        self.serve("--decode-us-per-token", 10_000)
        breaks = {"reset": True, "after_events": 20}
        self.engine.script({"match": {"request_id": "same", "nth": [1]}, "action": breaks},
                           {"match": {"request_id": "other", "nth": [1]}, "action": breaks},
                           {"match": {"request_id": "other", "nth": [2]}, "action": {"tokens": 5}})
        same = Reader(self.stack, "--input", CHAT, "--id", "same")
        self.assertEqual(same.rest(), 0, same.process.text())
        self.assertEqual(same.text(), TEXT + "\n")
        self.assertEqual(same.process.text(), "")

        other = Reader(self.stack, "--input", CHAT, "--id", "other")
        self.assertEqual(other.rest(), 0, other.process.text())
        lost, text, end = other.text().split("\n")
        self.assertTrue(lost and TEXT.startswith(lost), lost)
        self.assertEqual((text, end), (" ".join(reversed(WORDS[-5:])), ""))
        self.assertEqual(other.process.text(), "what is printed above is not the answer, which begins anew:\n")

    def test_two_readers_and_one_that_is_slow_have_the_whole_text_and_do_not_slow_the_job(self):
        self.serve("--decode-us-per-token", 5_000)
        slow = Reader(self.stack, "--input", CHAT, "--id", "shared")
        slow.next()
        slow.process.child.send_signal(signal.SIGSTOP)
        quick = Reader(self.stack, "--input", CHAT, "--id", "shared")
        self.assertEqual(quick.rest(), 0, quick.process.text())
        self.assertEqual(quick.text(), TEXT + "\n")
        finished = self.engine.events("finished", "shared")[0]
        self.assertLess(finished["took_us"], 2_000_000, "60 tokens of 5 ms")
        slow.process.child.send_signal(signal.SIGCONT)
        self.assertEqual(slow.rest(), 0, slow.process.text())
        self.assertEqual(slow.text(), TEXT + "\n")
        self.assertEqual(len(self.engine.events("received", "shared")), 1)

    def test_a_job_without_stream_tells_its_stages_and_no_text(self):
        self.serve()
        self.assertEqual(self.stack.submit("--model", "echo", "--input", CHAT, "--id", "quiet").returncode, 0)
        done = self.stack.submit("--stream", "--model", "echo", "--input", CHAT, "--id", "quiet", "-o", "json")
        types = [json.loads(line).get("type") for line in done.stdout.splitlines()[:-1]]
        self.assertEqual(types, ["stage", "stage", "stage", "end"])

    def test_an_answer_that_postprocess_filters_is_not_told_before(self):
        self.serve(model="template: {filters: [strip_reasoning]}")
        chat = json.dumps({"messages": [{"role": "user", "content": "answer </think> secret <think>"}]})
        done = self.stack.submit("--stream", "--model", "echo", "--input", chat, "-o", "json")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("secret", done.stdout)
        self.assertEqual(json.loads(done.stdout.splitlines()[-1])["content"].strip(), "answer")

    def test_a_batch_tells_how_each_chunk_went(self):
        self.serve()
        lines = [{"custom_id": f"i{number}", "method": "POST", "url": "/v1/completions", "body": {"model": "echo", "prompt": "a b"}}
                 for number in range(10)]
        file = self.stack.folder / "items.jsonl"
        file.write_text("".join(json.dumps(line) + "\n" for line in lines))
        done = self.stack.run("batch", file, "--output", self.stack.folder / "out.jsonl", "--id", "batch")
        self.assertEqual(done.returncode, 0, done.stderr)
        events = self.told("batch")
        self.assertEqual([event["type"] for event in events], ["stage", "stage", "progress", "stage", "end"])
        self.assertEqual(events[2]["data"], {"first": 0, "succeeded": 10, "failed": 0, "remaining": 0})
        self.assertEqual(events[-1]["data"]["counts"]["succeeded"], 10)

    def test_texts_are_in_no_log_and_no_metric(self):
        worker = self.serve("--decode-us-per-token", 10_000, more="admin: {listen: 127.0.0.1:0}\n")
        chat = json.dumps({"messages": [{"role": "user", "content": " ".join([CANARY, *WORDS, CANARY])}]})
        reader = Reader(self.stack, "--input", chat, "--id", "canary")
        self.assertEqual(reader.rest(), 0, reader.process.text())
        self.assertEqual(reader.text().count(CANARY), 2)
        self.break_channel()
        self.stack.submit("--stream", "--model", "echo", "--input", chat, "--id", "canary-down", "--timeout", "20s")
        page = self.log(worker, "admin pages")[0]["address"]
        metrics = urllib.request.urlopen(f"http://{page}/metrics", timeout=PATIENCE).read().decode()
        self.assertIn("canary-down", worker.text())
        self.assertEqual([where for where, text in {"log": worker.text(), "metrics": metrics,
                                                    "stderr": reader.process.text()}.items() if CANARY in text], [])


class File(Channel, unittest.TestCase):
    """The default: a folder beside the configuration."""

    def folder(self):
        return self.stack.folder / "jobs-data/events"

    def events(self, job):
        return [json.loads(line) for line in (self.folder() / f"{job}.jsonl").read_text().splitlines()]

    def break_channel(self):
        self.folder().rename(self.stack.folder / "moved")
        self.folder().write_text("no folder")

    def test_two_workers_of_one_machine_write_to_one_folder(self):
        self.serve()
        self.stack.worker(self.config)
        for number in range(6):
            done = self.stack.submit("--stream", "--model", "echo", "--input", CHAT)
            self.assertEqual((done.returncode, done.stdout), (0, TEXT + "\n"), done.stderr)

    def test_a_file_has_the_text_whole_too(self):
        worker = self.serve("--decode-us-per-token", 20_000)
        self.engine.script({"match": {"request_id": "other", "nth": [2]}, "action": {"tokens": 5}})
        out = self.stack.folder / "answer.txt"
        with open(out, "w") as file:
            reader = Process(self.stack, "submit", [WORKER, "submit", "--stream", "--model", "echo", "--input", CHAT, "--id", "other"],
                             stdout=file, cwd=self.stack.folder, env={**os.environ, "TEMPORAL_ADDRESS": self.stack.address})
        wait_until(lambda: "word50" in out.read_text(), "it is written while it grows")
        worker.kill()
        self.stack.worker(self.config)
        self.assertEqual(reader.wait(), 0, reader.text())
        self.assertEqual(out.read_text(), " ".join(reversed(WORDS[-5:])) + "\n", "the second answer is shorter, and stands there alone")

    def test_without_its_folder_the_result_is_printed_at_the_end_and_said_so(self):
        worker = self.serve()
        wait_until(self.folder().exists, "the worker makes its folder")
        self.break_channel()
        done = self.stack.submit("--stream", "--model", "echo", "--input", CHAT)
        self.assertEqual((done.returncode, done.stdout), (0, TEXT + "\n"), done.stderr)
        self.assertIn("no live events, the answer is printed at its end: ", done.stderr)
        self.assertEqual(len(self.log(worker, "live events are not written")), 1)

    def test_with_none_nothing_is_written_and_the_result_is_printed(self):
        self.serve(channel="none")
        done = self.stack.submit("--stream", "--model", "echo", "--input", CHAT)
        self.assertEqual((done.returncode, done.stdout), (0, TEXT + "\n"), done.stderr)
        self.assertIn("events.channel is none", done.stderr)
        self.assertFalse(self.folder().exists())


class RedisStreams(Channel, unittest.TestCase):
    def setUp(self):
        super().setUp()
        self.redis = Redis(self.stack, free_port())
        self.SETTING = f"events: {{channel: \"redis://127.0.0.1:{self.redis.port}\"}}\n"

    def ask(self, *words):
        done = subprocess.run(["redis-cli", "-p", str(self.redis.port), "--json", *words], capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    def events(self, job, after="-"):
        entries = self.ask("XRANGE", f"stream:{job}", after, "+")
        events = []
        for entry, fields in entries:
            event = dict(zip(fields[::2], fields[1::2]))
            events.append({**event, "id": entry, "data": json.loads(event["data"])})
        return events

    def break_channel(self):
        self.redis.kill()

    def test_any_redis_client_reads_on_from_an_id(self):
        self.serve()
        self.assertEqual(self.stack.submit("--stream", "--model", "echo", "--input", CHAT, "--id", "resumed").returncode, 0)
        events = self.told("resumed")
        third = events[2]["id"]
        self.assertEqual(self.events("resumed", f"({third}"), events[3:])
        left = self.ask("TTL", "stream:resumed")
        self.assertTrue(3000 < left <= 3600, left)

    def test_redis_that_is_killed_in_the_middle_costs_the_reader_no_text(self):
        worker = self.serve("--decode-us-per-token", 20_000)
        reader = Reader(self.stack, "--input", CHAT, "--id", "j")
        reader.until("word50")
        self.redis.kill()
        self.assertEqual(reader.rest(), 0, reader.process.text())
        self.assertEqual(reader.text(), TEXT + "\n")
        self.assertEqual(reader.process.text().count("no live events"), 1)
        self.assertEqual(len(self.log(worker, "live events are not written")), 1)
        took = self.engine.events("finished", "j")[0]["took_us"]
        self.assertLess(took, 3_000_000, "60 tokens of 20 ms")

        self.redis = Redis(self.stack, self.redis.port)
        def is_back():
            self.stack.submit("--stream", "--model", "echo", "--input", CHAT)
            return self.log(worker, "live events are written again")
        self.assertEqual(len(wait_until(is_back, "the worker finds Redis again")), 1)

    def test_a_redis_that_hangs_slows_no_job(self):
        self.serve("--decode-us-per-token", 5_000)
        self.redis.child.send_signal(signal.SIGSTOP)
        self.addCleanup(self.redis.child.send_signal, signal.SIGCONT)
        done = self.stack.submit("--model", "echo", "--input", CHAT, "--id", "hanging", "-o", "json", "--stream")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout.splitlines()[-1])["content"], TEXT)
        self.assertLess(self.engine.events("finished", "hanging")[0]["took_us"], 2_000_000)

    def test_without_redis_the_result_is_printed_at_the_end_and_said_so(self):
        self.serve()
        self.redis.kill()
        done = self.stack.submit("--stream", "--model", "echo", "--input", CHAT)
        self.assertEqual((done.returncode, done.stdout), (0, TEXT + "\n"), done.stderr)
        self.assertIn("no live events, the answer is printed at its end: redis 127.0.0.1:", done.stderr)


if __name__ == "__main__":
    unittest.main()
