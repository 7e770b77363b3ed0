"""How long to look for a proof, and whom to tell meanwhile."""

from collections.abc import Callable
from dataclasses import dataclass

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Effort:
    """What may be spent: nodes of the search tree, and seconds as a backstop."""

    nodes: int
    seconds: float

    def less(self, spent: "Effort") -> "Effort":
        """Return what is left; never less than nothing."""
        return Effort(max(0, self.nodes - spent.nodes), max(0.0, self.seconds - spent.seconds))


def tell_nobody(text: str) -> None:
    """The progress of a run that nobody watches."""
