"""A PostgreSQL server of a test's own that can be stopped, and `seta serve` on it."""

import os
import resource
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import requests

ROOT = Path(__file__).parents[2]
BOOT = 60  # seconds


def processes_of(home: Path) -> list[int]:
    """Return the processes of the server whose data is below a folder, the first one first."""
    pid_file = next(home.rglob("postmaster.pid"))
    first = int(pid_file.read_text().split()[0])
    return [first, *(int(each.name) for each in Path("/proc").iterdir()
                     if each.name.isdigit() and parent_of(each) == first)]


def parent_of(process: Path) -> int:
    try:
        return int((process / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0  # it has ended meanwhile


@contextmanager
def stopped(home: Path):
    """Stop every process of a server, as when its machine hangs; let them go on afterwards."""
    found = processes_of(home)
    try:
        send_all(found, signal.SIGSTOP)
        yield
    finally:
        send_all(found, signal.SIGCONT)


def send_all(processes: list[int], number: signal.Signals) -> None:
    for process in processes:
        try:
            os.kill(process, number)
        except ProcessLookupError:
            pass  # it ended meanwhile, with its connection


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@contextmanager
def served(database_url: str, *, open_files: int | None = None, **environment: str):
    """Run `seta serve` on a database, with so many open files at most; give the address."""
    port = free_port()
    limits = (open_files, open_files)
    process = subprocess.Popen(
        [sys.executable, "-m", "seta", "serve"], cwd=ROOT, env=os.environ | {
            "DATABASE_URL": database_url, "PORT": str(port), "SETA_LOG_LEVEL": "ERROR"}
        | environment,
        preexec_fn=open_files and (lambda: resource.setrlimit(resource.RLIMIT_NOFILE, limits)))
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: is_up(address) or process.poll() is not None, BOOT)
        assert process.poll() is None
        yield address
    finally:
        process.terminate()
        process.wait(30)


def is_up(address: str) -> bool:
    try:
        return requests.get(f"{address}/api/v1/status", timeout=5).status_code == 200
    except requests.RequestException:
        return False


def wait_until(is_so, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.1)
