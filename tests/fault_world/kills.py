"""Kill a command at random moments of its life, the same ones in every run of the suite."""

import os
import random
import subprocess
from collections.abc import Callable
from dataclasses import dataclass

from preloaded import Program

REPEATS = int(os.environ.get("SETA_FAULT_REPEATS", "1"))  # for more than a quick look


@dataclass
class Kills:
    """What became of the commands: those that were in the middle, and those that had ended."""

    in_the_middle: int = 0
    too_late: int = 0

    def __str__(self) -> str:
        late = f", {self.too_late} after its end" if self.too_late else ""
        return f"{self.in_the_middle} kills in the middle{late}"


def kill_at_random(
    start: Callable[[], Program], *, first: float, last: float, seed: int,
    times: int = 3, after_each: Callable[[], None] = lambda: None,
) -> Kills:
    """Start a command several times and kill it `first` to `last` seconds later.

    The span is cut into as many parts as there are kills, and each part has one, so that early
    and late moments both come.
    """
    chance, kills = random.Random(seed), Kills()
    times *= REPEATS
    for number in range(times):
        program = start()
        delay = first + (last - first) * (number + chance.random()) / times
        try:
            program.wait(delay)
            kills.too_late += 1
        except subprocess.TimeoutExpired:
            program.kill()
            kills.in_the_middle += 1
        program.communicate()
        after_each()
    return kills
