import os

import pytest
from preloaded import SETA

from seta.store.engine import make_engine, make_sessions


@pytest.fixture
def sessions_of(emptied):
    engine = make_engine(emptied)
    yield make_sessions(engine)
    engine.dispose()


class Worker:
    """A real worker in a process of its own; its log can be waited for."""

    def __init__(self, database: str, **settings: str):
        environment = {**os.environ, "DATABASE_URL": database, **settings}
        self.process = SETA.start("worker", environment=environment)
        self.log = ""

    def wait_for(self, words: str) -> None:
        """Read the log until it says so; fails when the worker ends before."""
        while words not in self.log:
            line = self.process.stderr.readline()
            assert line, f"the worker ended without {words!r}:\n{self.log}"
            self.log += line

    def end(self) -> int:
        """Read on until the worker has ended; return its exit code."""
        self.log += self.process.stderr.read()
        return self.process.wait(timeout=60)


@pytest.fixture
def start_worker(emptied):
    started = []

    def start(**settings: str) -> Worker:
        started.append(Worker(emptied, **settings))
        return started[-1]

    yield start
    for worker in started:
        if worker.process.poll() is None:
            worker.process.kill()
            worker.process.wait()
