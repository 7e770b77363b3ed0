"""`seta doctor`."""

from datetime import UTC, datetime

import click

from ..clients.answers import Schedule
from ..clients.http import low_value, schedule
from ..clients.text import clean
from ..domain.plurals import pluralize
from ..errors import CannotAnswer
from .options import json_option
from .output import print_json

BUILD_SYSTEMS = {"taskgraph": "taskcluster", "buildbot": "buildbot"}
MAX_SHOWN = 5


@click.command()
@click.option("--client", type=click.Choice(sorted(BUILD_SYSTEMS)), required=True,
              help="The client to imitate.")
@click.option("--url", required=True, help="The SETA server, such as http://127.0.0.1:8000.")
@click.option("--project", required=True, help="The project to ask about.")
@click.option("--push-id", default="doctor", show_default=True,
              help="The push to ask about; the server need not know it.")
@click.option("--revision", default="0" * 40, help="The push's head revision.")
@json_option
def doctor(client: str, url: str, project: str, push_id: str, revision: str, is_json: bool) -> None:
    """Ask a server the way a client does, and show what the client would skip and why.

    Nothing is recorded. The exit code is 1 when the client would run everything because it got
    no usable answer.
    """
    build_system = BUILD_SYSTEMS[client]
    answer = schedule(project, push_id, revision, datetime.now(UTC), url=url,
                      build_system=build_system, preview=True)
    legacy = low_value(project, build_system, url=url)
    if is_json:
        print_json({"schedule": answer, "low_value": legacy})
    else:
        _print(client, project, answer, legacy)
    if answer.failure:
        raise CannotAnswer(f"{client} would run everything on {project}: {answer.failure}")


def _print(client: str, project: str, answer: Schedule, legacy: frozenset[str]) -> None:
    if answer.failure:
        click.echo(f"{client} got no usable answer for {project}.")
    elif answer.is_full:
        click.echo(f"{client} would run everything on a push to {project} now:")
    else:
        click.echo(f"{client} would run {pluralize(len(answer.run), 'job')} on a push to {project} "
                   f"now and skip {len(answer.skip):,}, according to snapshot "
                   f"{answer.snapshot}:")
    for reason in answer.reasons:
        click.echo(f"  - {reason}")
    if not answer.is_full:
        click.echo(f"skipped, for example: {_some(answer.skip)}")
    click.echo(f"the legacy API lists {pluralize(len(legacy), 'low-value job')}"
               + (f", for example: {_some(legacy)}" if legacy else ""))


def _some(names: frozenset[str]) -> str:
    return ", ".join(clean(name) for name in sorted(names)[:MAX_SHOWN])
