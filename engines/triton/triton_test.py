"""The real Triton, started as by hand: it knows the digits, refuses what does not fit, and leaves nothing behind."""

import glob
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
BATCH = 60
SECONDS = 60


def held_out_images():
    folder = subprocess.run([HERE / "setup", "--folder"], check=True, capture_output=True, text=True).stdout.strip()
    lines = pathlib.Path(folder, "digits-heldout.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines]


def pixels(images):
    return {
        "name": "pixels",
        "shape": [len(images), 64],
        "datatype": "FP32",
        "data": [value for image in images for value in image["input"]["inputs"][0]["data"]],
    }


def leftovers(pid):
    """Everything outside of a run that bears its process id, and the processes of its Python backend."""
    named = glob.glob(f"/dev/shm/iw_triton_{pid}_*") + glob.glob(f"{tempfile.gettempdir()}/iw_triton_{pid}_*")
    for path in glob.glob("/proc/[0-9]*/cmdline"):
        try:
            if f"iw_triton_{pid}_" in pathlib.Path(path).read_text(errors="replace"):
                named.append(path)
        except (FileNotFoundError, ProcessLookupError):
            pass
    return named


def wait_until(condition):
    deadline = time.monotonic() + SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("the condition did not come true in time")
        time.sleep(0.02)


class Triton:
    def __init__(self, *models):
        options = [word for name in models for word in ("--model", name)]
        self.log = tempfile.NamedTemporaryFile(prefix="triton-", suffix=".log")
        self.process = subprocess.Popen(
            [HERE / "run", "--log", self.log.name, *options], stdout=subprocess.PIPE, text=True
        )
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"Triton did not start:\n{pathlib.Path(self.log.name).read_text()}")
        self.port = json.loads(line)["http"]

    def infer(self, model, tensors, timeout=30, **fields):
        body = json.dumps({"inputs": tensors, **fields}).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/v2/models/{model}/infer", body)
        with urllib.request.urlopen(request, timeout=timeout) as response:
            return json.load(response)

    def refusal(self, model, tensors):
        try:
            self.infer(model, tensors)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)["error"]
        raise AssertionError("the request was not refused")

    def end(self, number):
        self.process.send_signal(number)
        code = self.process.wait(SECONDS)
        self.process.stdout.close()
        self.log.close()
        return code


class TritonServesDigits(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.triton = Triton("digits", "echo")

    @classmethod
    def tearDownClass(cls):
        cls.triton.end(signal.SIGTERM)

    def test_knows_the_held_out_images(self):
        images = held_out_images()
        right = 0
        for begin in range(0, len(images), BATCH):
            batch = images[begin : begin + BATCH]
            outputs = {o["name"]: o for o in self.triton.infer("digits", [pixels(batch)])["outputs"]}
            self.assertEqual(outputs["probabilities"]["shape"], [len(batch), 10])
            right += sum(image["label"] == label for image, label in zip(batch, outputs["label"]["data"]))
        self.assertGreaterEqual(right / len(images), 0.95)

    def test_refuses_a_wrong_shape_with_both_shapes(self):
        tensor = {"name": "pixels", "shape": [1, 63], "datatype": "FP32", "data": [0] * 63}
        code, message = self.triton.refusal("digits", [tensor])
        self.assertEqual(code, 400)
        self.assertIn("Expected [-1,64], got [1,63]", message)

    def test_echo_gives_back_numbers_and_words(self):
        numbers = {"name": "numbers", "shape": [1, 2], "datatype": "FP32", "data": [1.5, -2]}
        words = {"name": "words", "shape": [1, 1], "datatype": "BYTES", "data": ["grüße"]}
        answer = self.triton.infer("echo", [numbers, words], parameters={"delay_ms": 10})
        self.assertEqual([output["data"] for output in answer["outputs"]], [[1.5, -2.0], ["grüße"]])


class TritonLeavesNothingBehind(unittest.TestCase):
    def test_after_sigterm(self):
        triton = Triton("digits")
        pid = triton.process.pid
        self.assertTrue(leftovers(pid))  # so that an empty list below means something
        self.assertEqual(triton.end(signal.SIGTERM), 0)
        self.assertEqual(leftovers(pid), [])

    def test_after_a_kill_the_next_run_clears_away(self):
        killed = Triton("digits")
        pid = killed.process.pid
        killed.end(signal.SIGKILL)
        self.assertEqual(Triton("digits").end(signal.SIGTERM), 0)
        # The server itself notices that its parent is gone, and may still be draining.
        wait_until(lambda: not leftovers(pid))


if __name__ == "__main__":
    unittest.main()
