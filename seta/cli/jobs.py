"""`seta jobs`."""

from typing import Any

import click

from ..domain import Snapshot
from ..domain.plurals import pluralize
from ..errors import BadInput, NoSnapshot
from ..names import parse_report
from ..names.matching import names_matching, no_match
from ..proof.savings import savings_of
from ..store.curation import projects as store
from ..store.results.job_names import job_names
from ..store.snapshots import publication_state, published_lists, snapshot_with_id
from .options import json_option
from .output import print_json, print_listing, print_table
from .program import Program
from .snapshot_view import amount, savings_line


@click.command()
@click.option("--project", help="The project whose jobs to list; optional with --unparsed.")
@click.option("--priority", type=click.IntRange(1, 3), help="Only this priority.")
@click.option("--name", "glob", default="*",
              help="Only the job of this name; where there is none, names that match this glob.")
@click.option("--unparsed", is_flag=True,
              help="List the names that could not be parsed, and those that share a job type.")
@json_option
@click.pass_obj
def jobs(program: Program, project: str | None, priority: int | None, glob: str, unparsed: bool,
         is_json: bool) -> None:
    """List a project's job names, with priority, reason, cost and regressions caught.

    --json adds the certificate: why a job is forced, which regressions need it, or which chosen
    jobs catch what it caught.
    """
    if unparsed:
        _show_unparsed(program, project, is_json)
        return
    if project is None:
        raise BadInput("give --project (`seta projects list` shows all projects)")
    snapshot, rows = _decided(program, project)
    with program.sessions() as session:
        saved = savings_of(session, snapshot, project=project, prices=program.settings.prices)
    rows = [row for row in _named(rows, glob)
            if priority in (None, int(row["decided"].priority))]
    print_listing(
        {"project": project, "snapshot": snapshot.id, "jobs": rows,
         "savings": saved[0].to_json() if saved else None},
        ["priority", "name", "reason", "cost", "regressions caught"],
        [[int(row["decided"].priority), row["name"], row["decided"].reason,
          amount(snapshot, row["decided"].cost), row["decided"].caught] for row in rows],
        is_json=is_json, footer="\n".join(
            [f"{pluralize(len(rows), 'job')} of snapshot {snapshot.id}",
             *(savings_line(each) for each in saved)]))


def _named(rows: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    """Return the rows of exactly this name, or else of the names that it matches as a glob."""
    names = {row["name"] for row in rows}
    wanted = set(names_matching(names, name))
    if not wanted:
        click.echo(no_match(names, name), err=True)
    return [row for row in rows if row["name"] in wanted]


def _decided(program: Program, project: str) -> tuple[Snapshot, list[dict[str, Any]]]:
    """Return the published snapshot, and what it decides for each job name of the project."""
    with program.sessions() as session:
        scope = store.project_named(session, project).scope
        published_id = publication_state(session, scope).snapshot_id
        if published_id is None:
            raise NoSnapshot(f"no snapshot of scope {scope!r} is published yet: run "
                             f"`seta analyze --scope {scope}`")
        snapshot = snapshot_with_id(session, published_id)
        lists = published_lists(session, published_id)
    by_type = {each.job_type: each for each in snapshot.priorities}
    rows = [{"name": name, "build_system": build_system,
             "decided": by_type[lists.job_types[type_id]]}
            for (owner, build_system), priorities in sorted(lists.names.items()) if owner == project
            for _, found in sorted(priorities.items())
            for name, type_id in zip(*found, strict=True)]
    return snapshot, rows


def _show_unparsed(program: Program, project: str | None, is_json: bool) -> None:
    with program.sessions() as session:
        if project is not None:
            store.project_named(session, project)
        report = parse_report(job_names(session, None if project is None else [project]))
    if is_json:
        unparsed = [{"project": each.project, "build_system": each.build_system,
                     "name": each.name, "job_type": None} for each in report.unparsed]
        print_json({"unparsed": unparsed, "sharing_a_job_type": report.collisions})
        return
    print_table(["project", "build system", "unparsed name"],
                [[each.project, each.build_system, each.name] for each in report.unparsed])
    if report.collisions:
        click.echo()
        print_table(["project", "build system", "job type", "names that share it"],
                    [[each.project, each.build_system, each.job_type, ", ".join(each.names)]
                     for each in report.collisions])
    click.echo(f"{pluralize(len(report.unparsed), 'unparsed name')} (they always run), "
               f"{pluralize(len(report.collisions), 'job type')} with more than one name", err=True)
