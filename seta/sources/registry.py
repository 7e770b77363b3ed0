"""Makes the sources that the settings name."""

from dataclasses import replace

from .. import __version__
from ..config import Settings
from ..domain import Project
from ..errors import BadInput
from ..names import TASKCLUSTER
from .activedata import READ_TIMEOUT, SLOW_AFTER, ActiveData
from .http import Http, HttpOptions
from .protocol import JobListSource, ResultSource
from .taskcluster import TaskclusterIndex
from .treeherder import Treeherder


def result_source(settings: Settings, name: str = "") -> ResultSource | None:
    """Return the source of that name, or the one of SETA_SOURCE; None where that is "none".

    Raises BadInput for any other name.
    """
    name = name or settings.source
    options = _http_options(settings)
    if name == "none":
        return None
    if name == ActiveData.name:
        patient = replace(options, read_timeout=READ_TIMEOUT, deadline=READ_TIMEOUT,
                          slow_after=SLOW_AFTER)
        return ActiveData(Http(patient), settings.activedata_url, table=settings.activedata_table,
                          row_limit=settings.activedata_limit)
    if name == Treeherder.name:
        return Treeherder(Http(options), settings.treeherder_url)
    raise BadInput(f"{name!r} is not a source; expected activedata or treeherder")


def job_list_source(settings: Settings, project: Project) -> JobListSource | None:
    """Return the source of a project's job lists; None where no build system of it has one."""
    if TASKCLUSTER.name not in project.build_systems:
        return None
    return TaskclusterIndex(Http(_http_options(settings)), settings.taskcluster_url)


def _http_options(settings: Settings) -> HttpOptions:
    return HttpOptions(contact=settings.contact, version=__version__)
