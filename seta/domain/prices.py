"""What machine time costs in money."""

from dataclasses import dataclass
from fnmatch import fnmatchcase

MS_PER_HOUR = 3_600_000


@dataclass(frozen=True, slots=True)
class Prices:
    """The price of a machine hour, by the platform of the job that runs.

    A *pool* is a glob over platforms; the first that matches counts.

    >>> Prices((("osx*", 0.9), ("*", 0.12)), "USD").of("osx-10-10")
    0.9
    """

    pools: tuple[tuple[str, float], ...]   # ("*", price) is the last, so that one always matches
    currency: str                          # "USD", "$"

    def of(self, platform: str) -> float:
        return next(price for glob, price in self.pools if fnmatchcase(platform, glob))

    def of_time(self, platform: str, milliseconds: float) -> float:
        """Return what so much machine time costs on a platform."""
        return self.of(platform) * milliseconds / MS_PER_HOUR

    def text(self, amount: float) -> str:
        """
        >>> Prices((("*", 0.12),), "$").text(1234.5), Prices((("*", 0.12),), "EUR").text(-2)
        ('$1,234.50', '-2.00 EUR')
        """
        shown = f"{abs(amount):,.2f}"
        sign = "-" if amount < 0 and shown.strip("0.,") else ""
        if self.currency.isalnum():
            return f"{sign}{shown} {self.currency}"
        return f"{sign}{self.currency}{shown}"
