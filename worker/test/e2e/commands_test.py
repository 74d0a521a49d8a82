"""The commands beside `submit`, and the ways in which one that waits can end."""

import json
import os
import pathlib
import signal
import subprocess
import unittest
import urllib.error
import urllib.request

from stack import PATIENCE, WORKER, Stack, free_port, wait_until

CHAT = json.dumps({"messages": [{"role": "user", "content": "hello"}]})


def page(address, path):
    try:
        with urllib.request.urlopen(f"http://{address}{path}", timeout=PATIENCE) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        return refused.code, refused.read().decode()


def log_lines(process):
    return [json.loads(line) for line in process.text().splitlines() if line.startswith("{")]


class Served(unittest.TestCase):
    """A worker that serves the queues high and normal; nobody serves low."""

    @classmethod
    def setUpClass(cls):
        cls.stack = Stack()
        cls.addClassCleanup(cls.stack.close)
        cls.engine = cls.stack.engine()
        cls.config = cls.stack.config(cls.engine, worker="serve: [high, normal]")
        cls.config.write_text(cls.config.read_text() + "admin: {listen: 127.0.0.1:0}\n")
        cls.worker = cls.stack.worker(cls.config)
        wait_until(lambda: "admin pages" in cls.worker.text(), "the worker is up")

    def tearDown(self):
        self.engine.script()

    def slow_down(self):
        self.engine.script({"action": {"delay_ms": 60_000}})

    def wait_for_start(self, job):
        wait_until(lambda: self.engine.events("received", job), "the engine works on it")

    def finished_line(self, job):
        """The one line that the worker logs of the job."""
        def lines():
            return [line for line in log_lines(self.worker) if line.get("job_id") == job]
        wait_until(lines, "the line is written")
        self.stack.run("result", job)
        self.assertEqual(len(lines()), 1)
        return lines()[0]

    def waiting(self, *arguments):
        """A command that waits, as a child."""
        return subprocess.Popen([WORKER, *arguments, "--address", self.stack.address], text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=self.stack.folder)

    def test_a_job_that_no_worker_has_seen_is_queued_with_its_model_and_priority(self):
        job = self.stack.submit("--model", "echo", "--priority", "low", "--input", CHAT, "--detach",
                                "-o", "json").stdout
        status = self.stack.status(json.loads(job)["job_id"])
        self.assertEqual((status["state"], status["model"], status["priority"]), ("queued", "echo", "low"))

    def test_a_terminated_job_is_failed_though_its_worker_thinks_it_runs(self):
        self.slow_down()
        job = self.stack.submit("--model", "echo", "--input", CHAT, "--id", "ended", "--detach").stdout.strip()
        self.wait_for_start(job)
        subprocess.run([self.stack.cli, "workflow", "terminate", "--address", self.stack.address, "-w", job],
                       check=True, capture_output=True)
        self.assertEqual(self.stack.status(job)["state"], "failed")
        result = self.stack.run("result", job)
        self.assertEqual(result.returncode, 1)
        self.assertIn("terminated", result.stderr)

    def test_a_wait_that_is_over_ends_with_4_and_says_how_to_come_back(self):
        self.slow_down()
        over = self.stack.submit("--model", "echo", "--input", CHAT, "--id", "slow", "--timeout", "500ms")
        self.assertEqual(over.returncode, 4)
        self.assertEqual(over.stdout, "")
        self.assertIn("inference-worker result slow", over.stderr)
        self.assertEqual(self.stack.run("result", "slow", "--timeout", "0").returncode, 4)
        self.stack.run("cancel", "slow")

    def test_a_signal_ends_the_wait_and_not_the_job(self):
        for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            with self.subTest(number=number):
                self.slow_down()
                job = f"left-{code}"
                waiting = self.waiting("submit", "--model", "echo", "--input", CHAT, "--id", job)
                self.wait_for_start(job)
                waiting.send_signal(number)
                _, said = waiting.communicate(timeout=PATIENCE)
                self.assertEqual(waiting.returncode, code)
                self.assertIn(f"inference-worker result {job}", said)
                self.assertEqual(self.stack.status(job)["state"], "running")
                self.stack.run("cancel", job)

    def test_a_second_submit_of_a_running_id_joins_it(self):
        self.engine.script({"times": 1, "action": {"delay_ms": 1000}})
        both = [self.waiting("submit", "--model", "echo", "--input", CHAT, "--id", "shared") for _ in range(2)]
        answers = [each.communicate(timeout=PATIENCE)[0] for each in both]
        self.assertEqual([each.returncode for each in both], [0, 0])
        self.assertEqual(answers[0], answers[1])
        self.assertEqual(len(self.engine.events("received", "shared")), 1)

    def test_a_failed_job_is_a_report_for_scripts_and_a_line_for_people(self):
        failed = self.stack.submit("--model", "ecko", "--input", CHAT, "--id", "typo", "-o", "json")
        self.assertEqual(failed.returncode, 1)
        report = json.loads(failed.stdout)
        self.assertEqual((report["job_id"], report["status"]), ("typo", "failed"))
        self.assertEqual(report["error"]["code"], "MODEL_NOT_FOUND")
        self.assertEqual(report["error"]["attempt"], 0)
        self.assertIn("job 'typo' failed", failed.stderr)

    def test_input_comes_from_a_file_or_from_stdin(self):
        (self.stack.folder / "chat.json").write_text(CHAT)
        self.assertEqual(self.stack.submit("--model", "echo", "--input", "@chat.json").stdout, "hello\n")
        self.assertEqual(subprocess.run([WORKER, "submit", "--address", self.stack.address, "--model", "echo",
                                         "--input", "-"], input=CHAT, capture_output=True, text=True,
                                        timeout=PATIENCE).stdout, "hello\n")

    def test_a_finished_job_is_left_as_it_is_by_a_cancel(self):
        self.stack.submit("--model", "echo", "--input", CHAT, "--id", "done")
        cancel = self.stack.run("cancel", "done", "-o", "json")
        self.assertEqual(cancel.returncode, 0)
        self.assertEqual(json.loads(cancel.stdout),
                         {"job_id": "done", "cancel_requested": False, "state": "completed"})

    def test_a_workflow_of_another_program_is_no_job(self):
        subprocess.run([self.stack.cli, "workflow", "start", "--address", self.stack.address, "-w", "foreign",
                        "--type", "Foreign", "--task-queue", "foreign"], check=True, capture_output=True)
        status = self.stack.run("status", "foreign")
        self.assertEqual(status.returncode, 3)
        self.assertEqual(status.stdout, "")
        self.assertIn("Foreign", status.stderr)

    def test_the_line_of_a_finished_job_has_the_documented_fields_and_no_prompt(self):
        self.stack.submit("--model", "echo", "--input", json.dumps({"prompt": "canary-prompt"}), "--id", "logged")
        finished = self.finished_line("logged")
        for field in ("timestamp", "job_id", "model", "input_tokens", "output_tokens", "latency_ms", "status"):
            self.assertIn(field, finished)
        self.assertEqual((finished["model"], finished["status"]), ("echo", "completed"))
        self.assertGreater(finished["output_tokens"], 0)
        self.assertNotIn("canary", self.worker.text())
        response = json.loads(self.stack.run("result", "logged", "-o", "json").stdout)
        self.assertGreaterEqual(finished["latency_ms"], response["timings"]["total_ms"])

    def test_a_job_that_fails_in_infer_leaves_one_line_that_says_why(self):
        self.engine.script({"action": {"status": 400}})
        self.stack.submit("--model", "echo", "--input", CHAT, "--id", "refused")
        finished = self.finished_line("refused")
        self.assertEqual((finished["status"], finished["class"], finished["code"]), ("failed", "Fatal", "VALIDATION"))
        self.assertIn("400", finished["error"])

    def test_a_cancelled_job_leaves_one_line(self):
        self.slow_down()
        self.stack.submit("--model", "echo", "--input", CHAT, "--id", "dropped", "--detach")
        self.wait_for_start("dropped")
        self.stack.run("cancel", "dropped")
        self.assertEqual(self.finished_line("dropped")["status"], "canceled")

    def test_the_admin_pages_tell_that_the_worker_is_ready_and_cores_metrics(self):
        address = next(line["address"] for line in log_lines(self.worker) if line["message"] == "admin pages")
        self.assertEqual(page(address, "/healthz")[0], 200)
        wait_until(lambda: page(address, "/readyz")[0] == 200, "the worker polls")
        status, text = page(address, "/metrics")
        self.assertEqual(status, 200)
        self.assertIn("temporal_", text)

    def test_queues_shows_backlog_and_workers_and_the_slots_where_a_worker_can_be_asked(self):
        address = next(line["address"] for line in log_lines(self.worker) if line["message"] == "admin pages")
        wait_until(lambda: page(address, "/readyz")[0] == 200, "the worker polls")
        config = self.stack.folder / "queues.yaml"
        config.write_text(f"worker: {{serve: [high, low]}}\nadmin: {{listen: {address}}}\n")

        shown = self.stack.run("queues", "--config", config, "-o", "json")
        self.assertEqual(shown.returncode, 0, shown.stderr)
        high, low = json.loads(shown.stdout)
        self.assertEqual((high["queue"], high["workers"], low["workers"]), ("inference-high", 1, 0))
        self.assertEqual(high["floor"], 5)
        self.assertEqual(high["slots_used"], 0)
        self.assertNotIn("slots_used", low)

        text = self.stack.run("queues", "--config", config)
        self.assertIn("inference-high", text.stdout)
        config.write_text("admin: {listen: 127.0.0.1:1}\n")
        alone = self.stack.run("queues", "--config", config, "-o", "json")
        self.assertEqual(alone.returncode, 0)
        self.assertIn("no worker tells of its shares", alone.stderr)
        self.assertEqual(len(json.loads(alone.stdout)), 3)

    def test_models_tells_which_engine_is_ready_and_why_another_is_not(self):
        config = self.stack.folder / "models.yaml"
        config.write_text(f"""models:
  echo: {{engine: vllm, endpoints: [http://127.0.0.1:{self.engine.http}/v1]}}
  away: {{engine: triton, endpoints: [127.0.0.1:{free_port()}]}}
""")
        listed = self.stack.run("models", "--config", config, "-o", "json")
        self.assertEqual(listed.returncode, 0, listed.stderr)
        models = {model["model"]: model["endpoints"][0] for model in json.loads(listed.stdout)}
        self.assertTrue(models["echo"]["ready"])
        self.assertFalse(models["away"]["ready"])
        self.assertIn("away", models["away"]["error"]["message"])
        self.assertIn("MODEL", self.stack.run("models", "--config", config).stdout)

    def test_doctor_finds_all_in_order_or_names_the_layer_and_the_next_step(self):
        healthy = self.stack.run("doctor", "--config", self.config, "-o", "json")
        self.assertEqual(healthy.returncode, 0, healthy.stdout)
        checks = {check["check"]: check["status"] for check in json.loads(healthy.stdout)["checks"]}
        for name in ("dns", "tcp", "tls", "namespace", "queue inference-high", "engine echo"):
            self.assertEqual(checks[name], "ok", name)

        nobody = self.stack.run("doctor", "--config", self.config, "--address", f"127.0.0.1:{free_port()}")
        self.assertEqual(nobody.returncode, 5)
        self.assertIn("fail  tcp", nobody.stdout)
        self.assertIn("next: ", nobody.stdout)

        absent = self.stack.run("doctor", "--config", self.config, "--namespace", "absent")
        self.assertEqual(absent.returncode, 5)
        self.assertIn("there is no namespace 'absent'", absent.stdout)

    def test_a_worker_without_a_server_ends_with_5_and_with_a_bad_configuration_with_78(self):
        away = self.stack.run("worker", "--config", self.config, "--address", f"127.0.0.1:{free_port()}")
        self.assertEqual(away.returncode, 5)
        self.assertIn("cannot connect to Temporal", away.stderr)

        bad = self.stack.folder / "bad.yaml"
        bad.write_text("models:\n  m: {engine: vlm, endpoints: []}\n")
        refused = self.stack.run("worker", "--config", bad)
        self.assertEqual(refused.returncode, 78)
        self.assertIn("bad.yaml:2", refused.stderr)

        taken = self.stack.folder / "taken.yaml"
        taken.write_text(f"admin: {{listen: 127.0.0.1:{self.engine.http}}}\n")
        self.assertEqual(self.stack.run("worker", "--config", taken).returncode, 78)

    def test_the_first_thing_that_names_an_address_wins(self):
        right, wrong = self.stack.address, f"127.0.0.1:{free_port()}"
        file = self.stack.folder / "address.yaml"
        profile = self.stack.folder / "temporal.toml"
        def reaches(flag=None, variable=None, in_file=None, in_profile=None):
            file.write_text(f"temporal: {{address: {in_file}}}\n" if in_file else "")
            profile.write_text(f'[profile.default]\naddress = "{in_profile}"\n' if in_profile else "")
            environment = {name: value for name, value in os.environ.items() if not name.startswith("TEMPORAL_")}
            environment |= {"TEMPORAL_CONFIG_FILE": str(profile)}
            environment |= {"TEMPORAL_ADDRESS": variable} if variable else {}
            arguments = ["--address", flag] if flag else []
            done = subprocess.run([WORKER, "status", "nobody", "--config", file, *arguments], env=environment,
                                  capture_output=True, timeout=PATIENCE)
            return done.returncode == 3
        self.assertTrue(reaches(in_profile=right))
        self.assertTrue(reaches(in_file=right, in_profile=wrong))
        self.assertTrue(reaches(variable=right, in_file=wrong, in_profile=wrong))
        self.assertTrue(reaches(flag=right, variable=wrong, in_file=wrong, in_profile=wrong))
        self.assertFalse(reaches(flag=wrong, variable=right))


