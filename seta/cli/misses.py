"""`seta misses`."""

import click

from ..domain import StoredMiss
from ..domain.plurals import pluralize
from ..store.curation.projects import project_named, projects
from ..store.ledger.misses import misses_of
from .options import json_option
from .output import print_listing
from .program import Program


@click.command()
@click.option("--project", help="Only of this project; default: of all.")
@click.option("--all", "has_ended", is_flag=True,
              help="Also what no longer holds: withdrawn, or replaced by what was learned since.")
@click.option("--limit", type=click.IntRange(min=1), default=100, show_default=True,
              help="The most of a project.")
@json_option
@click.pass_obj
def misses(program: Program, project: str | None, has_ended: bool, limit: int,
           is_json: bool) -> None:
    """List regressions that came in on a push that had left out the job that shows them.

    The newest first. --json adds all who could have caught it, with their priorities then.
    """
    with program.sessions() as session:
        names = ([project_named(session, project).name] if project
                 else [each.name for each in projects(session)])
        found = [each for name in names for each in misses_of(session, name, limit=limit)
                 if has_ended or each.ended_at is None]
    days = program.settings.promote_days
    print_listing(
        [each.to_json(now=program.now, promote_days=days) for each in found],
        ["project", "fixed by", "found", "by", "came in after", "pushes", "left out",
         "late, at most", *(["ended"] if has_ended else [])],
        [_row(each, has_ended=has_ended) for each in found], is_json=is_json,
        footer=pluralize(len(found), "miss", "misses"))


def _row(stored: StoredMiss, *, has_ended: bool) -> list[object]:
    miss = stored.miss
    late = f"{pluralize(miss.late_pushes, 'push', 'pushes')}, {miss.late_minutes:.0f} min"
    ended = "" if stored.ended_at is None else f"{stored.ended_why} {stored.ended_at:%Y-%m-%d}"
    return [miss.project, miss.fixed_by, f"{miss.found_at:%Y-%m-%d %H:%M}", miss.found_by,
            miss.after and (miss.after.push_id or miss.after.revision[:12]), miss.pushes,
            miss.left_out, late, *([ended] if has_ended else [])]
