"""`seta export`."""

from pathlib import Path

import click

from ..ledger import PriorityLists
from ..ledger.export import FORMATS, export_list
from ..publish.serving import published as faces
from ..store.curation import projects as store
from .program import Program


@click.command()
@click.option("--project", required=True)
@click.option("--format", "form", type=click.Choice(sorted(FORMATS)), default="json",
              show_default=True)
@click.option("--build-system", help="Left out, the format's own, or the project's first.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path),
              help="A file; standard output if left out.")
@click.pass_obj
def export(program: Program, project: str, form: str, build_system: str | None,
           output: Path | None):
    """Write a project's published list as a file that a client can commit.

    Nothing is written when clients would be told to run everything.
    """
    with program.sessions() as session:
        known = store.project_named(session, project)
    build_system = build_system or (form if form in known.build_systems
                                    else known.build_systems[0])
    text = export_list(known, build_system, _published(program, project, build_system),
                       format=form)
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")


def _published(program: Program, project: str, build_system: str) -> PriorityLists:
    """Return what clients of a web process would be told."""
    state = faces.Published(program.sessions, program.settings)
    facts = state.project(project)
    return PriorityLists(facts.snapshot_id, facts.created_at, state.names_at(project, build_system),
                         tuple(str(refusal) for refusal in state.refusals(project)),
                         state.fresh_until(facts))
