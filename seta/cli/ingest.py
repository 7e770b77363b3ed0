"""`seta ingest`."""

from dataclasses import replace
from datetime import datetime

import click

from ..curation import projects as curation
from ..domain import LIVE_SOURCES, Project
from ..domain.plurals import pluralize
from ..errors import BadInput, SourceError
from ..ingest import IngestLengths, IngestReport, ingest_project, ingest_span
from ..ingest.plan import next_steps, steps_by_hand
from ..ingest.targets import check_source
from ..ledger import draw_audits
from ..proof.misses import look_for_misses
from ..sources.protocol import ResultSource
from ..sources.registry import job_list_source, result_source
from ..store.curation import projects as store
from ..store.operation import watermarks
from .options import TimeParam, dry_run_option, json_option
from .output import print_json, print_table, spinner
from .program import Program, operator

TimeRange = tuple[datetime, datetime]


@click.command()
@click.option("--source", "source_name", type=click.Choice(LIVE_SOURCES),
              help="Only projects of this source; default: each project from its own.")
@click.option("--project", "names", multiple=True,
              help="May be repeated; default: all projects that a live source feeds.")
@click.option("--from", "start", type=TimeParam(),
              help="Ingest results of pushes from this time on.")
@click.option("--to", "end", type=TimeParam(),
              help="Ingest only pushes before this time; default: now.")
@dry_run_option
@json_option
@click.pass_obj
def ingest(program: Program, source_name: str | None, names: tuple[str, ...],
           start: datetime | None, end: datetime | None, dry_run: bool, is_json: bool) -> None:
    """Ingest job results from the live sources of the projects.

    The first time it ingests the whole window, later only what changed since the last time; with
    --from, the pushes of a time range. Running it twice changes nothing.
    """
    if end is not None and (start is None or end <= start):
        raise BadInput(f"--to is {end.isoformat()}; it needs an earlier --from")
    if source_name and not dry_run:
        _give_source(program, names, source_name)
    projects = _projects(program, names, source_name)
    span = (start, end or program.now) if start else None
    if dry_run:
        _print_plan(program, projects, span)
        return
    failed = []
    for project in projects:
        try:
            _ingest(program, project, span, is_json)
        except SourceError as error:
            failed.append(f"{project.name}: {error}")
    for scope in sorted({project.scope for project in projects}):
        look_for_misses(program.sessions, scope, now=program.now)
        draw_audits(program.sessions, scope, chance=program.settings.audit, now=program.now)
    if failed:
        raise SourceError("; ".join(failed))


def _give_source(program: Program, names: tuple[str, ...], source: str) -> None:
    """Give this source to projects that were named and that their own one has never filled."""
    with program.sessions.begin() as session:
        for name in names:
            project = store.project_named(session, name)
            mark = watermarks.watermark(session, source=project.source, project=name)
            if project.is_live_fed and project.source != source and not mark.is_filled:
                curation.change_project(session, name, {"source": source}, who=operator(),
                                        why=f"its first results come from {source}")
                click.echo(f"{name}: its results come from {source} from now on; there were none "
                           f"from {project.source}", err=True)


def _projects(program: Program, names: tuple[str, ...], source: str | None) -> list[Project]:
    """Return the projects that were named, or those that this source, or any, feeds.

    A project without a source gets the one that was named, or that of the settings.
    """
    default = source or program.settings.project_source
    with program.sessions() as session:
        if names:
            known = [store.project_named(session, name) for name in names]
        else:
            known = store.live_projects(session)
    known = [each if each.source else replace(each, source=default) for each in known]
    if names:
        for each in known:
            check_source(each, source)
        return known
    found = [each for each in known if each.is_live_fed and each.source == (source or each.source)]
    if not found:
        raise BadInput(f"no project takes its results from {source or 'a live source'}; add one "
                       f"with `seta projects add NAME --source {source or LIVE_SOURCES[0]}`")
    return found


def _ingest(
    program: Program, project: Project, span: TimeRange | None, is_json: bool,
) -> None:
    source = _source_of(program, project)
    lists = job_list_source(program.settings, project)
    lengths = IngestLengths.of(program.settings)
    with spinner(program.has_terminal) as show_progress:
        def show(so_far: IngestReport) -> None:
            show_progress(f"{project.name}: {_slices(so_far)}, "
                          f"{pluralize(so_far.stored.results, 'result')}")

        if span:
            ingested = ingest_span(
                program.sessions, source, project.name, start=span[0], end=span[1],
                now=program.now, lengths=lengths, progress=show)
        else:
            ingested = ingest_project(
                program.sessions, source, project.name, now=program.now, lengths=lengths,
                lists=lists, progress=show)
    _print(project, ingested, is_json)
    if not ingested.is_complete:
        raise SourceError(ingested.error)


def _slices(ingested: IngestReport) -> str:
    return f"{ingested.done} of {pluralize(ingested.slices, 'slice')}"


def _print(project: Project, ingested: IngestReport, is_json: bool) -> None:
    if is_json:
        print_json({"project": project.name, **ingested.counts})
        return
    stored = ingested.stored
    click.echo(f"{project.name}: {_slices(ingested)}, {pluralize(stored.results, 'result')} "
               f"({stored.new:,} new, {stored.changed:,} changed), "
               f"{pluralize(ingested.listed, 'listed job')}, "
               f"{pluralize(ingested.skipped.total(), 'row')} left out")
    for reason, count in ingested.skipped.most_common():
        click.echo(f"  left out, {reason}: {count:,}")
    if ingested.list_error:
        click.echo(f"  no job list: {ingested.list_error}", err=True)


def _source_of(program: Program, project: Project) -> ResultSource:
    source = result_source(program.settings, project.source)
    assert source is not None  # it is a live one: see `_projects`
    return source


def _print_plan(program: Program, projects: list[Project], span: TimeRange | None) -> None:
    lengths = IngestLengths.of(program.settings)
    rows = []
    for project in projects:
        source = _source_of(program, project)
        with program.sessions() as session:
            failed = watermarks.failed_slices(session, source=source.name, project=project.name)
            if span:
                steps = steps_by_hand(project.name, failed, start=span[0], end=span[1],
                                      lengths=lengths)
            else:
                mark = watermarks.watermark(session, source=source.name, project=project.name)
                steps = next_steps(project.name, mark, failed, now=program.now, lengths=lengths)
        rows += [[source.name, step.reason.name.lower().replace("_", " "), step.slice_]
                 for step in steps]
    print_table(["source", "why", "slice"], rows)
    click.echo(f"dry run: {pluralize(len(rows), 'slice')} would be requested", err=True)
