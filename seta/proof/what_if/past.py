"""The past pushes of a project on which settings are tried, and what was known at each cut-off."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from ...analysis.setcover import Budget
from ...config import Settings
from ...domain import Cadence, Override, Project, Scope
from ...errors import BadInput
from ...store.curation.projects import project_named, scope_named
from ...store.evidence import evidence_window
from ..backtest.history import History, Period, read_history
from ..backtest.plan import cut_offs
from ..backtest.policies import Known
from ..backtest.timelines import Timeline
from ..evidence import Evidence, read_evidence
from .question import Question

LAST = timedelta(days=60)
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Past:
    """What was known at each cut-off, and what came after it."""

    project: Project
    scope: Scope
    since: datetime
    until: datetime
    step: timedelta
    history: History
    evidence: Evidence
    limits: Budget

    @property
    def cut_offs(self) -> list[datetime]:
        return cut_offs(self.since, self.until, self.step)

    @property
    def timeline(self) -> Timeline:
        return self.history.timelines[self.project.name]

    def timeline_with(self, cadence: Cadence) -> Timeline:
        """Return the project's pushes with another cadence."""
        if cadence == self.project.cadence:
            return self.timeline
        return Timeline(self.timeline.times, cadence)

    def known_at(self, at: datetime, more: Sequence[Override] = ()) -> Known:
        """Return what was known at a cut-off, with more overrides, which are the newest then."""
        evidence = replace(self.evidence, overrides=[
            *self.evidence.overrides, *(replace(each, created_at=at) for each in more)])
        return Known(evidence.problem_at(at), self.evidence.ages_at(at), self.limits)

    def period(self, at: datetime, known: Known) -> Period:
        """Return the project's regressions until the next cut-off.

        What is found soon is judged by the present cadence, whatever cadence is tried.
        """
        found = self.history.period(
            at, min(at + self.step, self.until), within=self.project.cadence.priority_2,
            known_fixes=frozenset(each.fixed_by for each in known.problem.regressions))
        name = self.project.name
        return replace(
            found, timelines={name: self.timeline}, later=(),
            regressions=tuple(each for each in found.regressions if each.project == name))

    def trials(self, progress: Progress) -> Iterator[tuple[datetime, Known, Period]]:
        """Yield the cut-offs at which something can be decided, with what was known and came."""
        for number, at in enumerate(self.cut_offs, 1):
            progress(f"cut-off {number} of {len(self.cut_offs)}, {at:%Y-%m-%d}")
            known = self.known_at(at)
            if known.problem.regressions:
                yield at, known, self.period(at, known)


def read_past(
    session: Session, question: Question, *, now: datetime, settings: Settings,
    progress: Progress,
) -> Past:
    """Read everything once. Raises UnknownProject, and BadInput for times that cannot be."""
    project, scope = tried_project(session, question)
    end = evidence_window(session, scope, now=now).as_of
    until = question.until or end
    if until > end:
        raise BadInput(f"to is {until:%Y-%m-%d %H:%M}, and the data ends {end:%Y-%m-%d %H:%M}")
    since = question.since or until - LAST
    if since >= until:
        raise BadInput(f"from is {since:%Y-%m-%d %H:%M}, which must come before the end, "
                       f"{until:%Y-%m-%d %H:%M}")
    oldest = since - timedelta(days=scope.window_days)
    progress("reading the regressions and the pushes")
    history = read_history(session, scope, since=oldest, until=until)
    evidence = read_evidence(
        session, scope, cut_offs(since, until, question.step), settings=settings,
        progress=progress)
    return Past(project, scope, since, until, question.step, history, evidence,
                Budget(settings.node_limit, settings.time_limit.total_seconds()))


def tried_project(session: Session, question: Question) -> tuple[Project, Scope]:
    """Return the project with its scope. Raises UnknownProject, and BadInput if all of it runs."""
    project = project_named(session, question.project)
    if not project.is_integration:
        raise BadInput(f"everything always runs on {project.name!r}: there is nothing to try")
    return project, scope_named(session, project.scope)
