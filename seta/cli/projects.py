"""`seta projects`."""

import click

from ..curation import projects as curation
from ..domain import DEFAULT_SCOPE, INTERVALS, Cadence, Interval, Project
from ..errors import BadInput
from ..store.curation import projects as store
from .output import as_json, print_json, print_table
from .program import Program, operator


@click.group()
def projects():
    """List, add and change projects."""


@projects.command("list")
@as_json
@click.pass_obj
def list_projects(program: Program, is_json: bool):
    """Show every project with its scope, build systems and cadence."""
    with program.sessions() as session:
        found = store.projects(session)
    if is_json:
        print_json(found)
        return
    print_table(
        ["project", "scope", "build systems", "kind", "kill switch", "priority 2", "priority 3",
         "backstop",
         "source"],
        [[each.name, each.scope, ", ".join(each.build_systems),
          "integration" if each.is_integration else "always full",
          "set" if each.is_killed else "", *_limits(each), each.source] for each in found])


def _limits(project: Project) -> list[str]:
    cadence = project.cadence
    return [f"{limit.pushes} pushes / {limit.minutes} min"
            for limit in (cadence.priority_2, cadence.priority_3, cadence.backstop)]


def changes(command):
    """The options that add and set have in common."""
    for option in reversed([
        click.option("--build-system", "build_systems", multiple=True,
                     help="taskcluster, buildbot or a word of your own; may be repeated."),
        click.option("--integration/--always-full", "is_integration", default=None,
                     help="Whether pushes are selective, or always run everything."),
        click.option("--kill/--no-kill", "is_killed", default=None,
                     help="The kill switch: everything runs."),
        click.option("--priority-2", metavar="PUSHES/MINUTES", help="When priority 2 runs: 5/90."),
        click.option("--priority-3", metavar="PUSHES/MINUTES",
                     help="When priority 3 runs: 10/180."),
        click.option("--backstop", metavar="PUSHES/MINUTES", help="When all runs: 20/240."),
        click.option("--infer/--no-infer", "infer_regressions", default=None,
                     help="Take a job that failed and passed again as a fixed regression."),
        click.option("--infer-after", type=click.IntRange(1, 100),
                     help="How many failed pushes in a row that takes."),
        click.option("--open-scheduling/--closed-scheduling", "open_scheduling", default=None,
                     help="Whether the schedule call needs no token."),
        click.option("--why", default="", help="For the audit table."),
    ]):
        command = option(command)
    return command


@projects.command("add")
@click.argument("name")
@click.option("--scope", default=DEFAULT_SCOPE, show_default=True)
@changes
@click.pass_obj
def add_project(program: Program, name: str, scope: str, why: str, **given):
    """Add a project; its scope is made where it is not there."""
    with program.sessions.begin() as session:
        store.ensure_scope(session, scope, program.settings)
        fields = _given(given)
        cadence = Cadence(**fields.pop("cadence", {}))
        project = Project(name, scope, cadence=cadence, **fields)
        curation.add_project(session, project, who=operator(), why=why)
    click.echo(f"project {name} is in scope {scope}")


@projects.command("set")
@click.argument("name")
@changes
@click.pass_obj
def set_project(program: Program, name: str, why: str, **given):
    """Change a project, from its next push on."""
    with program.sessions.begin() as session:
        curation.change_project(session, name, _given(given), who=operator(), why=why)
    click.echo(f"project {name} is as asked for, from its next push on")


def _given(given: dict) -> dict:
    """Return the fields that the options set; the others stay."""
    fields = {name: value for name, value in given.items()
              if value not in (None, ()) and name not in INTERVALS}
    intervals = {each: _interval(each, given[each]) for each in INTERVALS if given[each]}
    return fields | ({"cadence": intervals} if intervals else {})


def _interval(name: str, text: str) -> Interval:
    try:
        pushes, minutes = (int(word) for word in text.split("/"))
        return Interval(pushes, minutes)
    except ValueError as error:
        raise BadInput(f"--{name} is {text!r}; expected is PUSHES/MINUTES such as 5/90") from error
