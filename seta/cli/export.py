"""`seta export`."""

from pathlib import Path

import click

from ..api.priority_lists import KeptLists, priority_lists
from ..ledger.export import FORMATS, export_list
from ..publish.serving import Published
from ..store.curation import projects as store
from .program import Program


@click.command()
@click.option("--project", required=True, help="The project whose priorities to write.")
@click.option("--format", "form", type=click.Choice(sorted(FORMATS)), default="json",
              show_default=True, help="The client that will read the file.")
@click.option("--build-system",
              help="The build system; default: that of the format, or else the project's first.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path),
              help="The file to write; default: standard output.")
@click.pass_obj
def export(program: Program, project: str, form: str, build_system: str | None,
           output: Path | None) -> None:
    """Write a project's published priorities to a file that a client can commit.

    Nothing is written when clients would be told to run everything.
    """
    with program.sessions() as session:
        known = store.project_named(session, project)
    build_system = build_system or (form if form in known.build_systems
                                    else known.build_systems[0])
    lists = priority_lists(
        Published(program.sessions, program.settings), project, build_system, KeptLists())
    text = export_list(known, build_system, lists, format=form)
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")
