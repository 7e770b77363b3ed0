"""Starts the local ActiveData of `activedata_server` and talks to it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

SERVER = Path(__file__).with_name("activedata_server.py")


@dataclass(frozen=True)
class LocalActiveData:
    """An ActiveData at `url`, for as long as it is run."""

    url: str

    def add(self, documents: list[dict]) -> None:
        """Add documents; note that the engine takes a few hundred per second."""
        self._post("documents", documents)

    def clamp(self, rows: int) -> None:
        """Cut answers at this many rows, whatever limit is asked for."""
        self._post("clamp", rows)

    def delay(self, seconds: float) -> None:
        """Wait so long before each answer."""
        self._post("delay", seconds)

    def queries(self) -> list[dict]:
        """The queries that were asked so far, the first one first."""
        return requests.get(f"{self.url}/queries", timeout=60).json()

    def _post(self, what: str, value) -> None:
        requests.post(f"{self.url}/{what}", json=value, timeout=60).raise_for_status()


@contextmanager
def running_activedata(documents: list[dict] = ()) -> Iterator[LocalActiveData]:
    """Run a local ActiveData that holds these `treeherder` documents."""
    reading, writing = os.pipe()
    process = subprocess.Popen(
        [sys.executable, str(SERVER), str(writing)], pass_fds=[writing],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(writing)
    try:
        with os.fdopen(reading) as port:
            server = LocalActiveData(f"http://127.0.0.1:{int(port.readline())}")
        if documents:
            server.add(list(documents))
        yield server
    finally:
        process.stdin.close()
        process.wait(timeout=30)
