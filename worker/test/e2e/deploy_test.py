"""What is installed, and whether the files of deploy/ fit the program."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import textwrap
import unittest

from stack import BIN, PATIENCE, Stack, wait_until

ROOT = pathlib.Path(os.environ["IW_SOURCE_DIR"])
DEPLOY = ROOT / "deploy"
CONTAINERFILE = (DEPLOY / "container" / "Containerfile").read_text()
# In every Debian image: what apt itself needs.
ESSENTIAL = {"libc6", "libgcc-s1", "libstdc++6", "zlib1g"}


def run(*command, **options):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, timeout=PATIENCE, check=False, **options)


class Installation(unittest.TestCase):
    def setUp(self):
        self.prefix = pathlib.Path(tempfile.mkdtemp(prefix="inference-worker-installed-"))
        self.addCleanup(shutil.rmtree, self.prefix, True)
        done = run("cmake", "--install", BIN.parent, "--prefix", self.prefix, "--component", "worker")
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_everything_is_in_its_place(self):
        there = {str(file.relative_to(self.prefix)) for file in self.prefix.rglob("*") if file.is_file()}
        self.assertEqual(there, {
            "bin/inference-worker",
            "lib/systemd/system/inference-worker.service",
            "lib/sysusers.d/inference-worker.conf",
            "share/bash-completion/completions/inference-worker",
            "share/doc/inference-worker/examples/inference-worker.env",
            "share/doc/inference-worker/examples/inference-worker.yaml",
            "share/fish/vendor_completions.d/inference-worker.fish",
            "share/man/man1/inference-worker.1",
            "share/zsh/site-functions/_inference-worker",
        })
        self.assertTrue((self.prefix / "share/man/man1/inference-worker.1").read_text().startswith(".TH"))

    def test_the_unit_starts_the_program_that_was_installed(self):
        unit = self.prefix / "lib/systemd/system/inference-worker.service"
        program = re.search(r"^ExecStart=(\S+)", unit.read_text(), re.MULTILINE).group(1)
        self.assertEqual(program, str(self.prefix / "bin/inference-worker"))
        self.assertEqual(run(program, "version").returncode, 0)
        verified = run("systemd-analyze", "verify", "--man=no", unit)
        self.assertEqual((verified.returncode, verified.stderr), (0, ""))

    def test_systemd_makes_the_user_of_the_unit(self):
        (self.prefix / "etc").mkdir()
        made = run("systemd-sysusers", f"--root={self.prefix}", self.prefix / "lib/sysusers.d/inference-worker.conf")
        self.assertEqual(made.returncode, 0, made.stderr)
        self.assertIn("inference-worker:", (self.prefix / "etc/passwd").read_text())


class Configurations(unittest.TestCase):
    def check(self, text):
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as file:
            file.write(text)
            file.flush()
            done = run(BIN / "inference-worker", "validate-config", "--config", file.name)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_the_one_of_the_unit_is_valid(self):
        self.check((DEPLOY / "systemd" / "inference-worker.yaml").read_text())

    def test_the_one_of_compose_is_valid(self):
        self.check((DEPLOY / "compose" / "inference-worker.yaml").read_text())

    def test_the_one_of_kubernetes_is_valid(self):
        text = (DEPLOY / "kubernetes" / "configmap.yaml").read_text()
        self.check(textwrap.dedent(text.partition("inference-worker.yaml: |\n")[2]))


class Container(unittest.TestCase):
    def test_the_image_has_the_libraries_that_the_programs_need_and_no_others(self):
        stage = CONTAINERFILE.partition(" AS runtime")[2].partition("\nFROM ")[0]
        installed = set(re.findall(r"^        (\S+) \\$", stage, re.MULTILINE)) - {"ca-certificates"}
        needed = set()
        for program in ("inference-worker", "engine-sim"):
            names = set(re.findall(r"NEEDED\s+(\S+)", run("objdump", "-p", BIN / program).stdout))
            paths = dict(re.findall(r"(\S+) => (/\S+)", run("ldd", BIN / program).stdout))
            for name in names & paths.keys():
                file = os.path.realpath(paths[name])
                # Some packages say /lib where the file is in /usr/lib.
                owner = run("dpkg", "-S", file, file.removeprefix("/usr")).stdout
                needed.add(owner.partition(":")[0])
        self.assertIn("libgrpc++1.51", needed)
        self.assertEqual(installed, needed - ESSENTIAL)

    def test_the_health_check_says_whether_a_worker_answers(self):
        stack = Stack()
        self.addCleanup(stack.close)
        config = stack.config(http=1, grpc=1)
        config.write_text(config.read_text() + "admin: {listen: 127.0.0.1:0}\n")
        worker = stack.worker(config)
        wait_until(lambda: "admin pages" in worker.text(), "the worker is up")
        address = next(line["address"] for line in map(json.loads, worker.text().splitlines()) if line["message"] == "admin pages")
        command = json.loads(re.search(r"HEALTHCHECK.*?CMD (\[.*?\])$", CONTAINERFILE, re.DOTALL | re.MULTILINE).group(1))
        self.assertIn("127.0.0.1/9464", command[-1])
        command[-1] = command[-1].replace("127.0.0.1/9464", address.replace(":", "/"))
        self.assertEqual(run(*command).returncode, 0)
        command[-1] = command[-1].replace("/healthz", "/nothing")
        self.assertNotEqual(run(*command).returncode, 0, "a page that is not there")
        worker.kill()
        self.assertNotEqual(run(*command).returncode, 0)

    def test_it_is_stopped_by_the_signal_that_drains(self):
        self.assertIn("\nSTOPSIGNAL SIGTERM\n", CONTAINERFILE)


if __name__ == "__main__":
    unittest.main()
