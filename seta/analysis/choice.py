"""What runs on every push: the cover, and what a budget adds; or what is expected to catch most."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from ..domain import COVER, EXPECTED
from .cover import Cover
from .problem import Problem

if TYPE_CHECKING:
    from .expected import Expectation

LEAST_REGRESSIONS = 60    # of a window from which expectations are made
MOST_LIKE = 10            # regressions that a certificate names

Certificate = dict[str, Any]


@dataclass(frozen=True)
class ChoiceSummary:
    """What the chosen job types were taken for, and what of their cost went where.

    ``cover_cost`` is what the cover costs, ``cost`` what all that is chosen does; forced ones are
    in neither. The other figures are None where nothing was spent by expectation: shares, from 0
    to 1, of the regressions to come that forced and chosen job types are expected to catch.
    """

    objective: str                   # "cover" or "expected": what was used
    budget: float
    cover_cost: int
    cost: int
    why_cover: str = ""              # why the cover was used although the other was asked for
    cover_catches: float | None = None        # expected of the cover
    expected_catches: float | None = None     # expected of what is chosen
    parameters: dict[str, float] | None = None
    uncovered: tuple[str, ...] = ()  # fixed_by of those that the expected choice leaves uncovered


@dataclass(frozen=True)
class Choice:
    """The chosen columns, forced ones not among them."""

    cover: frozenset[int]            # those that the cover needs
    certificates: Mapping[int, Certificate] = field(default_factory=dict)  # of those on top of it
    summary: ChoiceSummary = ChoiceSummary(COVER, 1.0, 0, 0)

    @property
    def columns(self) -> frozenset[int]:
        return self.cover.union(self.certificates)


def choose(
    problem: Problem, cover: Cover, costs: Sequence[int], cheapest: frozenset[int]
) -> Choice:
    """Spend the problem's budget, a multiple of the cover's cost, on top of the cheapest cover.

    Where the objective is the expected catches, all of it is spent on them and the cover is no
    constraint, unless there are too few regressions or the problem says why it must not be.
    """
    why_cover = _why_cover(problem, cover)
    is_cover = problem.objective == COVER or bool(why_cover)
    cover_cost = sum(costs[column] for column in cheapest)
    if is_cover and problem.budget == 1:
        return Choice(cheapest, {}, ChoiceSummary(COVER, 1.0, cover_cost, cover_cost, why_cover))
    # numpy: most programs never decide anything.
    from .expected import expectation_of

    kept = cheapest if is_cover else frozenset()
    expectation = expectation_of(
        cover, problem.alive, problem.ages, costs, limit=cover_cost)
    limit = int(problem.budget * cover_cost) - (cover_cost if is_cover else 0)
    taken = expectation.spend(
        limit, costs, candidates=cover.free, start=cover.forced | kept)
    everything = cover.forced.union(kept, taken)
    return Choice(
        kept, certificates_of(expectation, cover, costs, taken, everything),
        ChoiceSummary(
            COVER if is_cover else EXPECTED, problem.budget, cover_cost,
            sum(costs[column] for column in kept.union(taken)), why_cover,
            expectation.catches(cover.forced | cheapest), expectation.catches(everything),
            asdict(expectation.parameters), () if is_cover else _uncovered(cover, everything)))


def certificates_of(
    expectation: "Expectation", cover: Cover, costs: Sequence[int], taken: Sequence[int],
    kept: Set[int],
) -> dict[int, Certificate]:
    """Return what each of these is there for: what would be lost without it, the others kept.

    The regressions that make most of it are named, with how the job type is related to each.
    """
    from .likeness import Likeness

    uncaught = expectation.uncaught_by(kept)
    certificates: dict[int, Certificate] = {}
    for column in taken:
        rows, levels, losses = expectation.losses(uncaught, column)
        found = sorted(zip(losses.tolist(), rows.tolist(), levels.tolist(), strict=True),
                       key=lambda each: (-each[0], each[1]))
        past = [each for each in found if each[1] < len(cover.fixed_by) and each[0] > 0]
        certificates[column] = {
            "kind": "expected", "expected_catches": sum(loss for loss, *_ in found),
            "cost": costs[column],
            "like": {cover.fixed_by[row]: {"how": Likeness(level).words, "expected_catches": loss}
                     for loss, row, level in past[:MOST_LIKE]},
            "like_others": sum(loss for loss, *_ in past[MOST_LIKE:]),
            "like_none": sum(loss for loss, row, _ in found if row >= len(cover.fixed_by))}
    return certificates


def _why_cover(problem: Problem, cover: Cover) -> str:
    """Return why the cover is used although the expected choice was asked for, or nothing."""
    if problem.objective == COVER:
        return ""
    count = len(cover.fixed_by) - len(cover.uncoverable())
    if count < LEAST_REGRESSIONS:
        return (f"the window has {count} regressions with a living witness, and what is expected "
                f"needs {LEAST_REGRESSIONS}")
    return problem.why_cover


def _uncovered(cover: Cover, kept: Set[int]) -> tuple[str, ...]:
    """Return the regressions that keep no witness on a project where they have a candidate."""
    return tuple(
        fixed_by for fixed_by, rows in zip(cover.fixed_by, cover.rows, strict=True)
        if any(kept.isdisjoint(row.columns) for row in rows))
