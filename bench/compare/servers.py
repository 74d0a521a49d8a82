"""The Temporal servers that a comparison can run on: the development server on SQLite, and the one of clusters on PostgreSQL."""

import os
import pathlib
import socket
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools/lib"))
from postgres_server import PostgresServer  # noqa: E402

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
        # PostgreSQL runs as another user where this is root.
        bench.folder.chmod(0o755)
        self.database = PostgresServer(bench.folder / "postgres")
        bench.at_end(self.database.stop)
        for name, schema in (("temporal", "temporal"), ("temporal_visibility", "visibility")):
            tool = [bench.options.sql_tool, "--plugin", "postgres12", "--ep", "127.0.0.1", "-p", str(self.database.port),
                    "-u", "bench", "--pw", "none", "--db", name]
            for step in (["create"], ["setup-schema", "-v", "0.0"],
                         ["update-schema", "--schema-name", f"postgresql/v12/{schema}"]):
                subprocess.run([*tool, *step], check=True, capture_output=True)
        self.start_server(bench)

    def start_server(self, bench):
        config = bench.folder / "dynamic.yaml"
        config.write_text("".join(f"{key}: [{{value: {value}}}]\n" for key, value in SETTINGS.items()))
        names = [f"{service}_{kind}" for service in SERVICES for kind in ("GRPC_PORT", "MEMBERSHIP_PORT")]
        names.append("FRONTEND_HTTP_PORT")
        ports = dict(zip(names, free_small_ports(len(names))))
        self.port = ports["FRONTEND_GRPC_PORT"]
        settings = {"DB": "postgres12", "POSTGRES_SEEDS": "127.0.0.1", "DB_PORT": self.database.port, "POSTGRES_USER": "bench",
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
        children = subprocess.run(["pgrep", "-P", str(self.database.postmaster)], capture_output=True, text=True).stdout.split()
        return [self.process.pid, self.database.postmaster, *map(int, children)]
