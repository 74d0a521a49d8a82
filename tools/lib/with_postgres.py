#!/usr/bin/env python3
"""with_postgres.py PROGRAM [ARGUMENT...]: runs it while a PostgreSQL of its own serves, whose URL is in IW_POSTGRES_URL."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from postgres_server import PostgresServer


def main():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="inference-worker-postgres-"))
    folder.chmod(0o755)
    server = None
    try:
        server = PostgresServer(folder / "postgres")
        return subprocess.run(sys.argv[1:], env={**os.environ, "IW_POSTGRES_URL": server.url}).returncode
    finally:
        if server is not None:
            server.stop("immediate")
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
