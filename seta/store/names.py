"""Names of jobs, with the job types that they mean."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import bindparam, func, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session
from sqlalchemy.types import Text

from ..domain import JobResult, JobType, ListedJob
from ..names import parse
from . import tables
from .build_systems import add_build_systems
from .job_types import job_type_ids

KEPT = 200_000  # names; more are asked for again

FIND = text("""
    SELECT project, build_system, name, id, job_type_id, is_given
    FROM unnest(:projects, :build_systems, :names) AS told (project, build_system, name)
    JOIN job_names USING (project, build_system, name)
""").bindparams(*(bindparam(each, type_=ARRAY(Text))
                  for each in ("projects", "build_systems", "names")))

Key = tuple[str, str, str]  # project, build system, name


@dataclass(frozen=True, slots=True)
class KnownName:
    id: int
    job_type_id: int | None
    is_given: bool


class NameIds:
    """The ids of names, kept between batches; each name is parsed once.

    A job type that came with the name outranks what the name means by our grammar.
    """

    def __init__(self):
        self._known: dict[Key, tuple[int, JobType | None]] = {}

    def resolve(
        self, session: Session, jobs: Iterable[JobResult | ListedJob]
    ) -> dict[Key, int]:
        """Store what is new of the jobs' names and return the ids of all of them.

        Raises UnknownProject. The caller holds the lock.
        """
        if len(self._known) > KEPT:
            self._known.clear()
        told, tiers = names_told(jobs)
        news = {key: given for key, given in told.items()
                if key not in self._known or given not in (None, self._known[key][1])}
        if news:
            self._store(session, news, tiers)
        return {key: self._known[key][0] for key in told}

    def forget(self) -> None:
        self._known.clear()

    def _store(
        self, session: Session, news: Mapping[Key, JobType | None], tiers: Mapping[Key, int]
    ) -> None:
        add_build_systems(session, {key[:2] for key in news})
        types = _meaning(news)
        type_ids = job_type_ids(session, sorted({each for each in types.values() if each}))
        wanted = {key: (type_ids.get(types[key]), given is not None)
                  for key, given in news.items()}
        known = _find(session, news)
        _add(session, {key: wanted[key] for key in news if key not in known}, tiers)
        _change(session, known, wanted)
        for key, name in _find(session, news).items():
            self._known[key] = name.id, news[key]


def names_told(
    jobs: Iterable[JobResult | ListedJob]
) -> tuple[dict[Key, JobType | None], dict[Key, int]]:
    """Return the names of jobs with the job type told beside each, and with the last tier."""
    told: dict[Key, JobType | None] = {}
    tiers: dict[Key, int] = {}
    for job in jobs:
        key = job.project, job.build_system, job.name
        if job.job_type is not None or key not in told:
            told[key] = job.job_type
        tiers[key] = job.tier
    return told, tiers


def count_unparsed(session: Session, projects: Collection[str]) -> int:
    row = tables.JobName
    return session.scalar(
        select(func.count()).where(row.project.in_(projects), row.job_type_id.is_(None)))


def _meaning(told: Mapping[Key, JobType | None]) -> dict[Key, JobType | None]:
    return {key: given or parse(key[2], key[1], key[0]) for key, given in told.items()}


def _find(session: Session, keys: Iterable[Key]) -> dict[Key, KnownName]:
    projects, build_systems, names = zip(*keys)
    rows = session.execute(FIND, {
        "projects": list(projects), "build_systems": list(build_systems), "names": list(names)})
    return {(project, build_system, name): KnownName(*rest)
            for project, build_system, name, *rest in rows}


def _add(session: Session, wanted: Mapping[Key, tuple], tiers: Mapping[Key, int]) -> None:
    if not wanted:
        return
    session.execute(insert(tables.JobName).on_conflict_do_nothing(), [
        {"project": key[0], "build_system": key[1], "name": key[2],
         "job_type_id": job_type_id, "is_given": is_given, "tier": tiers[key],
         "group_symbol": "", "symbol": ""}
        for key, (job_type_id, is_given) in sorted(wanted.items())
    ])


def _change(session: Session, known: Mapping[Key, KnownName], wanted: Mapping[Key, tuple]) -> None:
    """Let names mean what is told now, or what this version's grammar says."""
    changed = []
    for key, name in sorted(known.items()):
        job_type_id, is_given = wanted[key]
        if name.is_given and not is_given:
            continue
        if (job_type_id, is_given) != (name.job_type_id, name.is_given):
            changed.append({"id": name.id, "job_type_id": job_type_id, "is_given": is_given})
    if changed:
        session.execute(update(tables.JobName), changed)
