"""`seta import`."""

import json

import click

from ..domain import DEFAULT_SCOPE, FILES, LIVE_SOURCES
from ..domain.plurals import pluralize
from ..ingest import ImportReport, import_files
from ..ingest.records import MAX_SHOWN
from ..ledger import draw_audits
from ..proof.misses import look_for_misses
from ..sources.files import record_schema
from .options import json_option
from .output import print_json, spinner
from .program import Program


@click.command("import")
@click.argument("files", nargs=-1)
@click.option("--scope", default=DEFAULT_SCOPE, show_default=True,
              help="The scope for new projects.")
@click.option("--archived", is_flag=True,
              help="Import into an archived scope: a finished history that never goes stale and "
                   "is never pruned.")
@click.option("--strict", is_flag=True, help="Stop at the first bad line.")
@click.option("--schema", "is_schema", is_flag=True, help="Print the JSON Schema of a record.")
@json_option
@click.pass_obj
def import_(program: Program, files: tuple[str, ...], scope: str, archived: bool, strict: bool,
            is_schema: bool, is_json: bool) -> None:
    """Import job results and job lists from NDJSON FILES, plain or gzip; "-" is stdin.

    A bad line is reported with its number and the reason, and the rest is imported; the exit
    code is then 1. Importing a file twice changes nothing.
    """
    if is_schema:
        click.echo(json.dumps(record_schema(), indent=2))
        return
    if not files:
        raise click.UsageError("no FILES given; \"-\" reads standard input")
    with spinner(program.has_terminal) as show_progress:
        report = import_files(
            program.sessions, files, scope=scope, archived=archived, strict=strict,
            redundancy=program.settings.redundancy, budget=program.settings.budget,
            objective=program.settings.objective, change_price=program.settings.change_price,
            now=program.now,
            progress=lambda so_far: show_progress(
                f"{pluralize(so_far.results, 'result')}, {pluralize(so_far.jobs, 'job')} listed"))
    look_for_misses(program.sessions, scope, now=program.now)
    draw_audits(program.sessions, scope, chance=program.settings.audit, now=program.now)
    print_json(report) if is_json else print_report(report)
    if report.bad_total:
        were = "was" if report.bad_total == 1 else "were"
        raise BadLines(f"{pluralize(report.bad_total, 'bad line')} {were} left out"
                       + _not_fresher(report))


class BadLines(click.ClickException):
    """The good lines are stored; the exit code says that some are missing."""


def _not_fresher(report: ImportReport) -> str:
    fed = [project for project, source in report.sources.items() if source == FILES]
    return f", so this makes the data of {', '.join(fed)} no fresher" if fed else ""


def print_report(report: ImportReport) -> None:
    for bad in report.bad:
        click.echo(f"{bad}", err=True)
    if report.bad_total > len(report.bad):
        click.echo(f"... and {report.bad_total - len(report.bad):,} more; only the first "
                   f"{MAX_SHOWN} are shown", err=True)
    click.echo(f"{pluralize(report.results, 'result')} ({report.new:,} new, "
               f"{report.changed:,} changed) and "
               f"{pluralize(report.jobs, 'job list entry', 'job list entries')} of "
               f"{', '.join(report.projects) or 'no project'}")
    for count, what in (
        (report.assumed_times, "classifications without a time of their own, dated by their push"),
        (report.without_fix, "jobs classified as fixed by commit without a revision"),
        (report.unparsed_names, "unparsed job names, which always run (`seta jobs --unparsed`)"),
    ):
        if count:
            click.echo(f"{what}: {count:,}")
    for project, source in report.sources.items():
        if source in LIVE_SOURCES:
            click.echo(f"{source} feeds {project}, so this makes its data no fresher (`seta "
                       f"projects set {project} --source {FILES}` changes that)")
