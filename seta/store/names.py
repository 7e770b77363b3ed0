"""Names of jobs, with the job types that they mean."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import bindparam, func, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session
from sqlalchemy.types import Text

from ..domain import JobResult, JobType, ListedJob
from ..names import JobName, parse
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
        self._tiers: dict[Key, int] = {}

    def resolve(self, session: Session, jobs: Iterable[JobResult | ListedJob]) -> None:
        """Store what is new of the jobs' names; `id_of` then knows them all.

        Raises UnknownProject. The caller holds the lock.
        """
        if len(self._known) > KEPT:
            self._known.clear()
        told, tiers = self._news(jobs)
        if not told:
            return
        add_build_systems(session, {key[:2] for key in told})
        types = _meaning(told)
        type_ids = job_type_ids(session, sorted({each for each in types.values() if each}))
        wanted = {key: (type_ids.get(types[key]), given is not None)
                  for key, given in told.items()}
        known = _find(session, told)
        _add(session, {key: wanted[key] for key in told if key not in known}, tiers)
        _change(session, known, wanted)
        for key, name in _find(session, told).items():
            self._known[key] = name.id, told[key]

    def id_of(self, job: JobResult | ListedJob) -> int:
        return self._known[job.project, job.build_system, job.name][0]

    def forget(self) -> None:
        self._known.clear()

    def _news(self, jobs: Iterable[JobResult | ListedJob]) -> tuple[dict, dict]:
        told, tiers = {}, {}
        for job in jobs:
            key = job.project, job.build_system, job.name
            known = self._known.get(key)
            if known is None or (job.job_type is not None and job.job_type != known[1]):
                told[key] = job.job_type or told.get(key)
                tiers[key] = job.tier
        return told, tiers


def unparsed_names(session: Session, project: str | None = None) -> list[JobName]:
    """Return the names, of one project or all, that mean no job type; they always run."""
    row = tables.JobName
    query = select(row.project, row.build_system, row.name).where(row.job_type_id.is_(None))
    if project is not None:
        query = query.where(row.project == project)
    return [JobName(*each) for each in
            session.execute(query.order_by(row.project, row.build_system, row.name))]


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
