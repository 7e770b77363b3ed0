"""`seta serve` beside other work: how soon it answers, and how long a list takes meanwhile."""

import os
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PATH = "/api/project/autoland/seta/job-priorities/?build_system_type=taskcluster&priority=5"
EVERY = 0.05      # seconds
FOR_EVER = "36500d"   # the history is old
PATIENCE = 120


@dataclass(frozen=True)
class Server:
    url: str
    started_after: float   # seconds until it answered the first list


@contextmanager
def served(database_url: str) -> Iterator[Server]:
    """Run `seta serve`; it has a published snapshot to answer from."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}{PATH}"
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "seta", "serve"], stdout=subprocess.DEVNULL,
        env=os.environ | {
            "PYTHONPATH": str(Path(__file__).parents[1]), "DATABASE_URL": database_url,
            "PORT": str(port), "SETA_HOST": "127.0.0.1",
            "SETA_STALE_AFTER": FOR_EVER, "SETA_SNAPSHOT_MAX_AGE": FOR_EVER,
            "SETA_LOG_LEVEL": "WARNING"})
    try:
        while not is_answered(url):
            if time.perf_counter() - began > PATIENCE or process.poll() is not None:
                raise OSError("seta serve does not answer")
            time.sleep(0.05)
        yield Server(url, time.perf_counter() - began)
    finally:
        process.terminate()
        process.wait()


def is_answered(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE) as response:
            return len(response.read()) > 10_000  # a list, not an empty one
    except OSError:
        return False


class Asked:
    """Asks for a list again and again, as a context; `milliseconds` are of each answer."""

    def __init__(self, url: str):
        self._url = url
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._ask)
        self.milliseconds: list[float] = []

    def __enter__(self) -> "Asked":
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._is_over.set()
        self._thread.join()

    def _ask(self) -> None:
        while not self._is_over.wait(EVERY):
            began = time.perf_counter()
            with urllib.request.urlopen(self._url, timeout=PATIENCE) as response:
                assert len(response.read()) > 10_000
            self.milliseconds.append(1000 * (time.perf_counter() - began))
