"""The command `watch`, and what becomes of commands that wait when Temporal is away."""

import asyncio
import json
import os
import pathlib
import pty
import signal
import subprocess
import unittest

from temporalio.client import Client

from stack import PATIENCE, WORKER, Stack, wait_until

CHAT = json.dumps({"messages": [{"role": "user", "content": "hello"}]})


class WatchTest(unittest.TestCase):
    def setUp(self):
        self.stack = Stack()
        self.addCleanup(self.stack.close)
        self.engine = self.stack.engine()
        self.config = self.stack.config(self.engine, worker="serve: [high, normal]", model="max_concurrency: 4")

    def serve(self):
        return self.stack.worker(self.config)

    def waiting(self, *arguments, **streams):
        """A command that waits, as a child."""
        streams = streams or {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        child = subprocess.Popen([WORKER, *arguments, "--address", self.stack.address], text=True, cwd=self.stack.folder, **streams)
        self.addCleanup(child.wait)
        self.addCleanup(child.kill)
        return child

    def is_connected(self, child):
        """Its process has a connection to the server."""
        port = f":{self.stack.port:04X} 01 "
        with open(f"/proc/{child.pid}/net/tcp") as table:
            established = {line.split()[9] for line in table if port in line.replace("  ", " ")}
        links = pathlib.Path(f"/proc/{child.pid}/fd")
        return any(os.readlink(link) == f"socket:[{inode}]" for link in links.iterdir() for inode in established)

    def submit(self, job, *options):
        self.stack.submit("--model", "echo", "--input", CHAT, "--id", job, "--detach", *options)

    def batch_file(self, count):
        path = self.stack.folder / "items.jsonl"
        path.write_text("".join(json.dumps({"custom_id": str(number), "input": {"prompt": "one two"}, "model": "echo"}) + "\n"
                                for number in range(count)))
        return path


class Jobs(WatchTest):
    def test_every_change_is_a_line_of_json_and_the_last_is_final(self):
        self.engine.script({"times": 1, "action": {"status": 503}}, {"times": 1, "action": {"delay_ms": 3000}})
        self.submit("slow")
        watching = self.waiting("watch", "slow", "-o", "json")
        self.assertEqual(json.loads(watching.stdout.readline())["state"], "queued")
        self.serve()
        out, err = watching.communicate(timeout=PATIENCE)
        lines = [json.loads(line) for line in out.splitlines()]
        self.assertEqual(watching.returncode, 0, err)
        self.assertIn(("running", "infer"), [(line["state"], line["stage"]) for line in lines])
        self.assertIn({"Transient": 1}, [line["retries"] for line in lines])
        self.assertEqual(lines[-1]["state"], "completed")
        self.assertEqual(sum(line["state"] == "completed" for line in lines), 1)
        self.assertEqual(self.stack.run("watch", "slow").returncode, 0, "one that has ended")

    def test_other_ends_are_1_and_an_unknown_job_3(self):
        self.serve()
        self.stack.submit("--model", "ecko", "--input", CHAT, "--id", "typo")
        failed = self.stack.run("watch", "typo")
        self.assertEqual(failed.returncode, 1)
        self.assertIn("MODEL_NOT_FOUND", failed.stdout)
        self.assertIn("inference-worker models", failed.stderr)
        nobody = self.stack.run("watch", "nobody")
        self.assertEqual((nobody.returncode, nobody.stdout), (3, ""))
        self.assertIn("nobody", nobody.stderr)

    def test_a_job_that_no_worker_serves_says_so_and_a_signal_leaves_it(self):
        self.submit("waits", "--priority", "low")
        for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            watching = self.waiting("watch", "waits")
            self.assertIn("queued", watching.stdout.readline())
            self.assertIn("no worker serves inference-low", watching.stderr.readline())
            watching.send_signal(number)
            _, err = watching.communicate(timeout=PATIENCE)
            self.assertEqual(watching.returncode, code)
            self.assertIn("inference-worker watch waits", err)
        self.assertEqual(self.stack.status("waits")["state"], "queued")


class Batches(WatchTest):
    def start_batch(self):
        self.serve()
        self.engine.script({"action": {"delay_ms": 500}})
        # Counts move with each chunk.
        request = {"items_ref": f"file://{self.batch_file(24)}", "chunk_size": 4, "max_parallel_chunks": 1}

        async def start():
            client = await Client.connect(self.stack.address)
            await client.start_workflow("BatchWorkflow", request, id="b1", task_queue="inference-high")
        asyncio.run(start())

    def test_without_a_terminal_the_items_are_lines(self):
        self.start_batch()
        done = self.stack.run("watch", "b1")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("completed, 24/24\n", done.stdout)
        self.assertNotIn("\x1b", done.stdout + done.stderr)
        text = self.stack.run("status", "b1").stdout
        self.assertIn("24 succeeded, 0 failed of 24", text)

    def test_on_a_terminal_they_are_a_bar(self):
        self.start_batch()
        mine, its = pty.openpty()
        watching = self.waiting("watch", "b1", stdin=its, stdout=its, stderr=its)
        os.close(its)
        shown = b""
        try:
            while part := os.read(mine, 4096):
                shown += part
        except OSError:
            pass  # The other end is closed.
        os.close(mine)
        self.assertEqual(watching.wait(PATIENCE), 0)
        self.assertIn(b"[#", shown)
        self.assertIn(b"completed, 24/24", shown)


class WhileTemporalIsAway(WatchTest):
    def test_what_waits_goes_on_when_it_is_back(self):
        self.serve()
        self.engine.script({"times": 1, "action": {"delay_ms": 3000}})
        self.submit("job")
        wait_until(lambda: self.engine.events("received", "job"), "the engine works on it")
        self.submit("later", "--priority", "low")
        children = [self.waiting("result", "job"), self.waiting("watch", "job"), self.waiting("result", "later", "--timeout", "20s")]
        self.assertIn("running", children[1].stdout.readline())
        wait_until(lambda: all(map(self.is_connected, children)), "all of them wait")
        self.stack.server.kill()
        for child in children:
            self.assertIn("trying on", child.stderr.readline())
        self.stack.start_server()
        ends = [child.communicate(timeout=PATIENCE) for child in children]
        self.assertEqual([child.returncode for child in children], [0, 0, 4], ends)
        self.assertEqual(ends[0][0], "hello\n")
        self.assertIn("Temporal answers again", ends[0][1])
        self.assertIn("completed", ends[1][0])


if __name__ == "__main__":
    unittest.main()
