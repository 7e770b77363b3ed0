"""`seta projects`."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

from ..curation import projects as curation
from ..curation.inference import InferencePreview, preview_inference
from ..domain import FILES, INTERVALS, SOURCES, Cadence, Interval, Project
from ..domain.plurals import pluralize
from ..errors import BadInput
from ..proof.savings import Savings, published_savings
from ..store.curation import projects as store
from .options import json_option, scope_option, why_option
from .output import fields_of, print_listing
from .program import Program, operator
from .snapshot_view import share_text

INFERENCE = {"infer_regressions", "infer_after"}  # the fields that it depends on

Command = TypeVar("Command", bound=Callable[..., Any])


@click.group()
def projects() -> None:
    """List, add and change projects."""


@projects.command("list")
@json_option
@click.pass_obj
def list_projects(program: Program, is_json: bool) -> None:
    """List all projects with scope, build systems and cadence, and what SETA saves there.

    Saved is the share of a full run, net: backfills are paid for.
    """
    with program.sessions() as session:
        found = store.projects(session)
        saved = {each.name: published_savings(
            session, each, prices=program.settings.prices)[1] for each in found}
    print_listing(
        [fields_of(each) | {"savings": _savings_json(saved[each.name])} for each in found],
        ["project", "scope", "build systems", "kind", "kill switch", "priority 2",
         "priority 3", "backstop", "low value runs", "source", "saved"],
        [[each.name, each.scope, ", ".join(each.build_systems),
          "integration" if each.is_integration else "always full",
          "set" if each.is_killed else "", *_intervals(each),
          "by turns" if each.cadence.is_staggered else "together", each.source,
          _net_share(saved[each.name])] for each in found],
        is_json=is_json)


def _savings_json(savings: Savings | None) -> dict[str, Any] | None:
    return None if savings is None else savings.to_json() | {"unit": savings.unit}


def _net_share(savings: Savings | None) -> str:
    return "" if savings is None else share_text(savings.amounts.net_saved_share)


def _intervals(project: Project) -> list[str]:
    intervals: list[Interval] = [getattr(project.cadence, name) for name in INTERVALS]
    return [f"{pluralize(each.pushes, 'push', 'pushes')} / {each.minutes} min"
            for each in intervals]


def field_options(command: Command) -> Command:
    """Add the options that ``add`` and ``set`` have in common."""
    for option in reversed([
        click.option("--build-system", "build_systems", multiple=True,
                     help="taskcluster, buildbot or your own; may be repeated."),
        click.option("--source", type=click.Choice(SOURCES),
                     help="Where its results come from; files: imports and posted results. For a "
                          "new project SETA_SOURCE is the default."),
        click.option("--integration/--always-full", "is_integration", default=None,
                     help="Whether pushes run a selection of jobs, or always everything."),
        click.option("--kill/--no-kill", "is_killed", default=None,
                     help="Set or clear the kill switch: everything runs."),
        click.option("--priority-2", metavar="PUSHES/MINUTES",
                     help="How often priority 2 runs, such as 5/90."),
        click.option("--priority-3", metavar="PUSHES/MINUTES",
                     help="How often priority 3 runs, such as 10/180."),
        click.option("--backstop", metavar="PUSHES/MINUTES",
                     help="How often everything runs, such as 20/240."),
        click.option("--staggered/--together", "is_staggered", default=None,
                     help="Whether each low-value job has its own turn, spread over the pushes of "
                          "its interval, or all of a priority run on the same push."),
        click.option("--infer/--no-infer", "infer_regressions", default=None,
                     help="Whether a job that failed and then passed again counts as a fixed "
                          "regression."),
        click.option("--infer-after", type=click.IntRange(1, 100),
                     help="How many pushes in a row must fail before a regression is inferred."),
        click.option("--open-scheduling/--closed-scheduling", "open_scheduling", default=None,
                     help="Whether schedules can be requested without a token."),
        why_option,
    ]):
        command = option(command)
    return command


@projects.command("add")
@click.argument("name")
@scope_option
@field_options
@click.pass_obj
def add_project(program: Program, /, name: str, scope: str, why: str, **options: Any) -> None:
    """Add a project; its scope is created if it does not exist."""
    with program.sessions.begin() as session:
        store.ensure_scope(session, scope, program.settings)
        fields = _fields(options)
        fields.setdefault("source", program.settings.project_source)
        cadence = Cadence(**fields.pop("cadence", {}))
        project = Project(name, scope, cadence=cadence, **fields)
        curation.add_project(session, project, who=operator(), why=why)
    click.echo(f"project {name} added to scope {scope}; {_feeding(project)}")


@projects.command("set")
@click.argument("name")
@field_options
@click.pass_obj
def set_project(program: Program, /, name: str, why: str, **options: Any) -> None:
    """Change a project.

    Inferred regressions count from the next analysis on; everything else from the next push on.
    """
    with program.sessions.begin() as session:
        fields = _fields(options)
        project = curation.change_project(session, name, fields, who=operator(), why=why)
        preview = (preview_inference(session, project, now=program.now)
                   if project.infer_regressions and fields.keys() & INFERENCE else None)
    click.echo(f"project {name} updated; {_when(fields)}"
               + (f"; {_feeding(project)}" if "source" in fields else ""))
    if preview is not None:
        _print_inference(preview)


def _print_inference(preview: InferencePreview) -> None:
    click.echo(f"{pluralize(preview.regressions, 'regression')} can be inferred from the results "
               f"so far, {preview.of_one_failure:,} of them from failures on a single push")
    if preview.is_mostly_chance:
        click.echo("most of them may be intermittent failures: `--infer-after 2` counts only jobs "
                   "that failed on two pushes in a row", err=True)


def _when(fields: dict[str, Any]) -> str:
    """Say when a change takes effect."""
    said = [words for is_so, words in (
        (fields.keys() - INFERENCE, "takes effect on the next push"),
        (fields.keys() & INFERENCE, "what is inferred changes with the next analysis")) if is_so]
    return " and ".join(said) or "nothing was changed"


def _feeding(project: Project) -> str:
    """Say where the results of a project come from."""
    if project.source == FILES:
        return "its results come from files and posts (`seta import`, POST /api/v1/results)"
    return f"its results come from {project.source} (`seta worker`, `seta ingest`)"


def _fields(options: dict[str, Any]) -> dict[str, Any]:
    """Return the project's fields that the options set; the others stay as they are."""
    fields = {name: value for name, value in options.items()
              if value not in (None, ()) and name not in INTERVALS}
    cadence: dict[str, Any] = {
        name: _interval(name, options[name]) for name in INTERVALS if options[name]}
    if "is_staggered" in fields:
        cadence["is_staggered"] = fields.pop("is_staggered")
    return fields | ({"cadence": cadence} if cadence else {})


def _interval(name: str, text: str) -> Interval:
    try:
        pushes, minutes = (int(number) for number in text.split("/"))
        return Interval(pushes, minutes)
    except ValueError as error:
        raise BadInput(f"--{name.replace('_', '-')} is {text!r}; expected PUSHES/MINUTES such as "
                       "5/90, both at least 1") from error