class WithoutAWorker(unittest.TestCase):
    def setUp(self):
        self.stack = Stack()
        self.addCleanup(self.stack.close)

    def test_a_job_whose_worker_is_gone_has_a_status_from_the_record(self):
        engine = self.stack.engine()
        engine.script({"match": {"path": "/v1/chat/completions"}, "times": 1, "action": {"status": 503}},
                      {"action": {"delay_ms": 60_000}})
        worker = self.stack.worker(self.stack.config(engine))
        job = self.stack.submit("--model", "echo", "--input", CHAT, "--id", "orphan", "--detach").stdout.strip()
        wait_until(lambda: len(engine.events("received", job)) == 2, "the second try is under way")
        told = self.stack.status(job)
        worker.kill()
        status = self.stack.status(job)
        for field in ("job_id", "state", "stage", "attempt", "retries", "model", "priority"):
            self.assertEqual(status[field], told[field], field)
        self.assertEqual(status["attempt"], 2)
        self.assertEqual(status["retries"], {"Transient": 1})

    def test_a_second_signal_ends_a_draining_worker_at_once(self):
        engine = self.stack.engine()
        engine.script({"action": {"delay_ms": 60_000}})
        worker = self.stack.worker(self.stack.config(engine))
        job = self.stack.submit("--model", "echo", "--input", CHAT, "--id", "hung", "--detach").stdout.strip()
        wait_until(lambda: engine.events("received", job), "the engine works on it")
        worker.terminate()
        wait_until(lambda: "draining" in worker.text(), "the worker drains")
        worker.terminate()
        self.assertEqual(worker.wait(), 143)


