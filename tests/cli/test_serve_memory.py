"""What `seta serve` holds in memory."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]
MB = 1 << 20


def test_web_processes_share_what_they_import(emptied):
    """A fork shares what was imported before it; each of them used to import everything anew."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "seta", "serve"], cwd=ROOT, stderr=subprocess.PIPE, text=True,
        env=os.environ | {"DATABASE_URL": emptied, "PORT": str(port), "SETA_HOST": "127.0.0.1",
                          "WEB_CONCURRENCY": "2"})
    try:
        _wait_for(f"http://127.0.0.1:{port}/__heartbeat__")
        first, second = (each.memory_full_info() for each in _children_of(process.pid))
    finally:
        process.terminate()
        process.communicate(timeout=30)
    for each in (first, second):
        assert each.uss < each.rss / 2, (each.uss // MB, each.rss // MB)


def test_a_web_process_imports_neither_the_solver_nor_the_migrations():
    code = "import sys, seta.wsgi; print({'highspy', 'numpy', 'alembic'} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert run.stdout == "set()\n", run.stderr


def _children_of(pid: int) -> list[psutil.Process]:
    """Wait until both web processes are there."""
    limit = time.monotonic() + 60
    while len(found := psutil.Process(pid).children()) < 2:
        assert time.monotonic() < limit, found
        time.sleep(0.1)
    return found


def _wait_for(url: str) -> None:
    limit = time.monotonic() + 60
    while True:
        try:
            urllib.request.urlopen(url, timeout=5).close()
            return
        except OSError:
            assert time.monotonic() < limit, f"{url} does not answer"
            time.sleep(0.1)
