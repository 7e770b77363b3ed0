"""A policy over all cut-offs: what it catches, how late, what it costs, and how sure that is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median, quantiles
from typing import Any

import numpy as np
import numpy.typing as npt

from .costs import Cost
from .intervals import Bootstrap, Interval, weighted_mean, weights_of
from .policies import PLAIN
from .scoring import Catch, Score

Keys = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class AuditedShare:
    """`by_set` of the regressions that were observed in full, weighted by their chance for it."""

    regressions: int
    by_set: float
    interval: Interval | None
    difference: float                    # to the plain cover's, on the same regressions
    difference_interval: Interval | None


@dataclass(frozen=True)
class PolicyScore:
    """A policy over all periods; shares are from 0 to 1, costs means per push."""

    policy: str
    by_set: float                       # a witness runs on every push
    interval: Interval | None           # 95 %, of `by_set`
    difference: float                   # of `by_set` to the plain cover's
    difference_interval: Interval | None
    on_push: float                      # with what the cadence runs there
    soon: float
    found: float                        # at all, by the end of the data
    pushes_late: dict[str, float]       # median, p90, max, of those that were found
    minutes_late: dict[str, float]
    every_push: float
    with_cadence: float
    full: float
    on_push_bounds: Interval            # if the worst, or the best, of all suspects broke it
    backfill: float                     # finding the culprits by bisection
    backfill_all: float                 # or by a run on every push that may be to blame
    saved: float                        # of a full run, before backfills
    net_saved: float                    # and after those by bisection
    jobs: dict[str, float]              # the seven amounts above in jobs per push
    culprit_range: dict[str, float]     # pushes that may be to blame: median, p90, max
    turnover: float | None              # from a cut-off to the next: changed, of both sets' union
    audited: AuditedShare | None        # None: no regression was observed in full by a draw


def policy_scores(
    scores: Sequence[Mapping[str, Score]], chosen: Sequence[Mapping[str, Keys]] = (),
    *, chances: Mapping[str, float] | None = None,
) -> tuple[PolicyScore, ...]:
    """Return each policy over periods; the plain cover must be among them.

    `chosen` has what each policy with one set chose, `chances` the chance with which a regression
    was observed in full, by fixing revision, of those that were.
    """
    bootstrap = Bootstrap([len(each[PLAIN].catches) for each in scores])
    plain = _by_set([each[PLAIN] for each in scores])
    weights = weights_of([[catch.fixed_by for catch in each[PLAIN].catches] for each in scores],
                         chances or {})
    return tuple(
        _policy_score(name, [each[name] for each in scores], plain, bootstrap, weights,
                      turnover([each[name] for each in chosen if name in each]))
        for name in scores[0])


def _policy_score(
    name: str, scores: list[Score], plain: list[list[float]], bootstrap: Bootstrap,
    weights: list[list[float]], changed: float | None,
) -> PolicyScore:
    catches = [catch for each in scores for catch in each.catches]
    by_set = _by_set(scores)
    time, jobs = Cost(), Cost()
    for each in scores:
        time.add(each.bill.time)
        jobs.add(each.bill.jobs)
    differences = [[one - other for one, other in zip(ours, theirs)]
                   for ours, theirs in zip(by_set, plain)]
    return PolicyScore(
        policy=name, by_set=fmean(catch.by_set for catch in catches),
        interval=bootstrap.interval(by_set),
        difference=fmean(each for period in differences for each in period),
        difference_interval=bootstrap.interval(differences),
        on_push=fmean(catch.on_push for catch in catches),
        soon=fmean(catch.soon for catch in catches),
        found=fmean(catch.pushes_late is not None for catch in catches),
        pushes_late=spread([catch.pushes_late for catch in catches]),
        minutes_late=spread([catch.minutes_late for catch in catches]),
        on_push_bounds=_bounds(catches), jobs=_amounts(jobs),
        culprit_range=spread([catch.hunt.pushes for catch in catches if catch.hunt is not None]),
        turnover=changed, audited=_audited(by_set, differences, bootstrap, weights),
        **_amounts(time))


def _by_set(scores: Sequence[Score]) -> list[list[float]]:
    return [[catch.by_set for catch in each.catches] for each in scores]


def _bounds(catches: list[Catch]) -> Interval:
    return fmean(each.at_least for each in catches), fmean(each.at_most for each in catches)


def _amounts(cost: Cost) -> dict[str, Any]:
    """Return what one push takes, in the mean over all."""
    pushes = max(1, cost.pushes)
    return {
        "every_push": cost.every_push / pushes, "with_cadence": cost.with_cadence / pushes,
        "full": cost.full / pushes, "backfill": cost.backfill / pushes,
        "backfill_all": cost.backfill_all / pushes,
        "saved": (cost.full - cost.with_cadence) / pushes,
        "net_saved": (cost.full - cost.with_cadence - cost.backfill) / pushes}


def _audited(
    by_set: list[list[float]], differences: list[list[float]], bootstrap: Bootstrap,
    weights: list[list[float]],
) -> AuditedShare | None:
    share, difference = weighted_mean(by_set, weights), weighted_mean(differences, weights)
    if share is None or difference is None:
        return None
    return AuditedShare(
        sum(weight > 0 for period in weights for weight in period), share,
        bootstrap.interval(by_set, weights), difference, bootstrap.interval(differences, weights))


def turnover(sets: Sequence[Keys]) -> float | None:
    """Return the share of the union that changes from one set to the next, in the mean.

    >>> turnover([np.array([1, 2, 3]), np.array([2, 3, 4]), np.array([2, 3, 4])])
    0.25
    """
    changes = []
    for before, after in zip(sets, sets[1:]):
        union = len(np.union1d(before, after))
        if union:
            changes.append(1 - len(np.intersect1d(before, after)) / union)
    return fmean(changes) if changes else None


def spread(values: Sequence[float | None]) -> dict[str, float]:
    """Return the median, the 90th percentile and the greatest of those that are known."""
    found = sorted(value for value in values if value is not None)
    if not found:
        return {}
    p90 = quantiles(found, n=10, method="inclusive")[8] if len(found) > 1 else found[0]
    return {"median": median(found), "p90": p90, "max": found[-1]}
