"""One cut-off: what each policy chooses on what was known then, and how it does on what came."""

from dataclasses import dataclass

from .history import Period
from .policies import CEILING, POLICIES, Known, knowing
from .scoring import Score, score


@dataclass(frozen=True)
class Trial:
    """A cut-off with what was known and what came."""

    known: Known
    period: Period


@dataclass(frozen=True)
class Tried:
    """A cut-off with the score of each policy."""

    period: Period
    unit: str
    scores: dict[str, Score]
    unforeseen: int          # regressions of which no witness caught anything before


def try_policies(trial: Trial) -> Tried:
    """Let each policy choose, and score what it chose."""
    known, period = trial.known, trial.period
    number_of = {job_type: column for column, job_type in enumerate(known.cover.job_types)}
    later = [frozenset(number_of[job_type] for job_type in each.witnesses if job_type in number_of)
             for each in period.regressions]
    policies = POLICIES | {CEILING: knowing(later)}
    found = {name: score(known, policy(known), period) for name, policy in policies.items()}
    unforeseen = sum(not witnesses & known.caught for witnesses in later)
    return Tried(period, "ms" if known.problem.durations_ms else "jobs", found, unforeseen)
