"""`seta import`."""

import json

import click

from ..domain import DEFAULT_SCOPE
from ..ingest import ImportReport, import_files
from ..ingest.records import SHOWN
from ..sources.files import record_schema
from .output import as_json, print_json, spinner
from .program import Program


@click.command("import")
@click.argument("files", nargs=-1)
@click.option("--scope", default=DEFAULT_SCOPE, show_default=True,
              help="Where projects go that are not known yet.")
@click.option("--archived", is_flag=True,
              help="A finished history: never stale, never pruned. For a scope of its own.")
@click.option("--strict", is_flag=True, help="Stop at the first bad line.")
@click.option("--schema", "is_schema", is_flag=True, help="Print the JSON Schema of a record.")
@as_json
@click.pass_obj
def import_(program: Program, files: tuple[str, ...], scope: str, archived: bool, strict: bool,
            is_schema: bool, is_json: bool):
    """Take in job results and job lists from NDJSON FILES, plain or gzip; "-" is stdin.

    A bad line is reported with its number and reason, and the rest goes in; the exit code is
    then 1. Importing a file twice changes nothing.
    """
    if is_schema:
        click.echo(json.dumps(record_schema(), indent=2))
        return
    if not files:
        raise click.UsageError("no FILES given; \"-\" reads standard input")
    with spinner(program.has_terminal) as say:
        report = import_files(
            program.sessions, files, scope=scope, archived=archived, strict=strict,
            redundancy=program.settings.redundancy, now=program.now,
            progress=lambda so_far: say(f"{so_far.results:,} results, {so_far.jobs:,} jobs listed"))
    print_json(report) if is_json else print_report(report)
    if report.bad_total:
        raise BadLines(f"{report.bad_total:,} bad lines were left out")


class BadLines(click.ClickException):
    """What went in is stored; the exit code still says that something is missing."""


def print_report(report: ImportReport) -> None:
    for bad in report.bad:
        click.echo(f"{bad}", err=True)
    if report.bad_total > len(report.bad):
        click.echo(f"... and {report.bad_total - len(report.bad):,} more; only the first {SHOWN} "
                   "are shown", err=True)
    click.echo(f"{report.results:,} results ({report.new:,} new, {report.changed:,} changed) and "
               f"{report.jobs:,} job list entries of {', '.join(report.projects) or 'no project'}")
    for count, says in (
        (report.assumed_times, "classifications have no time of their own; the push time stands "
                               "in for it"),
        (report.without_fix, "jobs are classified as fixed by commit, but name no revision"),
        (report.unparsed_names, "job names are unparsed; they always run (`seta jobs --unparsed`)"),
    ):
        if count:
            click.echo(f"{count:,} {says}")
