"""gunicorn with our application on a port of this machine."""

import os
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[3]
BOOT = 120  # seconds


@contextmanager
def gunicorn(database_url: str, *, workers: int = 1, **environment: str):
    """Serve `seta.wsgi:create_app()` on this database; give the address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--no-control-socket", "-k", "gthread",
         "-w", str(workers), "--threads", "4", "-b", f"127.0.0.1:{port}",
         "--log-level", "warning", "seta.wsgi:create_app()"],
        cwd=ROOT, env=os.environ | {"DATABASE_URL": database_url} | environment)
    try:
        _wait_for(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(30)


def _wait_for(port: int, process: subprocess.Popen) -> None:
    deadline = time.monotonic() + BOOT
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"gunicorn did not listen on port {port}: {process.poll()}")
