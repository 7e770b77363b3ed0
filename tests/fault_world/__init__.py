"""What the suite of system faults works with: real programs, and a server of its own to break."""

import pytest

from .commands import Command, run_seta, start_seta
from .kills import Kills, kill_at_random
from .lateness import Lateness, measured_lateness
from .postgres import Postgres
from .service import LISTS, STATUS, TOKEN, Answer, Answers, Service, reading, serving

__all__ = [
    "LISTS", "STATUS", "TOKEN", "Answer", "Answers", "Command", "Kills", "Lateness", "Postgres",
    "Service", "fault", "kill_at_random", "measured_lateness", "reading", "run_seta", "serving",
    "start_seta",
]


def fault(name: str, *, expected: str) -> pytest.MarkDecorator:
    """Declare a fault and what must happen; the test says with `seen` what it measured.

    `python docs/make_faults.py` makes a table of all of them.
    """
    return pytest.mark.fault(name=name, expected=expected)
