"""A program that was forked for us, used as one of `subprocess.Popen`."""

import os
import select
import signal
import socket
import subprocess
import threading
import time
from contextlib import suppress
from typing import TextIO


class Program:
    """Its output and log are text; `told` says its pid, and how it ended."""

    def __init__(self, told: socket.socket, stdout: TextIO, stderr: TextIO, args: list[str]):
        self.stdout, self.stderr, self.args = stdout, stderr, args
        self.returncode: int | None = None    # minus the signal's number, if one ended it
        self._told = told
        self._lock = threading.Lock()
        self.pid = self._read()

    def poll(self) -> int | None:
        with suppress(subprocess.TimeoutExpired):
            return self.wait(0)
        return None

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit code; raise TimeoutExpired when it has not ended by then."""
        if not self._has_told(timeout):
            raise subprocess.TimeoutExpired(self.args, timeout or 0)
        with self._lock:
            if self.returncode is None:
                self.returncode = self._read()
                self._told.close()
        return self.returncode

    def communicate(self, timeout: float | None = None) -> tuple[str, str]:
        """Return all that it writes, when it has ended."""
        texts = ["", ""]

        def read(number: int, stream: TextIO) -> None:
            with stream:
                texts[number] = stream.read()

        readers = [threading.Thread(target=read, args=each, daemon=True)
                   for each in enumerate((self.stdout, self.stderr))]
        limit = None if timeout is None else time.monotonic() + timeout
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join(limit and max(0.0, limit - time.monotonic()))
            if reader.is_alive():
                raise subprocess.TimeoutExpired(self.args, timeout or 0)
        self.wait(limit and max(0.0, limit - time.monotonic()))
        return texts[0], texts[1]

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def _has_told(self, timeout: float | None) -> bool:
        with self._lock:
            if self.returncode is not None:
                return True
            poller = select.poll()
            poller.register(self._told, select.POLLIN)
        return bool(poller.poll(None if timeout is None else timeout * 1000))

    def _read(self) -> int:
        message = self._told.recv(100)
        assert message, f"{self.args}: the process that starts programs has ended"
        return int(message)
