"""What pinning or lowering jobs costs and gives up, now and on past pushes."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from ...analysis import Decision, decide
from ...analysis.explain import JobVerdict
from ...config import Settings
from ...domain import JobType, Override, Pattern, Priority, Project, Scope
from ...errors import BadInput
from ...names.matching import names_matching, no_match
from ...publish.gather import Gathered, gather
from ...store.evidence import NameEvidence
from ..backtest.intervals import Bootstrap, Interval
from ..backtest.scoring import Catch, score
from ..decided import savings_of_decision
from ..savings import Savings
from .curve import Share, set_of, share_in
from .past import Past, Progress, read_past, tried_project
from .question import Question


@dataclass(frozen=True, slots=True)
class ChangedJob:
    """A job of the project whose priority becomes another one."""

    name: str
    build_system: str
    before: Priority
    after: Priority
    reason: str           # the one that it has then
    cost: int


@dataclass(frozen=True, slots=True)
class LaterCatch:
    """A regression of the past that would have been found on its push otherwise than it was."""

    fixed_by: str
    first_at: datetime
    pushes_late_before: float | None    # None: not found by the end
    pushes_late_after: float | None


@dataclass(frozen=True)
class Later:
    """The same change at past cut-offs, on the regressions that came after them."""

    since: datetime
    until: datetime
    cut_offs: int
    by_set: tuple[Share, Share]         # before and after
    on_push: tuple[Share, Share]
    difference: float                   # of `on_push`
    difference_interval: Interval       # 95 %, of pairs
    more: tuple[LaterCatch, ...]        # found on their push only with the change
    less: tuple[LaterCatch, ...]


@dataclass(frozen=True)
class Change:
    """What an analysis now would decide with these overrides, beside what it would without."""

    project: str
    scope: str
    as_of: datetime
    pinned: tuple[str, ...]
    lowered: tuple[tuple[str, Priority], ...]
    before: Savings
    after: Savings
    jobs: tuple[int, int]               # of priority 1 on the project, before and after
    come_in: tuple[ChangedJob, ...]     # to priority 1
    fall_out: tuple[ChangedJob, ...]
    unchanged: tuple[str, ...]          # asked for, but their priority stays
    given_up: tuple[str, ...]           # regressions of the window that nothing would catch
    caught_again: tuple[str, ...]       # those that are given up now, and would not be
    only_by_pinned: tuple[str, ...]     # those that only the pinned ones would catch
    later: Later | None                 # None: no regression came after a cut-off


def change_of(
    session: Session, question: Question, *, now: datetime, settings: Settings,
    progress: Progress,
) -> Change:
    """Decide on the present evidence with and without the overrides, and at past cut-offs too.

    Nothing is stored. Raises BadInput for a name that no job of the project has, and what
    `decide` and `read_past` raise.
    """
    project, scope = tried_project(session, question)
    prices = settings.prices
    progress("reading what is known now")
    present = gather(session, scope, now=now, as_of=None, settings=settings)
    ours = [each for each in present.names if each.project == project.name]
    pinned = _named(ours, question.pinned, "pin")
    lowered = {name: priority for wanted, priority in question.lowered
               for name in _named(ours, [wanted], "lower")}
    if both := sorted(set(pinned) & set(lowered)):
        raise BadInput(f"{both[0]!r} cannot be pinned and lowered at once")
    more = overrides_of(scope, pinned, lowered, now=now)
    changed = gather(session, scope, now=now, as_of=None, settings=settings, more=more)
    before, after = (_decide(each, settings, progress) for each in (present, changed))
    given_up, caught_again = _given_up(before, after)
    past = read_past(session, question, now=now, settings=settings, progress=progress)
    jobs = list(_changed(ours, before, after))
    asked = {*pinned, *lowered}
    moved = {each.name for each in jobs}
    return Change(
        project.name, scope.name, present.window.as_of, pinned, tuple(sorted(lowered.items())),
        savings_of_decision(session, project, present, before, prices),
        savings_of_decision(session, project, changed, after, prices),
        (_high(ours, before), _high(ours, after)),
        come_in=tuple(each for each in jobs if each.after.is_high_value),
        fall_out=tuple(each for each in jobs if each.before.is_high_value),
        unchanged=tuple(sorted(asked - moved)),
        given_up=given_up, caught_again=caught_again,
        only_by_pinned=_only_by(changed, after, project, {
            each.job_type for each in ours if each.name in pinned and each.job_type}),
        later=later_of(past, more, progress))


def overrides_of(
    scope: Scope, pinned: Iterable[str], lowered: dict[str, Priority], *, now: datetime
) -> list[Override]:
    """Return the overrides, by full name, that nobody has set."""
    wanted = {name: Priority.FIRST for name in pinned} | lowered
    return [Override(scope.name, Pattern(name=name), priority, "what if", "nobody", now)
            for name, priority in wanted.items()]


def later_of(past: Past, more: Sequence[Override], progress: Progress) -> Later | None:
    """Decide at each cut-off with and without the overrides; both are scored on what came."""
    periods: list[tuple[list[Catch], list[Catch]]] = []
    first_at: dict[str, datetime] = {}
    for at, known, period in past.trials(progress):
        changed = past.known_at(at, more)
        with_more, without = (
            score(each, [set_of(each, past.scope.redundancy, past.scope.budget,
                                objective=past.scope.objective)], period).catches
            for each in (changed, known))
        periods.append((without, with_more))
        first_at |= {each.fixed_by: each.first_at for each in period.regressions}
    if not first_at:
        return None
    bootstrap = Bootstrap([len(without) for without, _ in periods])
    differences = [[new.on_push - old.on_push for old, new in zip(*both)] for both in periods]
    difference = share_in(bootstrap, differences)
    pairs = [pair for both in periods for pair in zip(*both)]

    def found(sign: int) -> tuple[LaterCatch, ...]:
        return tuple(
            LaterCatch(old.fixed_by, first_at[old.fixed_by], old.pushes_late, new.pushes_late)
            for old, new in pairs if sign * (new.on_push - old.on_push) > 0)

    def shares(figure: str) -> tuple[Share, Share]:
        old, new = ([[getattr(catch, figure) for catch in both[side]] for both in periods]
                    for side in (0, 1))
        return share_in(bootstrap, old), share_in(bootstrap, new)
    return Later(past.since, past.until, len(periods), shares("by_set"), shares("on_push"),
                 difference.share, (difference.low, difference.high), found(1), found(-1))


def _named(names: Collection[NameEvidence], wanted: Iterable[str], what: str) -> tuple[str, ...]:
    """Return the names that are meant; raises BadInput where there is none."""
    known = {each.name for each in names}
    found: set[str] = set()
    for each in wanted:
        matching = names_matching(known, each)
        if not matching:
            raise BadInput(f"{what}: {no_match(known, each)}")
        found.update(matching)
    return tuple(sorted(found))


def _decide(gathered: Gathered, settings: Settings, progress: Progress) -> Decision:
    return decide(gathered.problem, work_limit=settings.node_limit,
                  time_limit=settings.time_limit.total_seconds(), progress=progress)


def _changed(
    names: Iterable[NameEvidence], before: Decision, after: Decision
) -> Iterable[ChangedJob]:
    old, new = _by_type(before), _by_type(after)
    for each in names:
        if each.job_type is not None and (
                old[each.job_type].priority != new[each.job_type].priority):
            verdict = new[each.job_type]
            yield ChangedJob(each.name, each.build_system, old[each.job_type].priority,
                             verdict.priority, verdict.reason, verdict.cost)


def _high(names: Iterable[NameEvidence], decision: Decision) -> int:
    verdicts = _by_type(decision)
    return sum(verdicts[each.job_type].priority.is_high_value for each in names
               if each.job_type is not None)


def _by_type(decision: Decision) -> dict[JobType, JobVerdict]:
    return {each.job_type: each for each in decision.verdicts}


def _given_up(before: Decision, after: Decision) -> tuple[tuple[str, ...], tuple[str, ...]]:
    old, new = set(before.given_up), set(after.given_up)
    return tuple(sorted(new - old)), tuple(sorted(old - new))


def _only_by(
    gathered: Gathered, decision: Decision, project: Project, pinned: set[JobType]
) -> tuple[str, ...]:
    """Return the regressions that, of what runs on every push, only the pinned ones catch."""
    alive = gathered.problem.alive.get(project.name, frozenset())
    high = {each.job_type for each in decision.verdicts if each.priority.is_high_value} & alive
    return tuple(sorted(
        each.fixed_by for each in gathered.problem.regressions
        if (kept := each.caught_by & high) and kept <= pinned))
