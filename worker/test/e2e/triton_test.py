"""The real Triton behind the worker: a trained classifier and images that it has never seen."""

import json
import os
import pathlib
import subprocess
import unittest

from stack import BIN, PATIENCE, Process, Stack

TRITON = pathlib.Path(os.environ["IW_SOURCE_DIR"]) / "engines" / "triton"


class Triton(Process):
    def __init__(self, stack):
        super().__init__(stack, "triton", [TRITON / "run", "--model", "digits"], stdout=subprocess.PIPE, text=True)
        with self.child.stdout as ready:
            self.grpc = json.loads(ready.readline())["grpc"]

    # It has children of its own, which only it can stop.
    def kill(self):
        self.child.terminate()
        self.child.wait(timeout=PATIENCE)


class RealTriton(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = Stack()
        cls.addClassCleanup(cls.stack.close)
        cls.triton = Triton(cls.stack)
        config = cls.stack.folder / "digits.yaml"
        config.write_text(f"temporal: {{address: {cls.stack.address}}}\n"
                          f"models:\n  digits: {{engine: triton, endpoints: [127.0.0.1:{cls.triton.grpc}]}}\n"
                          f"  missing: {{engine: triton, endpoints: [127.0.0.1:{cls.triton.grpc}]}}\n")
        cls.config = config
        cls.stack.worker(config)

    def submit(self, model, shape, datatype="FP32", data=None):
        tensor = {"name": "pixels", "shape": shape, "datatype": datatype, "data": data or [0] * (shape[0] * shape[1])}
        return self.stack.submit("--model", model, "--input", json.dumps({"inputs": [tensor]}), "-o", "json")

    def test_at_least_95_of_100_held_out_images_are_right(self):
        folder = subprocess.run([TRITON / "setup", "--folder"], check=True, capture_output=True, text=True).stdout.strip()
        images = self.stack.folder / "images.jsonl"
        with open(pathlib.Path(folder) / "digits-heldout.jsonl") as every:
            images.write_text("".join(next(every) for _ in range(100)))
        done = subprocess.run([BIN / "digits", images, "--address", self.stack.address, "--least-right", "0.95"],
                              capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_a_wrong_shape_is_refused_with_the_tensor_s_name_what_was_expected_and_what_was_given(self):
        failed = self.submit("digits", [1, 63])
        self.assertEqual(failed.returncode, 1)
        for part in ("pixels", "[1,63]", "64]"):
            self.assertIn(part, failed.stderr)

    def test_a_wrong_datatype_is_refused_with_both_datatypes(self):
        failed = self.submit("digits", [1, 64], datatype="INT32")
        self.assertEqual(failed.returncode, 1)
        for part in ("pixels", "INT32", "FP32"):
            self.assertIn(part, failed.stderr)

    def test_a_model_that_triton_does_not_have_fails_at_once(self):
        failed = self.submit("missing", [1, 64])
        self.assertEqual(failed.returncode, 1)
        self.assertIn("missing", failed.stderr)

    def test_models_reports_the_endpoints_health(self):
        listed = self.stack.run("models", "--config", self.config, "-o", "json")
        self.assertEqual(listed.returncode, 0, listed.stderr)
        self.assertIn("digits", listed.stdout)


if __name__ == "__main__":
    unittest.main()
