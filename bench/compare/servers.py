"""The Temporal servers that a comparison can run on: the development server on SQLite, and the one of clusters on PostgreSQL."""

import os
import pathlib
import shutil
import socket
import subprocess
import time

# As a production server does: hand-overs at once, and the first activity of a task with its answer.
SETTINGS = {"history.transferProcessorMaxPollRPS": 1000, "history.timerProcessorMaxPollRPS": 1000,
            "system.enableActivityEagerExecution": "true"}
SERVICES = ("FRONTEND", "HISTORY", "MATCHING", "WORKER")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def free_small_ports(count):
    """The server for clusters keeps its ports in 16 bits with a sign."""
    found = []
    for port in range(20000, 32768):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        found.append(port)
        if len(found) == count:
            return found
    raise SystemExit(f"there are no {count} free ports between 20000 and 32767")


class Sqlite:
    """`temporal server start-dev`, in memory."""

    def __init__(self, bench):
        self.port = free_port()
        settings = [part for key, value in SETTINGS.items() for part in ("--dynamic-config-value", f"{key}={value}")]
        self.process = bench.start("temporal", bench.options.temporal, "server", "start-dev", "--headless", "--ip",
                                   "127.0.0.1", "--port", self.port, "--log-level", "error", *settings)

    def pids(self):
        return [self.process.pid]


class Postgres:
    """A PostgreSQL of its own, with what it has by default, and the server on it; with four shards."""

    def __init__(self, bench):
        self.folder = bench.folder / "postgres"
        self.database = free_port()
        self.bin = max(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda found: int(found.parent.name))
        self.start_database(bench)
        for name, schema in (("temporal", "temporal"), ("temporal_visibility", "visibility")):
            tool = [bench.options.sql_tool, "--plugin", "postgres12", "--ep", "127.0.0.1", "-p", str(self.database),
                    "-u", "bench", "--pw", "none", "--db", name]
            for step in (["create"], ["setup-schema", "-v", "0.0"],
                         ["update-schema", "--schema-name", f"postgresql/v12/{schema}"]):
                subprocess.run([*tool, *step], check=True, capture_output=True)
        self.start_server(bench)

    def start_database(self, bench):
        self.folder.mkdir()
        # PostgreSQL refuses to run as root.
        self.user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self.user:
            bench.folder.chmod(0o755)
            shutil.chown(self.folder, "postgres")
        subprocess.run([*self.user, self.bin / "initdb", "-D", self.folder / "data", "-U", "bench", "-A", "trust"],
                       check=True, capture_output=True)
        # By way of pg_ctl, and not as a child: it stops with the signal that pg_ctl knows.
        subprocess.run([*self.user, self.bin / "pg_ctl", "-D", self.folder / "data", "-w", "-l", self.folder / "log", "-o",
                        f"-h 127.0.0.1 -p {self.database} -k {self.folder}", "start"], check=True, capture_output=True)
        bench.at_end(lambda: subprocess.run([*self.user, self.bin / "pg_ctl", "-D", self.folder / "data", "-m", "fast",
                                             "stop"], check=True, capture_output=True))
        self.postmaster = int((self.folder / "data/postmaster.pid").read_text().split()[0])

    def start_server(self, bench):
        config = bench.folder / "dynamic.yaml"
        config.write_text("".join(f"{key}: [{{value: {value}}}]\n" for key, value in SETTINGS.items()))
        names = [f"{service}_{kind}" for service in SERVICES for kind in ("GRPC_PORT", "MEMBERSHIP_PORT")]
        names.append("FRONTEND_HTTP_PORT")
        ports = dict(zip(names, free_small_ports(len(names))))
        self.port = ports["FRONTEND_GRPC_PORT"]
        settings = {"DB": "postgres12", "POSTGRES_SEEDS": "127.0.0.1", "DB_PORT": self.database, "POSTGRES_USER": "bench",
                    "POSTGRES_PWD": "none", "DBNAME": "temporal", "VISIBILITY_DBNAME": "temporal_visibility",
                    "NUM_HISTORY_SHARDS": 4, "BIND_ON_IP": "127.0.0.1", "DYNAMIC_CONFIG_FILE_PATH": config,
                    "LOG_LEVEL": "error", **ports}
        self.process = bench.start("temporal", bench.options.cluster_server, "--allow-no-auth", "start",
                                   env={**os.environ, **{key: str(value) for key, value in settings.items()}})
        create = [bench.options.temporal, "operator", "namespace", "create", "--namespace", "default", "--address",
                  f"127.0.0.1:{self.port}"]
        deadline = time.monotonic() + 60
        while subprocess.run(create, capture_output=True).returncode != 0:
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise SystemExit(f"the server for clusters does not come up; look at {bench.folder}/temporal.log")
            time.sleep(0.2)

    def pids(self):
        """The server, and PostgreSQL with the processes of its connections."""
        children = subprocess.run(["pgrep", "-P", str(self.postmaster)], capture_output=True, text=True).stdout.split()
        return [self.process.pid, self.postmaster, *map(int, children)]
