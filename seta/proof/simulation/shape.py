"""How large a simulated CI is, and how it behaves."""

from dataclasses import dataclass, fields
from datetime import UTC, datetime

from ...errors import BadInput

START = datetime(2026, 1, 5, tzinfo=UTC)  # a Monday
SHARES = frozenset({"flakes", "mis_starred", "unstarred", "churn"})
LEAST = {"days": 1, "job_types": 2, "components": 1}  # a build and a test


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes and rates of a simulated CI.

    Rates are means. The defaults make a small CI in the manner of Mozilla's.
    """

    days: int = 120
    pushes_per_day: float = 60.0       # on a workday
    job_types: int = 430               # builds among them
    regressions_per_day: float = 3.0   # on a workday
    components: int = 80               # parts of the product; a few break much more often
    flakes: float = 0.004              # share of runs that fail by chance
    mis_starred: float = 0.0           # share of these that are starred as fixed by a commit
    unstarred: float = 0.1             # share of true failures that nobody stars
    churn: float = 0.2                 # share of job types that come or go within a year
    has_rename: bool = True            # halfway, the tests of one platform get other names

    def __post_init__(self) -> None:
        for field in fields(self):
            name, value = field.name, getattr(self, field.name)
            least = LEAST.get(name)
            if name in SHARES and not 0 <= value <= 1:
                raise BadInput(f"{name} is a share from 0 to 1, not {value}")
            if least is not None and value < least:
                raise BadInput(f"{name} must be at least {least}, not {value}")
            if name.endswith("_per_day") and not value > 0:
                raise BadInput(f"{name} must be above 0, not {value}")
