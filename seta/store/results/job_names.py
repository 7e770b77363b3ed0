"""Names of jobs, with the job types that they mean."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, overload

from sqlalchemy import BindParameter, all_, bindparam, func, literal, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session
from sqlalchemy.types import Integer, Text

from ...domain import JobName, JobResult, JobType, ListedJob
from ...errors import UnknownProject
from ...names import parse
from .. import schema

MAX_CACHED = 200_000  # names in memory; beyond that they are read again

FIND = text("""
    SELECT project, build_system, name, id, job_type_id, is_given, is_build
    FROM unnest(:projects, :build_systems, :names) AS wanted (project, build_system, name)
    JOIN job_names USING (project, build_system, name)
""").bindparams(*(bindparam(each, type_=ARRAY(Text))
                  for each in ("projects", "build_systems", "names")))

DIGEST = text("""
    SELECT sum(hashint8extended(id, coalesce(job_type_id, 0) * 2::bigint + is_build::integer))
    FROM job_names WHERE project = :project AND build_system = :build_system
""")

Key = tuple[str, str, str]         # project, build system, name
Meaning = tuple[int | None, bool]  # job type id, whether a source gave the job type

ARRAYS: tuple[BindParameter[Any], ...] = (
    *(bindparam(name, type_=ARRAY(Text)) for name in ("platforms", "builds", "suites")),
    bindparam("chunks", type_=ARRAY(Integer)))
WANTED_TYPES = """unnest(:platforms, :builds, :suites, :chunks)
            AS wanted (platform, build_type, test_suite, chunk)"""

FIND_TYPES = text(f"""
    SELECT platform, build_type, test_suite, chunk, id
    FROM {WANTED_TYPES} JOIN job_types USING (platform, build_type, test_suite, chunk)
""").bindparams(*ARRAYS)

# Only what is missing: a conflict would use up an id each time.
ADD_TYPES = text(f"""
    INSERT INTO job_types (platform, build_type, test_suite, chunk)
    SELECT platform, build_type, test_suite, chunk FROM {WANTED_TYPES}
    ORDER BY 1, 2, 3, 4
    ON CONFLICT DO NOTHING
""").bindparams(*ARRAYS)


@dataclass(frozen=True, slots=True)
class NameRow:
    id: int
    job_type_id: int | None
    is_given: bool
    is_build: bool


class NameIds:
    """The ids of names, kept between batches; each name is parsed once.

    A job type that came with the name outranks what the name means by our grammar.
    """

    def __init__(self) -> None:
        self._known: dict[Key, tuple[int, JobType | None, bool]] = {}

    def resolve(
        self, session: Session, jobs: Iterable[JobResult | ListedJob]
    ) -> dict[Key, int]:
        """Store what is new of the jobs' names and return the ids of all of them.

        Raises UnknownProject. The caller holds the lock.
        """
        if len(self._known) > MAX_CACHED:
            self._known.clear()
        given_types, tiers, builds = names_of(jobs)
        new = {key: given for key, given in given_types.items()
               if key not in self._known or given not in (None, self._known[key][1])
               or builds.get(key) not in (None, self._known[key][2])}
        if new:
            self._store(session, new, tiers, builds)
        return {key: self._known[key][0] for key in given_types}

    def forget(self) -> None:
        self._known.clear()

    def _store(
        self, session: Session, new: Mapping[Key, JobType | None], tiers: Mapping[Key, int],
        builds: Mapping[Key, bool],
    ) -> None:
        add_build_systems(session, {key[:2] for key in new})
        types = _meaning(new)
        type_ids = job_type_ids(session, sorted({each for each in types.values() if each}))
        wanted = {key: (None if job_type is None else type_ids[job_type], new[key] is not None)
                  for key, job_type in types.items()}
        known = _find(session, new)
        _add(session, {key: wanted[key] for key in new if key not in known}, tiers, builds)
        _change(session, known, wanted)
        _mark_builds(session, known, builds)
        for key, name in _find(session, new).items():
            self._known[key] = name.id, new[key], name.is_build


def names_of(
    jobs: Iterable[JobResult | ListedJob]
) -> tuple[dict[Key, JobType | None], dict[Key, int], dict[Key, bool]]:
    """Return the names of jobs with the job type given for each, and with the last tier.

    The third are the names of which a record says whether they are builds; the last one counts.
    """
    given_types: dict[Key, JobType | None] = {}
    tiers: dict[Key, int] = {}
    builds: dict[Key, bool] = {}
    for job in jobs:
        key = job.project, job.build_system, job.name
        if job.job_type is not None or key not in given_types:
            given_types[key] = job.job_type
        tiers[key] = job.tier
        if job.is_build is not None:
            builds[key] = job.is_build
    return given_types, tiers, builds


def meanings_digest(session: Session, project: str, build_system: str) -> int:
    """Return a number that changes with what any name means, or whether it is a build."""
    return int(session.scalar(DIGEST, {"project": project, "build_system": build_system}) or 0)


def count_unparsed(session: Session, projects: Collection[str]) -> int:
    row = schema.JobName
    return session.scalars(select(func.count()).where(
        row.project.in_(projects), row.job_type_id.is_(None))).one()


def _meaning(given_types: Mapping[Key, JobType | None]) -> dict[Key, JobType | None]:
    return {key: given or parse(key[2], key[1], key[0]) for key, given in given_types.items()}


def _find(session: Session, keys: Iterable[Key]) -> dict[Key, NameRow]:
    projects, build_systems, names = zip(*keys)
    rows = session.execute(FIND, {
        "projects": list(projects), "build_systems": list(build_systems), "names": list(names)})
    return {(project, build_system, name): NameRow(*rest)
            for project, build_system, name, *rest in rows}


def _add(
    session: Session, wanted: Mapping[Key, Meaning], tiers: Mapping[Key, int],
    builds: Mapping[Key, bool],
) -> None:
    if not wanted:
        return
    session.execute(insert(schema.JobName).on_conflict_do_nothing(), [
        {"project": key[0], "build_system": key[1], "name": key[2],
         "job_type_id": job_type_id, "is_given": is_given, "tier": tiers[key],
         "group_symbol": "", "symbol": "", "is_build": builds.get(key, False)}
        for key, (job_type_id, is_given) in sorted(wanted.items())
    ])


def _change(
    session: Session, known: Mapping[Key, NameRow], wanted: Mapping[Key, Meaning]
) -> None:
    """Give names the job type that came with them, or that this version's grammar parses."""
    changed = []
    for key, name in sorted(known.items()):
        job_type_id, is_given = wanted[key]
        if name.is_given and not is_given:
            continue
        if (job_type_id, is_given) != (name.job_type_id, name.is_given):
            changed.append({"id": name.id, "job_type_id": job_type_id, "is_given": is_given})
    if changed:
        session.execute(update(schema.JobName), changed)


