"""A report on names: which have no job type, and which share one."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from ..domain import JobName, JobType
from .registry import parse


@dataclass(frozen=True, order=True, slots=True)
class Collision:
    """Names of one project and build system that mean one job type: all of them are listed."""

    project: str
    build_system: str
    job_type: JobType
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ParseReport:
    """What the names of a list mean, each counted once; sorted."""

    parsed: int
    unparsed: tuple[JobName, ...]
    collisions: tuple[Collision, ...]


def parse_report(names: Iterable[JobName]) -> ParseReport:
    """Parse all names that do not come with a job type of their own."""
    unparsed, by_job_type = [], defaultdict(set)
    distinct = set(names)
    for name in distinct:
        job_type = name.job_type or parse(name.name, name.build_system, name.project)
        if job_type is None:
            unparsed.append(name)
        else:
            by_job_type[name.project, name.build_system, job_type].add(name.name)
    collisions = [Collision(*key, names=tuple(sorted(shared)))
                  for key, shared in by_job_type.items() if len(shared) > 1]
    return ParseReport(
        len(distinct) - len(unparsed), tuple(sorted(unparsed)), tuple(sorted(collisions))
    )
