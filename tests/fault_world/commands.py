"""Real `seta` commands, as an operator runs them."""

import os
import tempfile
import time
from dataclasses import dataclass

from preloaded import ROOT, SETA, Program


@dataclass(frozen=True)
class Command:
    """A command that has ended."""

    code: int
    output: str
    log: str          # standard error
    seconds: float

    @property
    def has_traceback(self) -> bool:
        return "Traceback" in self.output + self.log


def environment(database: str, **settings: str) -> dict[str, str]:
    """The settings of a program, and nothing of the test run's own."""
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "DATABASE_URL": database,
            "SETA_HOME": f"{tempfile.gettempdir()}/no-home-is-needed", **settings}


def start_seta(*arguments, database: str, **settings: str) -> Program:
    """Start a command; whoever starts it reads its output or kills it."""
    return SETA.start(*arguments, environment=environment(database, **settings))


def run_seta(*arguments, database: str, fails: bool = False, **settings: str) -> Command:
    """Run a command to its end; it must do well, unless `fails` says that it must not."""
    began = time.monotonic()
    program = start_seta(*arguments, database=database, **settings)
    output, log = program.communicate(timeout=120)
    done = Command(program.returncode, output, log, time.monotonic() - began)
    assert (done.code != 0) == fails, f"seta {' '.join(map(str, arguments))}: {output}{log}"
    return done