class Dev(unittest.TestCase):
    def start(self):
        self.dev = subprocess.Popen([WORKER, "dev", "-o", "json", "--headless", "--port", str(free_port())],
                                    stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.addCleanup(self.dev.stdout.close)
        self.addCleanup(self.dev.wait)
        self.addCleanup(self.dev.kill)
        return json.loads(self.dev.stdout.readline())

    def children(self):
        tasks = pathlib.Path(f"/proc/{self.dev.pid}/task/{self.dev.pid}/children")
        return [int(pid) for pid in tasks.read_text().split()]

    def test_everything_is_up_at_once_and_a_chat_and_a_sum_are_answered(self):
        facts = self.start()
        def submit(model, request):
            return subprocess.run([WORKER, "submit", "--address", facts["temporal"], "--model", model, "--input",
                                   json.dumps(request), "-o", "json"], capture_output=True, text=True, timeout=PATIENCE)
        chat = submit("sim-chat", json.loads(CHAT))
        self.assertEqual(json.loads(chat.stdout)["content"], "hello", chat.stderr)
        row = {"datatype": "FP32", "shape": [1, 4]}
        total = submit("sim-sum", {"inputs": [{"name": "a", "data": [1, 2, 3, 4], **row},
                                              {"name": "b", "data": [10, 20, 30, 40], **row}]})
        self.assertEqual(json.loads(total.stdout)["output"]["outputs"][0]["data"], [11, 22, 33, 44], total.stderr)

    def test_a_signal_ends_all_of_it_with_0(self):
        self.start()
        children = self.children()
        self.assertEqual(len(children), 2)
        self.dev.send_signal(signal.SIGINT)
        self.assertEqual(self.dev.wait(timeout=PATIENCE), 0)
        for child in children:
            self.assertFalse(os.path.exists(f"/proc/{child}"))

    def test_its_children_die_with_it_also_when_it_is_killed(self):
        self.start()
        children = self.children()
        self.dev.kill()
        for child in children:
            wait_until(lambda: not alive(child), "the kernel ends the child", 10)

    def test_a_child_that_is_lost_ends_the_rest_with_1(self):
        self.start()
        engine = next(pid for pid in self.children() if name_of(pid) == "engine-sim")
        os.kill(engine, signal.SIGKILL)
        self.assertEqual(self.dev.wait(timeout=PATIENCE), 1)


def name_of(pid):
    return pathlib.Path(f"/proc/{pid}/comm").read_text().strip()


def alive(pid):
    """Not ended; one that nobody has waited for yet counts as ended."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except FileNotFoundError:
        return False


if __name__ == "__main__":
    unittest.main()
