"""`seta classify`."""

import click

from ..curation.classifications import classify_job, classify_range, verdict
from ..errors import BadInput
from .program import Program, operator


@click.command()
@click.option("--namespace", default="treeherder", show_default=True, help="Of --job-id.")
@click.option("--job-id", help="One job run; or else a range of pushes:")
@click.option("--project")
@click.option("--build-system", default="taskcluster", show_default=True)
@click.option("--name", help="The job's full name.")
@click.option("--from-revision", help="The first push of the range.")
@click.option("--to-revision", help="The last push of the range.")
@click.option("--fixed-by", help="It was a regression: the revision that fixed it.")
@click.option("--intermittent", is_flag=True, help="It fails now and then, whatever the push.")
@click.option("--take-back", is_flag=True, help="What was said of it is said no longer.")
@click.option("--why", default="", help="For the audit table.")
@click.pass_obj
def classify(program: Program, namespace: str, job_id: str | None, why: str, **given):
    """Say what a failed job was, or the failed runs of a job on a range of pushes.

    The next analysis counts what was fixed by a commit as a regression.
    """
    what = verdict(*_said(given))
    said_by = {"who": operator(), "now": program.now, "why": why}
    with program.sessions.begin() as session:
        if job_id is not None:
            added = classify_job(session, namespace, job_id, what, **said_by)
        else:
            added = classify_range(session, *_range_of(given), what,
                                   first=given["from_revision"], last=given["to_revision"],
                                   **said_by)
    click.echo(f"{added} jobs are now {what.classification}" if added else
               "all of that was said already")


def _said(given: dict) -> tuple[str, str | None]:
    """Return the classification that one of the three options means, and its fix."""
    options = {"fixed by commit": given["fixed_by"] is not None,
               "intermittent": given["intermittent"], "not classified": given["take_back"]}
    chosen = [classification for classification, is_given in options.items() if is_given]
    if len(chosen) != 1:
        raise BadInput("give one of --fixed-by, --intermittent and --take-back, not "
                       f"{len(chosen)} of them")
    return chosen[0], given["fixed_by"]


def _range_of(given: dict) -> tuple[str, str, str]:
    missing = [f"--{word.replace('_', '-')}" for word in
               ("project", "name", "from_revision", "to_revision") if given[word] is None]
    if missing:
        raise BadInput(f"give --job-id, or {', '.join(missing)} too")
    return given["project"], given["build_system"], given["name"]
