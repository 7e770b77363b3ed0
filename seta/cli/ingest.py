"""`seta ingest`."""

from datetime import datetime

import click

from ..domain import Project
from ..errors import BadInput, SourceError
from ..ingest import IngestReport, Spans, ingest_project, ingest_span
from ..ingest.plan import next_steps, steps_by_hand
from ..sources.registry import job_list_source, result_source
from ..store.curation import projects as store
from ..store.operation import watermarks
from .options import Moment
from .output import as_json, print_json, print_table, spinner
from .program import Program


@click.command()
@click.option("--source", "source_name", default="", help="activedata or treeherder.")
@click.option("--project", "names", multiple=True,
              help="May be repeated; left out, all that the source feeds.")
@click.option("--from", "start", type=Moment(), help="Take in what was pushed from then on.")
@click.option("--to", "end", type=Moment(), help="Only what was pushed before; now if left out.")
@click.option("--dry-run", is_flag=True, help="Show what would be asked for, and ask nothing.")
@as_json
@click.pass_obj
def ingest(program: Program, source_name: str, names: tuple[str, ...], start: datetime | None,
           end: datetime | None, dry_run: bool, is_json: bool):
    """Take in job results from a source.

    The first time the whole window, then what changed since the last time; with --from the
    pushes of a span. Running it twice changes nothing.
    """
    if end is not None and (start is None or end <= start):
        raise BadInput(f"--to is {end.isoformat()}; it needs a --from before it")
    source = result_source(program.settings, source_name)
    if source is None:
        raise BadInput("SETA_SOURCE is none; name one with --source")
    projects = _projects(program, names, source.name)
    span = (start, end or program.now) if start else None
    if dry_run:
        _show_plan(program, source, projects, span)
        return
    failed = []
    for project in projects:
        try:
            _take(program, source, project, span, is_json)
        except SourceError as error:
            failed.append(f"{project.name}: {error}")
    if failed:
        raise SourceError("; ".join(failed))


def _projects(program: Program, names: tuple[str, ...], source: str) -> list[Project]:
    """Return the projects that were named, or those that this source feeds."""
    with program.sessions() as session:
        if names:
            return [store.project_named(session, name) for name in names]
        live = {scope.name for scope in store.scopes(session) if not scope.is_archived}
        found = [each for each in store.projects(session)
                 if each.scope in live and each.source in ("", source)]
    if not found:
        raise BadInput("no project takes its results from a source; add one with "
                       "`seta projects add NAME`")
    return found


def _take(program: Program, source, project: Project, span, is_json: bool) -> None:
    lists = job_list_source(program.settings) if "taskcluster" in project.build_systems else None
    with spinner(program.has_terminal) as say:
        wanted = {"now": program.now, "spans": Spans.of(program.settings),
                  "progress": lambda so_far: say(
                      f"{project.name}: {so_far.done} of {so_far.slices} slices, "
                      f"{so_far.stored.results:,} results")}
        if span:
            found = ingest_span(program.sessions, source, project.name, start=span[0],
                                end=span[1], **wanted)
        else:
            found = ingest_project(program.sessions, source, project.name, lists=lists, **wanted)
    _print(project, found, is_json)
    if not found.is_complete:
        raise SourceError(found.error)


def _print(project: Project, found: IngestReport, is_json: bool) -> None:
    if is_json:
        print_json({"project": project.name, **found.counts})
        return
    click.echo(f"{project.name}: {found.done} of {found.slices} slices, {found.stored.results:,} "
               f"results ({found.stored.new:,} new, {found.stored.changed:,} changed), "
               f"{found.listed:,} listed jobs, {sum(found.skipped.values()):,} rows left out")
    for reason, count in found.skipped.most_common():
        click.echo(f"  left out, {reason}: {count:,}")
    if found.list_error:
        click.echo(f"  no job list: {found.list_error}", err=True)


def _show_plan(program: Program, source, projects: list[Project], span) -> None:
    spans = Spans.of(program.settings)
    rows = []
    for project in projects:
        with program.sessions() as session:
            known = {"source": source.name, "project": project.name}
            failed = watermarks.failed_slices(session, **known)
            steps = (steps_by_hand(project.name, failed, start=span[0], end=span[1], spans=spans)
                     if span else
                     next_steps(project.name, watermarks.watermark(session, **known), failed,
                                now=program.now, spans=spans))
        rows += [[step.kind.name.lower().replace("_", " "), step.piece] for step in steps]
    print_table(["why", "slice"], rows)
    click.echo(f"{len(rows)} slices would be asked for of {source.name}; nothing was", err=True)
