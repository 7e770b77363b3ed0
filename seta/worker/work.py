"""What the worker does: ingest every live project, analyse every live scope, prune."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from sqlalchemy.orm import Session, sessionmaker

from ..config import Settings
from ..domain import Project
from ..errors import SetaError
from ..ingest import Spans, ingest_project
from ..publish import analyse
from ..sources.registry import job_list_source, result_source
from ..store.curation import projects as store
from ..store.curation.projects import seed_projects
from ..store.operation.runs import recorded_run, runs
from ..store.results.pruning import prune

logger = logging.getLogger(__name__)


class Work:
    """One piece at a time; an error is written down, and the clock goes on."""

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
        """Return when an ingest last came to its end with nothing missing."""
        with self._sessions() as session:
            done = [run.ended_at for run in runs(session, task="ingest", limit=200)
                    if run.status == "done"]
        return max(done, default=None)

    def wait_idle(self, seconds: float) -> bool:
        """Wait for the piece of work that runs; say whether it ended."""
        return self._is_idle.wait(seconds)

    def ingest_and_analyse(self) -> None:
        """Ingest every project that the source feeds, then analyse the live scopes.

        A scope is analysed when one of its projects was ingested, or when it is fed by files and
        pushed results only. The guard holds a snapshot back while another project's ingest fails.
        """
        with self._busy():
            projects = self._live_projects()
            fed = [each for each in projects if self._is_fed(each)]
            ingested = {each.scope for each in fed if self._ingest(each)}
            waiting = {each.scope for each in fed}
            for scope in sorted({each.scope for each in projects}):
                if scope in ingested or scope not in waiting:
                    self._analyse(scope)

    def upkeep(self) -> None:
        """Prune what is older than the retention."""
        with self._busy(), _written_down("upkeep"):
            with recorded_run(self._sessions, "upkeep", now=datetime.now(UTC)) as run:
                run.counts = prune(self._sessions, now=datetime.now(UTC),
                                   retention=self._settings.retention)

    def _live_projects(self) -> list[Project]:
        with self._sessions() as session:
            live = {each.name for each in store.scopes(session) if not each.is_archived}
            return [each for each in store.projects(session) if each.scope in live]

    def _is_fed(self, project: Project) -> bool:
        name = self._settings.source
        return name != "none" and project.source in ("", name)

    def _ingest(self, project: Project) -> bool:
        """Ingest a project; say whether nothing of it is missing."""
        with _written_down(f"ingest of {project.name}"):
            lists = (job_list_source(self._settings)
                     if "taskcluster" in project.build_systems else None)
            return ingest_project(
                self._sessions, result_source(self._settings), project.name,
                now=datetime.now(UTC), lists=lists,
                spans=Spans.of(self._settings)).is_complete
        return False

    def _analyse(self, scope: str) -> None:
        with _written_down(f"analysis of {scope}"):
            analyse(self._sessions, scope, now=datetime.now(UTC), settings=self._settings)

    @contextmanager
    def _busy(self) -> Iterator[None]:
        self._is_idle.clear()
        try:
            yield
        finally:
            self._is_idle.set()


@contextmanager
def _written_down(what: str) -> Iterator[None]:
    """Log what goes wrong, and go on: the run's row and the alarm tell it too."""
    try:
        yield
    except SetaError as error:
        logger.error("the %s failed: %s", what, error)
    except Exception:
        logger.exception("the %s failed", what)
