"""What the worker does: ingest every live project, analyze every live scope, prune."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

from sqlalchemy.orm import Session, sessionmaker

from ..config import Settings
from ..domain import Project
from ..errors import SetaError
from ..ingest import IngestLengths, ingest_project
from ..ledger import draw_audits
from ..proof.misses import look_for_misses
from ..publish import analyze, watch_clock
from ..sources.registry import job_list_source, result_source
from ..store.curation import projects as store
from ..store.curation.projects import seed_projects
from ..store.operation.runs import recorded_run, runs
from ..store.operation.write_limits import forget_idle_clients
from ..store.results.pruning import prune

logger = logging.getLogger(__name__)


class Work:
    """One task at a time; an error is logged, and the next task runs regardless."""

    def __init__(self, sessions: sessionmaker[Session], settings: Settings):
        self._sessions = sessions
        self._settings = settings
        self._is_idle = threading.Event()
        self._is_idle.set()

    def seed_projects(self) -> None:
        """Add the projects of SETA_PROJECTS that are not known yet."""
        with self._sessions.begin() as session:
            seed_projects(session, self._settings)

    def last_success(self) -> datetime | None:
        """Return when an ingest last ended with nothing missing."""
        with self._sessions() as session:
            return max((run.ended_at for run in runs(session, task="ingest", limit=200)
                        if run.status == "done" and run.ended_at), default=None)

    def wait_idle(self, seconds: float) -> bool:
        """Wait for the current task to end; return whether it did."""
        return self._is_idle.wait(seconds)

    def ingest_and_analyze(self) -> None:
        """Ingest every project that a live source feeds, then analyze the live scopes.

        A scope is analyzed when one of its projects was ingested, or when it is fed only by files
        and posted results. The guard holds a snapshot back while another project's ingest fails.
        """
        with self._busy():
            projects = self._live_projects()
            fed = [each for each in projects if each.is_live_fed]
            ingested = {each.scope for each in fed if self._ingest(each)}
            self._watch_clock()
            waiting = {each.scope for each in fed}
            for scope in sorted({each.scope for each in projects}):
                look_for_misses(self._sessions, scope, now=datetime.now(UTC))
                draw_audits(self._sessions, scope, chance=self._settings.audit,
                            now=datetime.now(UTC))
                if scope in ingested or scope not in waiting:
                    self._analyze(scope)

    def upkeep(self) -> None:
        """Prune what is older than the retention time, and keep the planner's figures true."""
        with self._busy(), _errors_logged("upkeep"):
            with recorded_run(self._sessions, "upkeep", now=datetime.now(UTC)) as run:
                run.counts = prune(self._sessions, now=datetime.now(UTC),
                                   retention=self._settings.retention)
                with self._sessions.begin() as session:
                    forget_idle_clients(session, now=datetime.now(UTC))
                    store.count_projects(session)

    def _live_projects(self) -> list[Project]:
        """Return the projects of live scopes, each with a source."""
        with self._sessions() as session:
            return [each if each.source else replace(each, source=self._settings.project_source)
                    for each in store.live_projects(session)]

    def _ingest(self, project: Project) -> bool:
        """Ingest a project from its source; return whether it is complete."""
        with _errors_logged(f"ingest of {project.name}"):
            source = result_source(self._settings, project.source)
            assert source is not None  # only live-fed projects are ingested
            return ingest_project(
                self._sessions, source, project.name, now=datetime.now(UTC),
                lists=job_list_source(self._settings, project),
                lengths=IngestLengths.of(self._settings)).is_complete
        return False

    def _watch_clock(self) -> None:
        """Raise an alarm where results seem to come from a time that is yet to come."""
        with _errors_logged("look at the clock"), self._sessions.begin() as session:
            watch_clock(session, now=datetime.now(UTC))

    def _analyze(self, scope: str) -> None:
        with _errors_logged(f"analysis of {scope}"):
            analyze(self._sessions, scope, now=datetime.now(UTC), settings=self._settings)

    @contextmanager
    def _busy(self) -> Iterator[None]:
        self._is_idle.clear()
        try:
            yield
        finally:
            self._is_idle.set()


@contextmanager
def _errors_logged(what: str) -> Iterator[None]:
    """Log an error and go on: the run's row and the alarm show it too."""
    try:
        yield
    except SetaError as error:
        logger.error("the %s failed: %s", what, error)
    except Exception:
        logger.exception("the %s failed", what)
