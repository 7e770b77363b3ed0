"""`seta doctor`."""

from datetime import UTC, datetime

import click

from ..clients.answers import Schedule
from ..clients.http import low_value, schedule
from ..errors import CannotAnswer
from .options import json_option
from .output import counted, print_json

BUILD_SYSTEMS = {"taskgraph": "taskcluster", "buildbot": "buildbot"}
SHOWN = 5


@click.command()
@click.option("--client", type=click.Choice(sorted(BUILD_SYSTEMS)), required=True,
              help="Which client to ask as.")
@click.option("--url", required=True, help="The SETA server, such as http://127.0.0.1:8000.")
@click.option("--project", required=True, help="The project to ask about.")
@click.option("--push-id", default="doctor", show_default=True,
              help="The push to ask about; the server need not know it.")
@click.option("--revision", default="0" * 40, help="The push's head revision.")
@json_option
def doctor(client: str, url: str, project: str, push_id: str, revision: str, is_json: bool) -> None:
    """Ask a server the way a client does, and show what the client would skip and why.

    Nothing is recorded. The exit code is 1 when the client would run everything because it got
    no answer that it can use.
    """
    build_system = BUILD_SYSTEMS[client]
    answer = schedule(project, push_id, revision, datetime.now(UTC), url=url,
                      build_system=build_system, preview=True)
    by_old_protocol = low_value(project, build_system, url=url)
    if is_json:
        print_json({"schedule": answer, "low_value": by_old_protocol})
    else:
        _print(client, project, answer, by_old_protocol)
    if answer.failure:
        raise CannotAnswer(f"{client} would run everything on {project}: {answer.failure}")


def _print(client: str, project: str, answer: Schedule, by_old_protocol: frozenset[str]) -> None:
    if answer.failure:
        click.echo(f"{client} got no answer that it can use for {project}.")
    elif answer.is_full:
        click.echo(f"{client} would run everything on a push to {project} now:")
    else:
        click.echo(f"{client} would run {counted(len(answer.run), 'job')} on a push to {project} "
                   f"now and skip {len(answer.skip):,}, by snapshot {answer.snapshot}:")
    for reason in answer.reasons:
        click.echo(f"  - {reason}")
    if not answer.is_full:
        click.echo(f"skipped, for example: {_some(answer.skip)}")
    click.echo(f"the old protocol lists {counted(len(by_old_protocol), 'low value job')}"
               + (f", for example: {_some(by_old_protocol)}" if by_old_protocol else ""))


def _some(names: frozenset[str]) -> str:
    return ", ".join(sorted(names)[:SHOWN])