def _mark_builds(
    session: Session, known: Mapping[Key, NameRow], builds: Mapping[Key, bool]
) -> None:
    """Let names be builds, or no longer, where a record said so."""
    changed = [{"id": name.id, "is_build": builds[key]} for key, name in sorted(known.items())
               if builds.get(key, name.is_build) != name.is_build]
    if changed:
        session.execute(update(schema.JobName), changed)


def job_type_ids(session: Session, job_types: Collection[JobType]) -> dict[JobType, int]:
    """Return the ids of job types; those not known are added. The caller holds the lock."""
    found = _find_types(session, job_types)
    missing = [job_type for job_type in job_types if job_type not in found]
    if missing:
        session.execute(ADD_TYPES, _arrays(missing))
        found |= _find_types(session, missing)
    return found


def _find_types(session: Session, job_types: Collection[JobType]) -> dict[JobType, int]:
    return {JobType(*words): number
            for *words, number in session.execute(FIND_TYPES, _arrays(job_types))}


def _arrays(job_types: Collection[JobType]) -> dict[str, list[Any]]:
    return {
        "platforms": [each.platform for each in job_types],
        "builds": [each.build_type for each in job_types],
        "suites": [each.test_suite for each in job_types],
        "chunks": [each.chunk for each in job_types],
    }


def add_build_systems(session: Session, seen: Collection[tuple[str, str]]) -> None:
    """Add build systems, as (project, build system), that a project was not known to have.

    Raises UnknownProject.
    """
    row = schema.Project
    names = {project for project, _ in seen}
    known = dict(session.execute(
        select(row.name, row.build_systems).where(row.name.in_(names))).all())
    unknown = sorted(names - known.keys())
    if unknown:
        raise UnknownProject(f"SETA does not cover the project {unknown[0]!r}")
    for project, build_system in sorted(seen):
        if build_system not in known[project]:
            is_missing = literal(build_system) != all_(row.build_systems)
            session.execute(
                update(row).where(row.name == project, is_missing)
                .values(build_systems=func.array_append(row.build_systems, build_system)))


@overload
def as_job_type(row: schema.JobType) -> JobType: ...


@overload
def as_job_type(row: schema.JobType | None) -> JobType | None: ...


def as_job_type(row: schema.JobType | None) -> JobType | None:
    if row is None:
        return None
    return JobType(row.platform, row.build_type, row.test_suite, row.chunk)


def job_names(
    session: Session, projects: Collection[str] | None = None, build_system: str | None = None
) -> list[JobName]:
    """Return the names ever seen on these projects, or on all; sorted. One query."""
    name, Type = schema.JobName, schema.JobType
    query = (
        select(name.project, name.build_system, name.name, Type, name.group_symbol, name.symbol,
               name.is_build)
        .outerjoin(Type, Type.id == name.job_type_id)
        .order_by(name.project, name.build_system, name.name))
    if projects is not None:
        query = query.where(name.project.in_(projects))
    if build_system is not None:
        query = query.where(name.build_system == build_system)
    return [JobName(project, system, each, as_job_type(row), group_symbol, symbol, is_build)
            for project, system, each, row, group_symbol, symbol, is_build
            in session.execute(query)]
