"""Completion as a person at a terminal meets it: real shells, the script sourced, a line typed, TAB."""

import os
import pathlib
import pty
import select
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

WORKER = pathlib.Path(os.environ["IW_BIN_DIR"]) / "inference-worker"
PATIENCE = 30

# what is typed before TAB, the line after it
COMPLETED = [
    ("inference-worker ba", "inference-worker batch"),
    ("inference-worker validate-", "inference-worker validate-config"),
    ("inference-worker batch --skip", "inference-worker batch --skip-invalid"),
    ("inference-worker batch --names", "inference-worker batch --namespace"),
    ("inference-worker submit --priority h", "inference-worker submit --priority high"),
    ("inference-worker submit --priority=h", "inference-worker submit --priority=high"),
    ("inference-worker status -o j", "inference-worker status -o json"),
    ("inference-worker batch -o j", "inference-worker batch -o json"),
    ("inference-worker --config item ba", "inference-worker --config item batch"),
    ("inference-worker --address host:7233 ba", "inference-worker --address host:7233 batch"),
    ("inference-worker submit --param a=b --prior", "inference-worker submit --param a=b --priority"),
    ("inference-worker completion z", "inference-worker completion zsh"),
    # A file in the working folder: where one belongs, and not elsewhere.
    ("inference-worker batch item", "inference-worker batch items.jsonl"),
    ("inference-worker batch --output item", "inference-worker batch --output items.jsonl"),
    ("inference-worker --config item", "inference-worker --config items.jsonl"),
    ("inference-worker status item", "inference-worker status item"),
    ("inference-worker submit --model item", "inference-worker submit --model item"),
]


class Terminal:
    """A shell at a terminal of its own. It writes the line it holds into a file when it is told ^X."""

    def __init__(self, folder, command, rc):
        self.lines = folder / "lines"
        self.lines.touch()
        self.screen = b""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(folder / "work")
            environment = {"PATH": f"{WORKER.parent}:{os.environ['PATH']}", "HOME": str(folder), "TERM": "dumb",
                           "ZDOTDIR": str(folder), "LINES_FILE": str(self.lines), "LC_ALL": "C.UTF-8"}
            os.execvpe(command[0], command, environment)
        for line in rc:
            self.type(line + "\n")
        self.type("echo rea''dy\n")
        self.wait(lambda: b"ready\r\n" in self.screen, "the shell is ready")

    def type(self, text):
        os.write(self.fd, text.encode())

    def wait(self, holds, what):
        deadline = time.monotonic() + PATIENCE
        while not holds():
            if time.monotonic() > deadline:
                raise AssertionError(f"not within {PATIENCE} s: {what}; on the screen:\n{self.screen.decode(errors='replace')}")
            if select.select([self.fd], [], [], 0.02)[0]:
                self.screen += os.read(self.fd, 65536)

    def complete(self, line):
        """The line that TAB makes of this one."""
        before = len(self.lines.read_text().splitlines())
        self.type(line + "\t\x18")
        self.wait(lambda: len(self.lines.read_text().splitlines()) > before, f"completion of '{line}'")
        self.type("\x15")
        # zsh puts a = behind an option that takes a value, and takes it back when a space is typed.
        return self.lines.read_text().splitlines()[-1].rstrip(" =")

    def close(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.fd)


class Completion(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="inference-worker-completion-"))
        self.addCleanup(shutil.rmtree, self.folder, True)
        (self.folder / "work").mkdir()
        (self.folder / "work" / "items.jsonl").touch()

    def check(self, complete):
        for typed, expected in COMPLETED:
            with self.subTest(typed):
                self.assertEqual(complete(typed), expected)

    def script(self, shell):
        return subprocess.run([WORKER, "completion", shell], capture_output=True, text=True, timeout=PATIENCE, check=True).stdout

    def test_bash(self):
        terminal = Terminal(self.folder, ["bash", "--noprofile", "--norc", "-i"],
                            ["bind 'set bell-style none'", "bind -x '\"\\C-x\": echo \"$READLINE_LINE\" >>\"$LINES_FILE\"'",
                             "source <(inference-worker completion bash)"])
        self.addCleanup(terminal.close)
        self.check(terminal.complete)

    def zsh(self, *load):
        terminal = Terminal(self.folder, ["zsh", "-f", "-i"],
                            ["unsetopt beep prompt_cr prompt_sp", *load,
                             "hold() { print -r -- \"$BUFFER\" >>$LINES_FILE }; zle -N hold; bindkey '^X' hold"])
        self.addCleanup(terminal.close)
        return terminal

    def test_zsh(self):
        self.check(self.zsh("autoload -Uz compinit; compinit -u -D", "source <(inference-worker completion zsh)").complete)

    def test_zsh_finds_it_among_its_functions(self):
        functions = self.folder / "functions"
        functions.mkdir()
        (functions / "_inference-worker").write_text(self.script("zsh"))
        terminal = self.zsh(f"fpath=({functions} $fpath); autoload -Uz compinit; compinit -u -D")
        self.check(terminal.complete)

    def fish(self, line):
        """The one completion that fish offers, put into the line."""
        done = subprocess.run(["fish", "--no-config", "-c", "source script.fish; cd work; complete -C $argv[1]", line],
                              cwd=self.folder, env={**os.environ, "HOME": str(self.folder)}, capture_output=True, text=True,
                              timeout=PATIENCE, check=True)
        offered = [offer.split("\t")[0] for offer in done.stdout.splitlines()]
        if len(offered) != 1:
            return line
        return line.rpartition(" ")[0] + " " + offered[0]

    def test_fish(self):
        (self.folder / "script.fish").write_text(self.script("fish"))
        self.check(self.fish)

    def test_a_shell_that_it_does_not_know_is_a_usage_error(self):
        done = subprocess.run([WORKER, "completion", "tcsh"], capture_output=True, text=True, timeout=PATIENCE, check=False)
        self.assertEqual((done.returncode, done.stdout), (2, ""))
        self.assertIn("bash, zsh or fish", done.stderr)


class Manual(unittest.TestCase):
    def setUp(self):
        self.page = subprocess.run([WORKER, "man"], capture_output=True, text=True, timeout=PATIENCE, check=True).stdout

    def test_two_formatters_have_nothing_to_say_against_it(self):
        with tempfile.NamedTemporaryFile("w", suffix=".1") as file:
            file.write(self.page)
            file.flush()
            for command in (["mandoc", "-Tlint", "-Wwarning"], ["man", "--warnings", "-l", "-Tutf8"]):
                with self.subTest(command[0]):
                    done = subprocess.run([*command, file.name], capture_output=True, text=True, timeout=PATIENCE, check=False,
                                          env={**os.environ, "LC_ALL": "C.UTF-8", "MANPAGER": "cat"})
                    said = done.stdout + done.stderr if command[0] == "mandoc" else done.stderr
                    self.assertEqual((done.returncode, said), (0, ""))

    def test_it_has_every_command_and_option_that_help_shows(self):
        help_text = subprocess.run([WORKER, "batch", "--help"], capture_output=True, text=True, timeout=PATIENCE, check=True).stdout
        for option in ("--skip-invalid", "--output", "--detach"):
            self.assertIn(option, help_text)
            self.assertIn(option.replace("-", "\\-"), self.page)
        self.assertNotIn("\\fBman\\fR", self.page, "a command that help hides")


if __name__ == "__main__":
    unittest.main()
