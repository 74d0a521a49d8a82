"""A PostgreSQL server of its own in a folder, with what it has by default: for tests and comparisons."""

import os
import pathlib
import shutil
import socket
import subprocess


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class PostgresServer:
    """Made and started in `folder`, which must not be there yet; its parent must be open to other users. Whoever starts it stops it."""

    def __init__(self, folder, user="bench"):
        self.folder = pathlib.Path(folder)
        self.user = user
        self.port = _free_port()
        found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
        if not found:
            raise SystemExit("PostgreSQL is not installed: tools/setup installs it, or apt-get install postgresql")
        self.bin = found[-1]
        self.folder.mkdir()
        # PostgreSQL refuses to run as root.
        self.as_owner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self.as_owner:
            shutil.chown(self.folder, "postgres")
        self._run("initdb", "-U", user, "-A", "trust")
        self.start()

    @property
    def url(self):
        return f"postgresql://{self.user}@127.0.0.1:{self.port}/postgres"

    @property
    def postmaster(self):
        """The process id of the server."""
        return int((self.folder / "data/postmaster.pid").read_text().split()[0])

    def start(self):
        # By way of pg_ctl, and not as a child: it stops with the signal that pg_ctl knows.
        self._run("pg_ctl", "-w", "-l", self.folder / "log", "-o", f"-h 127.0.0.1 -p {self.port} -k {self.folder}", "start")

    def stop(self, mode="fast"):
        """`mode`: "immediate" for an end without a goodbye."""
        if (self.folder / "data/postmaster.pid").exists():
            self._run("pg_ctl", "-m", mode, "stop")

    def _run(self, program, *arguments):
        subprocess.run([*self.as_owner, self.bin / program, "-D", self.folder / "data", *arguments],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self.folder)
