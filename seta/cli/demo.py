"""`seta demo`."""

import click

from ..demo import DemoScope, scopes as demo_scopes
from ..domain import DEMO, Snapshot
from ..domain.plurals import pluralize
from ..errors import Conflict, UnknownProject, UnknownScope
from ..ingest import import_files
from ..proof.savings import savings_of
from ..publish import analyze
from ..store.curation import projects as store
from ..store.operation.audit import record_audit
from ..store.snapshots import publication_state, snapshot_with_id
from .import_ import print_report
from .output import spinner
from .program import Program, operator
from .snapshot_view import print_snapshot


@click.command()
@click.option("--remove", is_flag=True, help="Remove the demo's scopes and everything in them.")
@click.pass_obj
def demo(program: Program, remove: bool) -> None:
    """Load the built-in real data as archived scopes and analyze them.

    They are the Talos regressions of 2014 (Buildbot), and real jobs of 2018 that sheriffs
    classified "fixed by commit" (Taskcluster). docs/demo-data.md says where they come from, what
    was cleaned and what is derived.
    """
    if remove:
        _remove(program)
        return
    for each in demo_scopes():
        _load(program, each)


def _load(program: Program, each: DemoScope) -> None:
    _check_projects(program, each)
    click.echo(f"== {each.title} (scope {each.name})")
    with spinner(program.has_terminal) as show_progress:
        report = import_files(
            program.sessions, [each.path], scope=each.name, archived=True, source=DEMO,
            title=each.title, description=each.description, now=program.now,
            progress=lambda so_far: show_progress(
                pluralize(so_far.results, "result")))
        snapshot = None if report.new or report.changed else _published(program, each.name)
        if snapshot is None:
            snapshot = analyze(program.sessions, each.name, now=program.now,
                               settings=program.settings, progress=show_progress)
    with program.sessions() as session:
        savings = savings_of(session, snapshot, prices=program.settings.prices)
    print_report(report)
    print_snapshot(snapshot, savings)
    click.echo()


def _published(program: Program, scope: str) -> Snapshot | None:
    """Return the scope's published snapshot: unchanged data needs no new analysis."""
    with program.sessions() as session:
        found = publication_state(session, scope).snapshot_id
        return None if found is None else snapshot_with_id(session, found)


def _check_projects(program: Program, each: DemoScope) -> None:
    """Refuse to touch a project that a real source feeds."""
    with program.sessions() as session:
        for name in each.projects:
            try:
                known = store.project_named(session, name)
            except UnknownProject:
                continue
            if known.source != DEMO:
                raise Conflict(f"the project {name!r} holds real results in scope {known.scope!r}; "
                               "the demo needs a database of its own (another SETA_HOME)")


def _remove(program: Program) -> None:
    with program.sessions.begin() as session:
        for each in demo_scopes():
            try:
                store.remove_scope(session, each.name)
            except UnknownScope:
                click.echo(f"scope {each.name} does not exist")
                continue
            record_audit(session, who=operator(), what="remove demo", target=each.name)
            click.echo(f"scope {each.name} removed")
