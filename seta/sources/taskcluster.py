"""Taskcluster's index: what a project's newest decision task could have run."""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from ..domain import ListedJob
from ..errors import SourceGarbled, SourceRefused
from ..names import TASKCLUSTER
from .http import Http, decode_json, naming
from .values import shorten, stripped, tier

logger = logging.getLogger(__name__)

NAMESPACE = "gecko.v2.{project}.latest.taskgraph.decision"
ARTIFACT = "public/runnable-jobs.json"


class TaskclusterIndex:
    """A source of job lists."""

    name = "taskcluster"

    def __init__(
        self, http: Http, base_url: str, *, namespace: str = NAMESPACE,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ):
        self._http = http
        self._base_url = base_url.rstrip("/")
        self._namespace = namespace
        self._now = now

    def newest_list(self, project: str) -> list[ListedJob]:
        """Return the newest list in order of its names, all seen now; see JobListSource."""
        what = f"the job list of {project}"
        listed = self._request(self._namespace.format(project=project), what)
        if not isinstance(listed, dict) or not listed:
            raise SourceGarbled(f"{what}: no jobs in {shorten(listed)}")
        seen_at = self._now()
        jobs = [_to_job(project, name, listed[name], seen_at, what) for name in sorted(listed)]
        logger.info("Taskcluster lists %d jobs for %s", len(jobs), project)
        return jobs

    def _request(self, namespace: str, what: str) -> Any:
        url = f"{self._base_url}/api/index/v1/task/{namespace}/artifacts/{ARTIFACT}"
        with naming(what):
            answer = self._http.get(url)
        if not answer.is_good:
            raise SourceRefused(
                f"{what}: {namespace} answered {answer.status}: {answer.excerpt}")
        return decode_json(answer, what)


def _to_job(project: str, name: str, entry: Any, seen_at: datetime, what: str) -> ListedJob:
    if not name.strip() or not isinstance(entry, dict):
        raise SourceGarbled(f"{what}: {name!r} is not a job: {shorten(entry)}")
    return ListedJob(
        project=project, build_system=TASKCLUSTER.name, name=name.strip(),
        seen_at=seen_at, tier=tier(entry.get("tier")),
        group_symbol=stripped(entry.get("groupSymbol")),  # Treeherder's "?" where there is no group
        symbol=stripped(entry.get("symbol")),
    )
