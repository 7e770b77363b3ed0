"""What a search may spend, and what it found; HiGHS itself is imported by who searches."""

from collections.abc import Callable
from dataclasses import dataclass

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Budget:
    """What may be spent, or was: nodes of the search tree, and seconds as a backstop."""

    nodes: int
    seconds: float

    def less(self, spent: "Budget") -> "Budget":
        """Return what is left, never less than zero."""
        return Budget(max(0, self.nodes - spent.nodes), max(0.0, self.seconds - spent.seconds))


def no_progress(text: str) -> None:
    """The progress of a run that nobody watches."""


@dataclass(frozen=True)
class SearchResult:
    """The columns that a search found, and a lower bound on the sum of coefficients of any answer.

    Both come from doubles: the caller checks them in whole numbers.
    """

    columns: frozenset[int]  # empty: nothing was found
    bound: int
    spent: Budget
